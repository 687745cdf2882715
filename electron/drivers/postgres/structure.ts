import { rowsByTable } from './by-table.ts';
import type { Link, TextRow } from './link.ts';
import { literal, quote } from './names.ts';

/**
 * Statements that make a table and what belongs to it, for the schema diff, our own dumps and scratch copies. Names of the
 * first schema of the search path are left bare, so that the text does not depend on the schema's name.
 */
export type TableParts = {
  readonly name: string;
  /** CREATE TABLE with columns and checks, and comments. */
  readonly create: readonly string[];
  /** Keys and unique constraints, indexes, then what needs other tables: foreign keys, triggers. */
  readonly keys: readonly string[];
  readonly foreign: readonly string[];
  readonly triggers: readonly string[];
};

/** Triggers are objects of their own in a catalog. */
export async function tableSql(link: Link, oid: string): Promise<string> {
  return (await tablesSql(link, [oid]))(oid);
}

/** Of several tables; empty for one that is gone meanwhile. */
export async function tablesSql(link: Link, oids: readonly string[]): Promise<(oid: string) => string> {
  const parts = await tablesParts(link, oids);
  return (oid) => {
    const own = parts.get(oid);
    const statements = own ? [...own.create, ...own.keys, ...own.foreign] : [];
    return statements.map((statement) => `${statement};`).join('\n');
  };
}

export async function tableParts(link: Link, oid: string): Promise<TableParts> {
  return (await tablesParts(link, [oid])).get(oid) as TableParts;
}

/** What is asked once about all tables; by table. */
type Answers = Readonly<
  Record<
    'heads' | 'columns' | 'constraints' | 'indexes' | 'triggers' | 'described',
    (oid: string) => readonly TextRow[]
  >
>;

async function tablesParts(link: Link, oids: readonly string[]): Promise<ReadonlyMap<string, TableParts>> {
  const answers: Answers = {
    heads: await rowsByTable(
      link,
      `SELECT c.oid, c.relname, c.relkind, c.relpersistence, pg_get_partkeydef(c.oid), obj_description(c.oid, 'pg_class'), c.relrowsecurity
         FROM pg_class c WHERE c.oid = ANY ($1::oid[])`,
      oids,
    ),
    columns: await rowsByTable(link, columnQuery, oids),
    constraints: await rowsByTable(
      link,
      `SELECT conrelid, contype, conname, pg_get_constraintdef(oid, true) FROM pg_constraint
        WHERE conrelid = ANY ($1::oid[]) AND contype IN ('c', 'p', 'u', 'x', 'f') AND conislocal ORDER BY contype, conname COLLATE "C"`,
      oids,
    ),
    indexes: await rowsByTable(
      link,
      `SELECT i.indrelid, pg_get_indexdef(i.indexrelid, 0, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE i.indrelid = ANY ($1::oid[]) AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
        ORDER BY c.relname COLLATE "C"`,
      oids,
    ),
    triggers: await rowsByTable(
      link,
      `SELECT tgrelid, pg_get_triggerdef(oid, true) FROM pg_trigger WHERE tgrelid = ANY ($1::oid[]) AND NOT tgisinternal ORDER BY tgname COLLATE "C"`,
      oids,
    ),
    described: await rowsByTable(
      link,
      `SELECT attrelid, attname, col_description(attrelid, attnum) FROM pg_attribute
        WHERE attrelid = ANY ($1::oid[]) AND attnum > 0 AND NOT attisdropped AND col_description(attrelid, attnum) IS NOT NULL ORDER BY attnum`,
      oids,
    ),
  };
  const parts = new Map<string, TableParts>();
  for (const oid of oids) if (answers.heads(oid).length > 0) parts.set(oid, await partsOf(link, oid, answers));
  return parts;
}

async function partsOf(link: Link, oid: string, answers: Answers): Promise<TableParts> {
  const [, name, kind, persistence, partition, comment, security] = answers.heads(oid)[0] as [
    string,
    string,
    string,
    string,
    string | null,
    string | null,
    string,
  ];
  const table = quote(name);
  const columns = answers.columns(oid).map(columnLine);
  const constraints = answers.constraints(oid);
  const checks = constraints
    .filter(([, type]) => type === 'c')
    .map(([, , label, text]) => `CONSTRAINT ${quote(label as string)} ${text}`);
  const added = (types: string): string[] =>
    constraints
      .filter(([, type]) => types.includes(type as string))
      .map(([, , label, text]) => `ALTER TABLE ${table} ADD CONSTRAINT ${quote(label as string)} ${text}`);
  return {
    name,
    create: [
      `CREATE ${persistence === 'u' ? 'UNLOGGED ' : ''}TABLE ${table} (\n  ${[...columns, ...checks].join(',\n  ')}\n)${kind === 'p' ? ` PARTITION BY ${partition}` : ''}`,
      ...(kind === 'p' ? await partitions(link, oid, table) : []),
      ...(security === 't' ? [`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`] : []),
      ...(comment === null ? [] : [`COMMENT ON TABLE ${table} IS ${literal(comment)}`]),
      ...answers
        .described(oid)
        .map(
          ([, column, text]) => `COMMENT ON COLUMN ${table}.${quote(column as string)} IS ${literal(text as string)}`,
        ),
    ],
    keys: [...added('pux'), ...answers.indexes(oid).map(([, text]) => text as string)],
    foreign: added('f'),
    triggers: answers.triggers(oid).map(([, text]) => text as string),
  };
}

const columnQuery = `SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid, true), a.attgenerated, a.attidentity,
            CASE WHEN a.attcollation <> t.typcollation THEN (SELECT quote_ident(collname) FROM pg_collation WHERE oid = a.attcollation) END
       FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`;

function columnLine([, name, type, notNull, expression, generated, identity, collation]: TextRow): string {
  return [
    quote(name as string),
    type,
    collation ? `COLLATE ${collation}` : '',
    generated === 's' ? `GENERATED ALWAYS AS (${expression}) STORED` : '',
    generated === 'v' ? `GENERATED ALWAYS AS (${expression}) VIRTUAL` : '',
    generated === '' && expression ? `DEFAULT ${expression}` : '',
    identity === 'a' ? 'GENERATED ALWAYS AS IDENTITY' : identity === 'd' ? 'GENERATED BY DEFAULT AS IDENTITY' : '',
    notNull === 't' ? 'NOT NULL' : '',
  ]
    .filter(Boolean)
    .join(' ');
}

async function partitions(link: Link, oid: string, parent: string): Promise<string[]> {
  const rows = await link.rows(
    `SELECT c.relname, pg_get_expr(c.relpartbound, c.oid, true), pg_get_partkeydef(c.oid), c.oid
       FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = $1::oid ORDER BY c.relname COLLATE "C"`,
    [oid],
  );
  const all: string[] = [];
  for (const [name, bound, key, child] of rows as string[][]) {
    all.push(`CREATE TABLE ${quote(name!)} PARTITION OF ${parent} ${bound}${key ? ` PARTITION BY ${key}` : ''}`);
    if (key) all.push(...(await partitions(link, child!, quote(name!))));
  }
  return all;
}

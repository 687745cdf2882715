import type {
  Catalog,
  ColumnInfo,
  ForeignKey,
  ForeignKeyAction,
  IndexInfo,
  OtherObject,
  TableDetails,
  TableInfo,
} from '../relational.ts';
import type { Link } from './link.ts';
import { literal, quote } from './names.ts';
import { othersIn } from './others.ts';
import { fromOf } from './relation.ts';
import { tableSql } from './structure.ts';
import { canonicalOf, TypeNames } from './types.ts';

/** Tables of a schema; partitions are part of their parent. `only` null takes all. */
export async function tableNames(link: Link, schema: string, only: readonly string[] | null = null): Promise<string[]> {
  const rows = await link.rows(
    `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND ($2::text[] IS NULL OR c.relname = ANY ($2::text[])) AND ${notOfExtension('c.oid', 'pg_class')}
      ORDER BY c.relname COLLATE "C"`,
    [schema, only === null ? null : `{${only.map((name) => `"${name.replace(/["\\]/g, '\\$&')}"`).join(',')}}`],
  );
  return rows.map(([name]) => name as string);
}

/** Objects that an extension made come and go with it. */
export function notOfExtension(oid: string, catalog: string): string {
  return `NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.classid = '${catalog}'::regclass AND x.objid = ${oid} AND x.deptype = 'e')`;
}

export async function readCatalog(link: Link, schema: string, only: readonly string[] | null): Promise<Catalog> {
  const tables: TableInfo[] = [];
  for (const name of await tableNames(link, schema, only)) {
    const info = await tableInfo(link, schema, name);
    if (info) tables.push(info);
  }
  const others = await othersIn(link, schema);
  return { tables, others: only === null ? others : others.filter((one) => ofTables(one, only)) };
}

function ofTables(other: OtherObject, only: readonly string[]): boolean {
  return (
    only.includes(other.name) || (other.kind === 'trigger' && only.some((name) => other.name.endsWith(` on ${name}`)))
  );
}

/** Null when it is gone meanwhile. */
async function tableInfo(link: Link, schema: string, name: string): Promise<TableInfo | null> {
  const [head] = await link.rows(
    `SELECT c.oid, c.relkind, obj_description(c.oid, 'pg_class'), pg_total_relation_size(c.oid)
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p')`,
    [schema, name],
  );
  if (!head) return null;
  const [oid, kind, comment, bytes] = head as [string, string, string | null, string];
  const from = fromOf({ schema, name, kind } as Parameters<typeof fromOf>[0]);
  const keys = await constraints(link, oid);
  const indexes = await indexesOf(link, oid);
  const uniques = indexes
    .filter((index) => index.unique && index.where === null && index.parts.every((part) => part.column !== null))
    .map((index) => index.parts.map((part) => part.column as string));
  const details: TableDetails = {
    checks: keys.checks,
    indexes,
    comment,
    bytes: Number(bytes),
    notCarried: await notCarried(link, oid, kind),
  };
  return {
    name,
    columns: await columnsOf(link, oid),
    primaryKey: keys.primaryKey,
    uniques,
    foreignKeys: keys.foreignKeys,
    rows: Number(await link.cell(`SELECT count(*) FROM ${from}`)),
    sql: await tableSql(link, oid),
    details,
  };
}

async function columnsOf(link: Link, oid: string): Promise<ColumnInfo[]> {
  const rows = await link.rows(
    `WITH RECURSIVE base(attnum, typ, modifier) AS (
       SELECT attnum, atttypid, atttypmod FROM pg_attribute WHERE attrelid = $1::oid AND attnum > 0 AND NOT attisdropped
       UNION ALL SELECT b.attnum, t.typbasetype, CASE WHEN b.modifier = -1 THEN t.typtypmod ELSE b.modifier END
         FROM base b JOIN pg_type t ON t.oid = b.typ WHERE t.typtype = 'd')
     SELECT a.attname, format_type(a.atttypid, a.atttypmod), b.typ, b.modifier, a.attnotnull OR dt.typnotnull,
            pg_get_expr(d.adbin, d.adrelid, true), a.attgenerated, a.attidentity,
            CASE WHEN a.attcollation <> dt.typcollation THEN (SELECT quote_ident(collname) FROM pg_collation WHERE oid = a.attcollation) END,
            col_description(a.attrelid, a.attnum),
            (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = b.typ),
            pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname) IS NOT NULL
              AND pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%'
       FROM pg_attribute a
       JOIN base b ON b.attnum = a.attnum JOIN pg_type bt ON bt.oid = b.typ AND bt.typtype <> 'd'
       JOIN pg_type dt ON dt.oid = a.atttypid
       JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = $1::oid ORDER BY a.attnum`,
    [oid],
  );
  const names = new TypeNames();
  await names.fetch(
    link,
    rows.map((row) => Number(row[2])),
  );
  return rows.map((row): ColumnInfo => {
    const [
      name,
      declaredType,
      type,
      modifier,
      notNull,
      expression,
      generated,
      identity,
      collation,
      comment,
      labels,
      serial,
    ] = row;
    const isGenerated = generated === 's' || generated === 'v';
    return {
      name: name as string,
      declaredType: declaredType as string,
      type: canonicalOf(Number(type), Number(modifier), names),
      nullable: notNull !== 't',
      defaultText: isGenerated ? null : (expression ?? null),
      generated: isGenerated,
      details: {
        generatedAs: isGenerated ? { expression: expression as string, stored: generated === 's' } : null,
        identity: identity === 'a' ? 'always' : identity === 'd' || serial === 't' ? 'auto' : null,
        onUpdate: null,
        collation: collation ?? null,
        comment: comment ?? null,
        labels: labels === null || labels === undefined ? null : (JSON.parse(labels) as string[]),
      },
    };
  });
}

const actions: Readonly<Record<string, ForeignKeyAction>> = {
  a: 'no_action',
  r: 'restrict',
  c: 'cascade',
  n: 'set_null',
  d: 'set_default',
};

async function constraints(link: Link, oid: string) {
  const columns = (list: string, of: string): string =>
    `(SELECT json_agg(a.attname ORDER BY k.n) FROM unnest(${list}) WITH ORDINALITY k(attnum, n) JOIN pg_attribute a ON a.attrelid = ${of} AND a.attnum = k.attnum)`;
  const rows = await link.rows(
    `SELECT c.contype, c.conname, ${columns('c.conkey', 'c.conrelid')}, f.relname, ${columns('c.confkey', 'c.confrelid')},
            c.confdeltype, c.confupdtype, c.condeferrable, pg_get_expr(c.conbin, c.conrelid, true)
       FROM pg_constraint c LEFT JOIN pg_class f ON f.oid = c.confrelid
      WHERE c.conrelid = $1::oid AND c.contype IN ('p', 'f', 'c') ORDER BY c.conname COLLATE "C"`,
    [oid],
  );
  const list = (text: string | null | undefined): string[] => JSON.parse(text ?? '[]') as string[];
  return {
    primaryKey: list(rows.find(([kind]) => kind === 'p')?.[2]),
    foreignKeys: rows
      .filter(([kind]) => kind === 'f')
      .map(
        ([, name, own, table, theirs, onDelete, onUpdate, deferrable]): ForeignKey => ({
          name: name as string,
          columns: list(own),
          table: table as string,
          references: list(theirs),
          onDelete: actions[onDelete as string] ?? 'no_action',
          onUpdate: actions[onUpdate as string] ?? 'no_action',
          deferrable: deferrable === 't',
        }),
      ),
    checks: rows
      .filter(([kind]) => kind === 'c')
      .map((row) => ({ name: row[1] as string, expression: row[8] as string })),
  };
}

/** All but that of the primary key. */
async function indexesOf(link: Link, oid: string): Promise<IndexInfo[]> {
  const rows = await link.rows(
    `SELECT c.relname, i.indisunique, pg_get_expr(i.indpred, i.indrelid, true), am.amname,
            EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('u', 'x')),
            (SELECT json_agg(json_build_object(
                'column', CASE WHEN k.attnum <> 0 THEN (SELECT attname FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = k.attnum) END,
                'expression', CASE WHEN k.attnum = 0 THEN pg_get_indexdef(i.indexrelid, k.n::int, true) END,
                'descending', (i.indoption::int2[])[k.n - 1] & 1 = 1, 'length', NULL) ORDER BY k.n)
               FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, n) WHERE k.n <= i.indnkeyatts)
       FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am am ON am.oid = c.relam
      WHERE i.indrelid = $1::oid AND NOT i.indisprimary ORDER BY c.relname COLLATE "C"`,
    [oid],
  );
  return rows.map(([name, unique, where, method, constraint, parts]) => ({
    name: name as string,
    parts: JSON.parse(parts as string) as IndexInfo['parts'],
    unique: unique === 't',
    where: where ?? null,
    method: method as string,
    constraint: constraint === 't',
  }));
}

async function notCarried(link: Link, oid: string, kind: string): Promise<string[]> {
  const [row] = await link.rows(
    `SELECT (SELECT count(*) FROM pg_inherits WHERE inhparent = $1::oid), (SELECT count(*) FROM pg_inherits WHERE inhrelid = $1::oid),
            c.relrowsecurity, (SELECT count(*) FROM pg_policy WHERE polrelid = $1::oid), c.relpersistence,
            c.relacl IS NOT NULL, (SELECT count(*) FROM pg_trigger WHERE tgrelid = $1::oid AND NOT tgisinternal),
            (SELECT count(*) FROM pg_rewrite WHERE ev_class = $1::oid), pg_get_partkeydef($1::oid),
            (SELECT count(*) FROM pg_constraint WHERE conrelid = $1::oid AND contype = 'x'), pg_get_userbyid(c.relowner) = current_user
       FROM pg_class c WHERE c.oid = $1::oid`,
    [oid],
  );
  if (!row) return [];
  const [
    children,
    parents,
    security,
    policies,
    persistence,
    grants,
    triggers,
    rules,
    partition,
    exclusions,
    ownedByUs,
  ] = row;
  const some = (count: string | null | undefined, words: string): string[] =>
    Number(count) > 0 ? [`${count} ${words}`] : [];
  return [
    ...(kind === 'p'
      ? [`partitioned by ${partition}, ${children} partitions; their rows are read as rows of the table`]
      : []),
    ...(kind === 'r' ? some(children, 'tables inherit from it and are read as tables of their own') : []),
    ...some(parents, 'tables that it inherits from'),
    ...(security === 't' ? ['row-level security'] : []),
    ...some(policies, 'policies'),
    ...(persistence === 'u' ? ['it is unlogged'] : []),
    ...(grants === 't' ? ['grants'] : []),
    ...some(triggers, 'triggers'),
    ...some(rules, 'rules'),
    ...some(exclusions, 'exclusion constraints'),
    ...(ownedByUs === 'f' ? ['its owner'] : []),
  ];
}

/** Every schema of the application: not the server's, not ours. */
export const applicationSchemas = `n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND n.nspname <> 'overland' AND n.nspname NOT LIKE ${literal('overland\\_scratch\\_%')}`;

export function qualified(schema: string, name: string): string {
  return `${quote(schema)}.${quote(name)}`;
}

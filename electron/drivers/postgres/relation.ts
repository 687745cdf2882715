import { ownFailure } from './errors.ts';
import type { Link } from './link.ts';
import { quote } from './names.ts';

/** A table or view as reading and writing need it. */
export type Relation = {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  /** As in pg_class: r table, p partitioned, v view, m materialized view, f foreign table. */
  readonly kind: string;
  readonly columns: readonly RelationColumn[];
  readonly primaryKey: readonly string[];
  /** Columns by which rows can be addressed: the primary key, else a unique index over columns that are never NULL. */
  readonly address: readonly string[];
  readonly hasForeignKeys: boolean;
};
export type RelationColumn = {
  readonly name: string;
  /** As declared, a domain by its name. */
  readonly declared: string;
  /** Of the base type, for a domain. */
  readonly typeOid: number;
  readonly modifier: number;
  /** Bytes in a row; negative when they vary. */
  readonly bytes: number;
  readonly notNull: boolean;
  readonly generated: boolean;
  readonly identity: 'auto' | 'always' | null;
};

const relationSql = `
  SELECT c.oid, n.nspname, c.relname, c.relkind, c.relhasindex,
         EXISTS (SELECT 1 FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`;

const columnsSql = `
  WITH RECURSIVE base(attnum, typ, modifier) AS (
    SELECT a.attnum, a.atttypid, a.atttypmod FROM pg_attribute a
     WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT b.attnum, t.typbasetype, CASE WHEN b.modifier = -1 THEN t.typtypmod ELSE b.modifier END
      FROM base b JOIN pg_type t ON t.oid = b.typ WHERE t.typtype = 'd'
  )
  SELECT a.attname, format_type(a.atttypid, a.atttypmod), b.typ, b.modifier, a.attlen, a.attnotnull,
         a.attgenerated <> '', a.attidentity
    FROM pg_attribute a JOIN base b ON b.attnum = a.attnum JOIN pg_type t ON t.oid = b.typ AND t.typtype <> 'd'
   WHERE a.attrelid = $1::oid ORDER BY a.attnum`;

const keysSql = `
  SELECT i.indisprimary, (
      SELECT json_agg(a.attname ORDER BY k.n) FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, n)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum WHERE k.n <= i.indnkeyatts),
      (SELECT bool_and(a.attnotnull) FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, n)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum WHERE k.n <= i.indnkeyatts)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
   WHERE i.indrelid = $1::oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
   ORDER BY i.indisprimary DESC, i.indnkeyatts, c.relname`;

/** Null when there is no such table or view in the schema. */
export async function findRelation(link: Link, schema: string, name: string): Promise<Relation | null> {
  const found = (await link.rows(relationSql, [schema, name]))[0];
  if (!found) return null;
  const [oid, nspname, relname, kind, , foreign] = found as string[];
  const columns = (await link.rows(columnsSql, [oid!])) as string[][];
  const keys = (await link.rows(keysSql, [oid!])).map(([primary, names, notNull]) => ({
    primary: primary === 't',
    names: JSON.parse(names ?? '[]') as string[],
    notNull: notNull === 't',
  }));
  const primaryKey = keys.find((key) => key.primary)?.names ?? [];
  return {
    oid: oid!,
    schema: nspname!,
    name: relname!,
    kind: kind!,
    columns: columns.map(([column, declared, typeOid, modifier, bytes, notNull, generated, identity]) => ({
      name: column!,
      declared: declared!,
      typeOid: Number(typeOid),
      modifier: Number(modifier),
      bytes: Number(bytes),
      notNull: notNull === 't',
      generated: generated === 't',
      identity: identity === 'a' ? 'always' : identity === 'd' ? 'auto' : null,
    })),
    primaryKey,
    address: primaryKey.length > 0 ? primaryKey : (keys.find((key) => key.notNull)?.names ?? []),
    hasForeignKeys: foreign === 't',
  };
}

export async function requireRelation(link: Link, schema: string, name: string): Promise<Relation> {
  const found = await findRelation(link, schema, name);
  if (found) return found;
  throw ownFailure('NO_TABLE', 'permanent', `There is no table '${name}' in schema '${schema}'.`, { table: name });
}

export function requireColumn(relation: Relation, name: string): RelationColumn {
  const found = relation.columns.find((column) => column.name === name);
  if (found) return found;
  throw ownFailure('NO_COLUMN', 'permanent', `The table '${relation.name}' has no column '${name}'.`, {
    table: relation.name,
    column: name,
  });
}

export function nameOf({ schema, name }: Pick<Relation, 'schema' | 'name'>): string {
  return `${quote(schema)}.${quote(name)}`;
}

/** What stands behind FROM: without ONLY a parent would give the rows of its children a second time. */
export function fromOf(relation: Relation): string {
  return relation.kind === 'r' ? `ONLY ${nameOf(relation)}` : nameOf(relation);
}

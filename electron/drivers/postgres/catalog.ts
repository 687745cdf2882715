import type { Catalog, OtherObject, TableDetails, TableInfo } from '../relational.ts';
import { columnsByTable } from './catalog-columns.ts';
import { constraintsByTable, indexesByTable } from './catalog-keys.ts';
import { arrayText } from './encode.ts';
import type { Link, TextRow } from './link.ts';
import { literal, quote } from './names.ts';
import { notCarriedByTable } from './not-carried.ts';
import { othersIn } from './others.ts';
import { fromOf } from './relation.ts';
import { tablesSql } from './structure.ts';

/** Tables of a schema; partitions are part of their parent. `only` null takes all. */
export async function tableNames(link: Link, schema: string, only: readonly string[] | null = null): Promise<string[]> {
  const rows = await link.rows(
    `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND ($2::text[] IS NULL OR c.relname = ANY ($2::text[])) AND ${notOfExtension('c.oid', 'pg_class')}
      ORDER BY c.relname COLLATE "C"`,
    [schema, only === null ? null : arrayText(only)],
  );
  return rows.map(([name]) => name as string);
}

/** Objects that an extension made come and go with it. */
export function notOfExtension(oid: string, catalog: string): string {
  return `NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.classid = '${catalog}'::regclass AND x.objid = ${oid} AND x.deptype = 'e')`;
}

/** Few enough that what is read of them at once stays small, many enough that a question costs little a table. */
const tablesAtOnce = 200;
const countsAtOnce = 20;

export async function readCatalog(link: Link, schema: string, only: readonly string[] | null): Promise<Catalog> {
  const names = await tableNames(link, schema, only);
  const tables: TableInfo[] = [];
  for (let from = 0; from < names.length; from += tablesAtOnce)
    tables.push(...(await tableInfos(link, schema, names.slice(from, from + tablesAtOnce))));
  const others = await othersIn(link, schema);
  return { tables, others: only === null ? others : others.filter((one) => ofTables(one, only)) };
}

function ofTables(other: OtherObject, only: readonly string[]): boolean {
  return (
    only.includes(other.name) || (other.kind === 'trigger' && only.some((name) => other.name.endsWith(` on ${name}`)))
  );
}

/** Those that are gone meanwhile are left out. */
async function tableInfos(link: Link, schema: string, names: readonly string[]): Promise<TableInfo[]> {
  const found = (await link.rows(
    `SELECT c.oid, c.relname, c.relkind, obj_description(c.oid, 'pg_class'), pg_total_relation_size(c.oid)
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relname = ANY ($2::text[]) AND c.relkind IN ('r', 'p') ORDER BY c.relname COLLATE "C"`,
    [schema, arrayText(names)],
  )) as [string, string, string, string | null, string][];
  const oids = found.map(([oid]) => oid);
  const keys = await constraintsByTable(link, oids);
  const indexes = await indexesByTable(link, oids);
  const columns = await columnsByTable(link, oids);
  const left = await notCarriedByTable(link, oids);
  const sql = await tablesSql(link, oids);
  const heads = found.filter(([oid]) => sql(oid) !== '');
  const counts = await countRows(
    link,
    heads.map(([, name, kind]) => fromOf({ schema, name, kind } as Parameters<typeof fromOf>[0])),
  );
  return heads.map(([oid, name, , comment, bytes], at): TableInfo => {
    const { primaryKey, foreignKeys, checks } = keys(oid);
    const own = indexes(oid);
    const details: TableDetails = { checks, indexes: own, comment, bytes: Number(bytes), notCarried: left(oid) };
    return {
      name,
      columns: columns(oid),
      primaryKey,
      uniques: own
        .filter((index) => index.unique && index.where === null && index.parts.every((part) => part.column !== null))
        .map((index) => index.parts.map((part) => part.column as string)),
      foreignKeys,
      rows: counts[at] as number,
      sql: sql(oid),
      details,
    };
  });
}

/** Rows of each of these tables, given as SQL. Some at once: a time limit of the server is for a statement. */
async function countRows(link: Link, tables: readonly string[]): Promise<number[]> {
  const counts: number[] = [];
  for (let from = 0; from < tables.length; from += countsAtOnce) {
    const asked = tables.slice(from, from + countsAtOnce).map((table) => `(SELECT count(*) FROM ${table})`);
    const [row] = await link.rows(`SELECT ${asked.join(', ')}`);
    counts.push(...(row as TextRow).map(Number));
  }
  return counts;
}

/** Every schema of the application: not the server's, not ours. */
export const applicationSchemas = `n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND n.nspname <> 'overland' AND n.nspname NOT LIKE ${literal('overland\\_scratch\\_%')}`;

export function qualified(schema: string, name: string): string {
  return `${quote(schema)}.${quote(name)}`;
}

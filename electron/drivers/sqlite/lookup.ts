import type { Row } from '#shared/model/value.ts';
import { Pace } from '../shared/pace.ts';
import { relation } from './catalog.ts';
import type { Connection, RawRow } from './database.ts';
import { ownFailure } from './errors.ts';
import { keptFor } from './kept.ts';
import { quote } from './names.ts';
import { type Affinity, type Stored, storedForm } from './types.ts';

/** Keys per query; a statement for each key costs more in crossings than SQLite takes to find the row. */
const keysPerQuery = 32;

/**
 * Rows whose `on` columns equal one of the keys, as [on..., take...]. The key comes back as it was given, also where the
 * column compares without case or as a number, so that the caller finds it again. A key with NULL finds nothing.
 */
export async function lookupRows(
  db: Connection,
  table: string,
  on: readonly string[],
  take: readonly string[],
  keys: readonly Row[],
  signal?: AbortSignal,
): Promise<Row[]> {
  const { affinities, name } = keptFor(db, JSON.stringify(['lookup', table, on]), () => keyColumns(db, table, on));
  const pace = new Pace(signal);
  const rows: Row[] = [];
  for (let at = 0; at < keys.length; at += keysPerQuery) {
    const end = Math.min(at + keysPerQuery, keys.length);
    const values: Stored[] = [];
    for (let key = at; key < end; key += 1)
      for (let index = 0; index < on.length; index += 1) values.push(storedKey(keys[key] as Row, index, affinities));
    const statement = keptFor(db, JSON.stringify(['lookup', table, on, take, end - at]), () =>
      db.prepare(lookupSql(name, on, take, end - at)).raw(true),
    );
    for (const row of statement.all(values) as RawRow[])
      rows.push([...(keys[at + Number(row[0])] as Row), ...row.slice(1)]);
    if (pace.due()) await pace.rest();
  }
  return rows;
}

function keyColumns(db: Connection, table: string, on: readonly string[]) {
  const found = relation(db, table);
  if (!found) throw ownFailure('NO_TABLE', 'permanent', `There is no table '${table}' to look up in.`, { table });
  const affinities = on.map((name) => found.columns.find((column) => column.name === name)?.affinity ?? 'blob');
  return { name: found.name, affinities };
}

function lookupSql(table: string, on: readonly string[], take: readonly string[], count: number): string {
  const place = (ordinal: number): string => `(${[ordinal, ...on.map(() => '?')].join(', ')})`;
  const list = Array.from({ length: count }, (_one, index) => place(index)).join(', ');
  const names = ['n', ...on.map((_name, index) => `k${index}`)].join(', ');
  const join = on.map((name, index) => `t.${quote(name)} = k.k${index}`).join(' AND ');
  const taken = take.length > 0 ? `, ${take.map((name) => `t.${quote(name)}`).join(', ')}` : '';
  return `WITH k(${names}) AS (VALUES ${list}) SELECT k.n${taken} FROM k CROSS JOIN ${quote(table)} t ON ${join}`;
}

/** A key that the column could not hold is in no row. */
function storedKey(key: Row, index: number, affinities: readonly Affinity[]): Stored {
  try {
    return storedForm(key[index] ?? null, affinities[index] ?? 'blob');
  } catch {
    return null;
  }
}

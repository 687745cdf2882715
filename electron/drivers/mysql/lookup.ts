import type { Row } from '#shared/model/value.ts';
import type { MysqlConnection } from './connection.ts';
import type { Relation } from './relation.ts';
import { rowsByKey } from './rows-by-key.ts';

/**
 * Rows whose `on` columns equal one of the keys, as [on..., take...]. The key comes back as it was given, also where the
 * column compares without case, so that the caller finds it again.
 */
export async function lookupRows(
  connection: MysqlConnection,
  found: Relation,
  on: readonly string[],
  take: readonly string[],
  keys: readonly Row[],
  signal?: AbortSignal,
): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const part of rowsByKey(connection, found, on, take, keys)) {
    signal?.throwIfAborted();
    for (const { key, row } of part) rows.push([...(keys[key] as Row), ...row]);
  }
  return rows;
}

import type { CanonicalType, Row } from '#shared/model/value.ts';
import { decodeRow } from './decode.ts';
import { ownFailure } from './errors.ts';
import type { Link } from './link.ts';
import { splitScript } from './script.ts';
import { canonicalOf, type Decoding, decodingOf, TypeNames } from './types.ts';

export type ResultColumn = { readonly name: string; readonly type: CanonicalType; readonly decoding: Decoding };

/** Columns of a query, without running it. */
export async function columnsOf(link: Link, sql: string): Promise<ResultColumn[]> {
  const { fields } = await link.query(`SELECT * FROM (${sql}) overland_query LIMIT 0`);
  const names = new TypeNames();
  await names.fetch(
    link,
    fields.map((field) => field.dataTypeID),
  );
  return fields.map(({ name, dataTypeID, dataTypeModifier }) => ({
    name,
    type: canonicalOf(dataTypeID, dataTypeModifier, names),
    decoding: decodingOf(dataTypeID),
  }));
}

/** The only statement of a query file. */
export function theStatement(sql: string): string {
  const [only, ...more] = splitScript(sql);
  if (only && more.length === 0) return only.text;
  const count = more.length + (only ? 1 : 0);
  throw ownFailure('QUERY', 'permanent', `A query must be exactly one statement; this one has ${count}.`, {
    statement: sql,
  });
}

/** Rows of a query, at most `limit`; a cursor reads no more of them. Nothing it does stays. */
export async function queryRows(
  link: Link,
  sql: string,
  limit: number,
  signal: AbortSignal,
): Promise<{ readonly columns: readonly string[]; readonly rows: readonly Row[]; readonly more: boolean }> {
  signal.throwIfAborted();
  const statement = theStatement(sql).trim().replace(/;\s*$/, '');
  const within = link.status === 'T';
  const cut = (): void => link.destroy();
  signal.addEventListener('abort', cut, { once: true });
  try {
    await link.query(within ? 'SAVEPOINT overland_query' : 'BEGIN READ ONLY');
    try {
      await link.query(`DECLARE overland_query NO SCROLL CURSOR FOR ${statement}\n`);
      const { rows, fields } = await link.query(`FETCH FORWARD ${limit + 1} FROM overland_query`);
      const decodings = fields.map((field) => decodingOf(field.dataTypeID));
      return {
        columns: fields.map((field) => field.name),
        rows: rows.slice(0, limit).map((row) => decodeRow(row, decodings)),
        more: rows.length > limit,
      };
    } finally {
      if (!link.lost)
        await link.query(
          within ? 'ROLLBACK TO SAVEPOINT overland_query; RELEASE SAVEPOINT overland_query' : 'ROLLBACK',
        );
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', cut);
  }
}

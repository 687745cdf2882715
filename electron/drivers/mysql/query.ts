import type { CanonicalType, Row } from '#shared/model/value.ts';
import type { RowBatch } from '../relational.ts';
import type { Streaming } from './bounds.ts';
import type { MysqlConnection, RowSink } from './connection.ts';
import { resultType } from './decode.ts';
import { dbFailure, ownFailure } from './errors.ts';
import { quote } from './names.ts';
import { rowSink } from './read.ts';
import { splitScript } from './split.ts';
import { selected } from './types.ts';

export type QueryReader = {
  readonly columns: readonly { readonly name: string; readonly type: CanonicalType }[];
  readonly sql: string;
  readonly sink: RowSink<RowBatch>;
};

/** A query of the bundle around which columns are selected so that all values arrive exact. Does not run it. */
export async function queryReader(connection: MysqlConnection, sql: string): Promise<QueryReader> {
  const inner = oneStatement(sql);
  try {
    const { fields } = await connection.query(`SELECT * FROM (${inner}) AS overland_query LIMIT 0`);
    const columns = fields.map((field) => ({ ...resultType(field), name: field.name }));
    const list = columns.map((column) => selected(column.kind, quote(column.name))).join(', ');
    return {
      columns: columns.map(({ name, type }) => ({ name, type })),
      sql: `SELECT ${list} FROM (${inner}) AS overland_query`,
      sink: rowSink(columns, [], []),
    };
  } catch (error) {
    throw dbFailure(error, { statement: sql });
  }
}

/** Rows of a query in its own order, at most `limit`; for rules. */
export async function limitedQuery(connection: MysqlConnection, sql: string, limit: number, stream: Streaming) {
  const reader = await queryReader(connection, sql);
  const rows: Row[] = [];
  // Around it a query would lose its order; only where a type needs an expression it has to.
  const wrapped = !reader.sql.startsWith(`SELECT ${reader.columns.map(({ name }) => quote(name)).join(', ')} FROM`);
  for await (const batch of stream(wrapped ? reader.sql : oneStatement(sql), reader.sink)) {
    rows.push(...batch.rows, ...batch.rejects.map((reject) => reject.row));
    if (rows.length > limit) break;
  }
  return { columns: reader.columns.map(({ name }) => name), rows: rows.slice(0, limit), more: rows.length > limit };
}

/** The one statement of a query file, fit to stand in brackets: with a line end after a comment. */
function oneStatement(sql: string): string {
  const [only, ...more] = splitScript(sql);
  if (!only || more.length > 0) {
    throw ownFailure(
      'QUERY',
      'permanent',
      `A query must be exactly one statement; this one has ${more.length + (only ? 1 : 0)}.`,
      { statement: sql },
    );
  }
  if (!/^(?:SELECT|WITH|VALUES|TABLE|\()/i.test(only.text)) {
    throw ownFailure('QUERY', 'permanent', 'The statement is not a query that only reads.', { statement: sql });
  }
  return `${only.text}\n`;
}

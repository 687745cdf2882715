import type { Value } from '#shared/model/value.ts';
import type { RelationalSession, RelationalTransaction } from '../../../drivers/relational.ts';

/** The n-th value of a statement, from 1, as the engine writes it. */
export function mark(session: RelationalSession, ordinal: number): string {
  return session.endpoint.engine === 'postgres' ? `$${ordinal}` : '?';
}

export function insertInto(
  session: RelationalSession,
  transaction: RelationalTransaction,
  table: string,
  row: Readonly<Record<string, Value>>,
): Promise<number> {
  const columns = Object.keys(row);
  const marks = columns.map((_, index) => mark(session, index + 1)).join(', ');
  return transaction.execute(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks})`,
    columns.map((column) => row[column] ?? null),
  );
}

/** Changes the row with this id; gives the number of rows found. */
export function updateById(
  session: RelationalSession,
  transaction: RelationalTransaction,
  table: string,
  id: string,
  row: Readonly<Record<string, Value>>,
): Promise<number> {
  const columns = Object.keys(row);
  const set = columns.map((column, index) => `${column} = ${mark(session, index + 1)}`).join(', ');
  return transaction.execute(`UPDATE ${table} SET ${set} WHERE id = ${mark(session, columns.length + 1)}`, [
    ...columns.map((column) => row[column] ?? null),
    id,
  ]);
}

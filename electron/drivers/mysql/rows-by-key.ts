import type { Row, Value } from '#shared/model/value.ts';
import { DbFailure } from '../relational.ts';
import type { MysqlConnection } from './connection.ts';
import { decoderFor, invalidText } from './decode.ts';
import { encoderFor } from './encode.ts';
import { ownFailure } from './errors.ts';
import { literal, quote } from './names.ts';
import type { Column, Relation } from './relation.ts';
import { selected } from './types.ts';

/** Keys per query. Each is a SELECT of a union, so that the column's own collation compares and its index is used. */
const keysPerQuery = 64;
/** Keys per query where they are integers, which IN () compares as they are. */
const integersPerQuery = 512;

export type FoundRow = { readonly key: number; readonly row: Value[] };

/**
 * Rows whose `on` columns equal one of the keys, each with the position of its key. A key that the column cannot hold finds
 * nothing, and so does one with NULL. With `lock` NULL finds NULL, and the rows are locked until the transaction ends.
 */
export async function* rowsByKey(
  connection: MysqlConnection,
  found: Relation,
  on: readonly string[],
  take: readonly string[],
  keys: readonly Row[],
  lock = false,
): AsyncGenerator<readonly FoundRow[]> {
  const keyColumns = on.map((name) => columnOf(found, name));
  const taken = take.map((name) => columnOf(found, name));
  const decoders = taken.map(decoderFor);
  const list = taken.map((column) => `, ${selected(column.kind, quote(column.name))}`).join('');
  const tail = lock ? ' FOR UPDATE' : '';
  const integers = keyColumns.length === 1 && keyColumns[0]?.kind === 'int' && keyColumns[0].nullable === false;
  const perQuery = integers ? integersPerQuery : keysPerQuery;
  const encoders = keyColumns.map(encoderFor);
  for (let at = 0; at < keys.length; at += perQuery) {
    const part = keys.slice(at, at + perQuery);
    const texts = part.map((key) => keyLiterals(key, keyColumns, encoders, lock));
    const known = integers ? new Map(texts.map((text, index) => [text?.[0] ?? '', at + index])) : null;
    const table = quote(found.name);
    const asked = texts.flatMap((text) => (text ? [text] : []));
    if (asked.length === 0) continue;
    const column = quote(keyColumns[0]?.name ?? '');
    const sql = integers
      ? `SELECT ${column}${list} FROM ${table} WHERE ${column} IN (${asked.join(', ')})${tail}`
      : texts
          .flatMap((text, index) => {
            if (!text) return [];
            const where = keyColumns
              .map((one, place) => `${quote(one.name)} ${text[place] === 'NULL' ? '<=>' : '='} ${text[place]}`)
              .join(' AND ');
            return [`(SELECT ${at + index}${list} FROM ${table} WHERE ${where}${tail})`];
          })
          .join(' UNION ALL ');
    const rows = await connection.rawRows(sql);
    yield rows.map((raw) => {
      const first = raw[0]?.toString('latin1') ?? '';
      return {
        key: known ? (known.get(first) ?? -1) : Number(first),
        row: decoders.map((decode, index): Value => {
          const cell = raw[index + 1];
          const value = cell ? decode(cell) : null;
          // Never altered: the bytes stand where the text cannot.
          return value === invalidText ? new Uint8Array(cell as Buffer) : value;
        }),
      };
    });
  }
}

export function columnOf(found: Relation, name: string): Column {
  const column = found.columns.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (column) return column;
  throw ownFailure('NO_COLUMN', 'permanent', `The table '${found.name}' has no column '${name}'.`, {
    table: found.name,
    column: name,
  });
}

function keyLiterals(
  key: Row,
  columns: readonly Column[],
  encoders: readonly ReturnType<typeof encoderFor>[],
  nulls: boolean,
): string[] | null {
  const texts: string[] = [];
  for (let index = 0; index < columns.length; index += 1) {
    const value = key[index] ?? null;
    if (value === null && !nulls) return null;
    if (value === null) {
      texts.push('NULL');
      continue;
    }
    try {
      const encoded = (encoders[index] as (typeof encoders)[number])(value);
      texts.push(keyLiteral(encoded, columns[index] as Column));
    } catch (error) {
      if (error instanceof DbFailure) return null;
      throw error;
    }
  }
  return texts;
}

/** An encoded value as SQL, in the form that compares with its column without rounding. */
export function keyLiteral(encoded: string | Buffer, { kind }: Column): string {
  if (typeof encoded !== 'string') return encoded.length === 0 ? "''" : `x'${encoded.toString('hex')}'`;
  switch (kind) {
    case 'int':
    case 'bit':
    case 'decimal':
    case 'year':
      return encoded;
    case 'float':
    case 'double':
      return Number(encoded).toExponential();
    case 'hex':
      return `x'${encoded}'`;
    default:
      return literal(encoded);
  }
}

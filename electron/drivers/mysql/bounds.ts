import type { Value } from '#shared/model/value.ts';
import type { Bounds } from '../relational.ts';
import type { MysqlConnection, RowSink } from './connection.ts';
import { decoderFor, invalidText } from './decode.ts';
import { ownFailure } from './errors.ts';
import { quote } from './names.ts';
import { addressText, type OrderedTable, ordinalOf, rangeOf, wholeRange } from './ordered.ts';
import type { Column } from './relation.ts';

type Address = { readonly values: readonly Value[]; readonly bytes: number };

/** Runs a query whose rows are streamed; what the session gives. */
export type Streaming = <T>(sql: string, sink: RowSink<T>) => AsyncIterable<T>;

/** Kinds whose values differ much in size. */
const wideKinds = new Set(['char', 'text', 'bytes', 'binary', 'json', 'hex']);
/** What one value of any other kind takes, about. */
const narrowBytes = 10;

/**
 * Ranges of at most so many rows and bytes (one row at least), by the key. A table without one is a single range, since its
 * rows have no address that outlives the statement.
 */
export async function* splitIntoBounds(
  source: OrderedTable,
  columns: readonly Column[],
  target: { readonly rows: number; readonly bytes: number },
  stream: Streaming,
  count: () => Promise<number>,
): AsyncGenerator<Bounds> {
  if (source.address.length === 0) {
    const records = await count();
    if (records > 0) yield { ...wholeRange, records };
    return;
  }
  const limits = { rows: Math.max(1, target.rows), bytes: Math.max(1, target.bytes) };
  const wide = columns.filter((column) => wideKinds.has(column.kind));
  const size = [
    String((columns.length - wide.length) * narrowBytes),
    ...wide.map((column) => `IFNULL(OCTET_LENGTH(${quote(column.name)}), 0)`),
  ].join(' + ');
  const sql = `SELECT ${source.address.map((one) => one.sql).join(', ')}, ${size} ${rangeOf(source, wholeRange)}`;
  let from: string | null = null;
  let last: readonly Value[] = [];
  let records = 0;
  let bytes = 0;
  const cut = (): Bounds => {
    const bounds: Bounds = { from, to: addressText(last), inclusive: 'to', records };
    from = bounds.to;
    records = 0;
    bytes = 0;
    return bounds;
  };
  for await (const addresses of stream(sql, addressSink(source))) {
    for (const address of addresses) {
      if (records > 0 && (records >= limits.rows || bytes + address.bytes > limits.bytes)) yield cut();
      records += 1;
      bytes += address.bytes;
      last = address.values;
    }
  }
  if (records > 0) yield cut();
}

/** Splits a range after `hint` records or in the middle; null when one record (or none) is left. */
export async function halveBounds(
  source: OrderedTable,
  bounds: Bounds,
  hint: number | null,
  connection: MysqlConnection,
  stream: Streaming,
): Promise<readonly [Bounds, Bounds] | null> {
  const range = rangeOf(source, bounds);
  const records = Number(await connection.cell(`SELECT count(*) FROM (SELECT 1 ${range}) AS overland_range`));
  if (records < 2) return null;
  const first = hint === null ? Math.floor(records / 2) : Math.min(Math.max(hint, 1), records - 1);
  const text = await addressAt(source, bounds, first, stream);
  return [
    { ...wholeRange, from: bounds.from, to: text, records: first },
    { ...wholeRange, from: text, to: bounds.to, records: records - first },
  ];
}

async function addressAt(source: OrderedTable, bounds: Bounds, first: number, stream: Streaming): Promise<string> {
  if (source.address.length === 0) return addressText([BigInt(ordinalOf(bounds.from) + first)]);
  const list = source.address.map((one) => one.sql).join(', ');
  const sql = `SELECT ${list}, 0 ${rangeOf(source, bounds)} LIMIT 1 OFFSET ${first - 1}`;
  for await (const [address] of stream(sql, addressSink(source))) if (address) return addressText(address.values);
  throw new Error('The range became shorter while it was halved');
}

function addressSink(source: OrderedTable): RowSink<readonly Address[]> {
  const decoders = source.address.map(({ column }) =>
    // Compared as a number, see `ordered`.
    decoderFor(column.kind === 'enum' || column.kind === 'set' ? { ...column, kind: 'int' } : column),
  );
  let addresses: Address[] = [];
  return {
    add(raw) {
      const values = decoders.map((decode, index): Value => {
        const cell = raw[index];
        const value = cell ? decode(cell) : null;
        if (value !== invalidText && value !== null) return value;
        const { name } = source.address[index]?.column ?? { name: '' };
        throw ownFailure(
          'BAD_KEY',
          'permanent',
          `A key in column '${name}' is no valid text, so that its rows have no order.`,
          {
            column: name,
          },
        );
      });
      addresses.push({ values, bytes: Number(raw[decoders.length]?.toString('latin1') ?? 0) });
      return 64;
    },
    take() {
      const taken = addresses;
      addresses = [];
      return taken;
    },
  };
}

import { figure } from '#shared/model/figures.ts';
import type { Row } from '#shared/model/value.ts';
import type { Bounds, ReadReject, ReadSpec, RelationalSession, RowBatch } from '../../../drivers/relational.ts';
import type { CompiledMapping, MappedBlock } from '../../values/mapping-types.ts';
import type { ReadEnv } from '../step-kind.ts';

/** So many records are mapped at once: their rows die young, and the thread is free again after a few milliseconds. */
const blockRows = 256;

/** A batch of source records and what the mapping makes of it. */
export type Block = {
  readonly rows: readonly Row[];
  /** Bytes read for it; those of a batch count with its first block. */
  readonly bytes: number;
  /** Records that hold a value which cannot be taken exactly. */
  readonly unreadable: readonly ReadReject[];
  readonly mapped: MappedBlock;
  /** Position in the range of a record of `rows`; null in a replay, which takes only some. */
  readonly position: (record: number) => number | null;
};

/** How a range is read: all records, or in a replay those with these keys. */
export type RangeEnv = Pick<ReadEnv, 'session' | 'signal' | 'policy'> & {
  readonly onlyKeys?: ReadonlySet<string> | null;
};

/** Reads a range of the source batch by batch, fetches what the lookups need and maps it. Memory holds one batch. */
export async function* mapRange(
  source: RelationalSession,
  read: ReadSpec,
  bounds: Bounds,
  mapping: CompiledMapping,
  env: RangeEnv,
): AsyncGenerator<Block> {
  let first = 0;
  const { onlyKeys } = env;
  const limit = env.policy.limits.rowBytes;
  for await (const whole of source.read(read, bounds, env.signal)) {
    env.signal.throwIfAborted();
    const batch = takeBatch(whole, limit, mapping);
    const rows = onlyKeys ? batch.rows.filter((row) => onlyKeys.has(mapping.keyText(row))) : batch.rows;
    const unreadable = onlyKeys ? batch.rejects.filter((reject) => onlyKeys.has(reject.key)) : batch.rejects;
    const start = first;
    for (let from = 0; from === 0 || from < rows.length; from += blockRows) {
      const part = rows.length <= blockRows ? rows : rows.slice(from, from + blockRows);
      yield {
        rows: part,
        unreadable: from === 0 ? unreadable : [],
        mapped: mapping.map(part, await fetchLookups(mapping, part, env)),
        position: (record) => (onlyKeys ? null : start + positionOf(from + record, batch.rejects)),
        bytes: from === 0 ? batch.bytes : 0,
      };
    }
    first += batch.rows.length + batch.rejects.length;
  }
}

/** A batch with what is too wide taken out, and its rejects named as the mapping names records. */
export function takeBatch(batch: RowBatch, limit: number, mapping: CompiledMapping): RowBatch {
  const named =
    mapping.named && batch.rejects.length > 0
      ? { ...batch, rejects: batch.rejects.map((reject) => ({ ...reject, key: mapping.named!(reject.key) })) }
      : batch;
  return named.bytes > limit ? withoutWide(named, limit, mapping) : named;
}

/** Records that were taken out of a batch still count in its order. */
export function positionOf(record: number, rejects: readonly { readonly at: number }[]): number {
  return record + rejects.filter((reject) => reject.at <= record).length;
}

/** A record above the limit is named and set aside before it is copied any further. */
function withoutWide(batch: RowBatch, limit: number, mapping: CompiledMapping): RowBatch {
  const rows: Row[] = [];
  const wide: ReadReject[] = [];
  for (const row of batch.rows) {
    const bytes = bytesOf(row);
    if (bytes <= limit) rows.push(row);
    else {
      const message = `The record has ${figure(bytes)} bytes, more than the limit of ${figure(limit)}.`;
      const at = rows.length;
      wide.push({
        key: mapping.keyText(row),
        item: null,
        output: null,
        code: 'row_too_big',
        message,
        column: null,
        row,
        at,
      });
    }
  }
  const shift = (at: number) => at - wide.filter((reject) => reject.at < at).length;
  return {
    rows,
    bytes: batch.bytes,
    rejects: [...batch.rejects.map((reject) => ({ ...reject, at: shift(reject.at) })), ...wide],
  };
}

/** Length of texts and bytes, 8 for everything else. */
export function bytesOf(row: Row): number {
  let bytes = 0;
  for (const value of row) bytes += typeof value === 'string' || value instanceof Uint8Array ? value.length : 8;
  return bytes;
}

/** One query per lookup, whatever the number of records. */
export async function fetchLookups(
  mapping: CompiledMapping,
  rows: readonly Row[],
  env: RangeEnv,
): Promise<readonly (readonly Row[])[]> {
  if (mapping.lookups.length === 0) return [];
  const keys = mapping.keys(rows);
  const fetched: (readonly Row[])[] = [];
  for (const [at, lookup] of mapping.lookups.entries()) {
    const wanted = keys[at] ?? [];
    const session = await env.session(lookup.connection);
    fetched.push(wanted.length === 0 ? [] : await session.lookup(lookup.table, lookup.on, lookup.take, wanted));
  }
  return fetched;
}

import type { Row } from '#shared/model/value.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Bounds, ReadSpec, RowBatch } from '../relational.ts';
import { copyOut, decodeLines, type Lines } from './copy-out.ts';
import { ownFailure } from './errors.ts';
import type { Link } from './link.ts';
import { quote, quoteAll } from './names.ts';
import { type PostgresEndpoint, whereOf } from './open.ts';
import { type Ordered, orderedTable, orderOf, rangeOf } from './ordered.ts';
import { columnsOf, theStatement } from './query.ts';
import { fromOf, requireRelation } from './relation.ts';
import { asSubquery, type Spool, spoolBytes, spoolQuery, stateOf } from './spool.ts';

/** What reading needs of its session. */
export type ReadHost = {
  readonly endpoint: PostgresEndpoint;
  readonly env: Environment;
  readonly schema: string;
  /** A connection for one answer. */
  readonly read: <T>(work: (link: Link) => Promise<T>) => Promise<T>;
  /** A connection for as long as rows come. */
  readonly stream: <T>(work: (link: Link) => AsyncIterable<T>) => AsyncGenerator<T>;
  readonly signalOf: (signal?: AbortSignal) => AbortSignal;
};

/** Rows of tables, views and queries in ranges. What has no address of its own is read once into scratch. */
export function createReader({ endpoint, env, schema, read, stream, signalOf }: ReadHost) {
  const spools = new Map<string, Promise<Spool>>();

  async function ordered(source: ReadSpec, signal?: AbortSignal): Promise<Ordered> {
    const { from } = source;
    const table = from.kind === 'table' ? await read((link) => requireRelation(link, schema, from.table)) : null;
    const order = table && orderedTable(table);
    if (order) return order;
    const sql = from.kind === 'query' ? asSubquery(theStatement(from.sql)) : `SELECT * FROM ${fromOf(table!)}`;
    const mark = JSON.stringify([sql, source.key]);
    const known = spools.get(mark);
    if (known) return known;
    const made = read(async (link) => {
      const columns = (await columnsOf(link, sql)).map((column) => column.name);
      const state = await stateOf(link, `${whereOf(endpoint)} ${schema}`);
      return spoolQuery(link, { sql, columns, key: source.key, state }, env, signalOf(signal));
    });
    spools.set(mark, made);
    made.catch(() => spools.delete(mark));
    return made;
  }

  async function linesOf(source: Ordered, columns: readonly string[], keys: number): Promise<Lines> {
    const sql = source.kind === 'spool' ? null : `SELECT ${quoteAll(columns)} FROM ${fromOf(source.relation)}`;
    return read(async (link) => {
      const found = sql === null ? [] : await columnsOf(link, sql);
      return {
        columns,
        decodings: found.map((column) => column.decoding),
        keys,
        unchecked: link.encoding === 'SQL_ASCII',
      };
    });
  }

  async function* readRange(source: ReadSpec, bounds: Bounds, signal: AbortSignal): AsyncGenerator<RowBatch> {
    const from = await ordered(source, signal);
    const columns = source.columns ?? from.columns;
    if (from.kind === 'spool') {
      yield* readSpool(source, from, columns, bounds, signal);
      return;
    }
    const lines = await linesOf(from, columns, source.key.length);
    const extra = lines.unchecked
      ? source.key.map((name, index) => `${quote(name)}::text AS overland_key_${index}`)
      : [];
    const select = [...columns.map(quote), ...extra].join(', ');
    const order = from.kind === 'key' ? orderOf(from) : '';
    const query = `SELECT ${select} ${rangeOf(from, bounds)}${order}`;
    yield* stream((link) => decodeLines(copyOut(link, query, signal), lines));
  }

  async function* readSpool(
    source: ReadSpec,
    spool: Spool,
    columns: readonly string[],
    bounds: Bounds,
    signal: AbortSignal,
  ): AsyncGenerator<RowBatch> {
    const { from } = source;
    const sql =
      from.kind === 'query'
        ? asSubquery(theStatement(from.sql))
        : `SELECT * FROM ${quote(schema)}.${quote(from.table)}`;
    const all = await read((link) => columnsOf(link, sql));
    const unchecked = await read(async (link) => link.encoding === 'SQL_ASCII');
    const lines: Lines = {
      columns: spool.columns,
      decodings: all.map((column) => column.decoding),
      keys: 0,
      unchecked,
    };
    const places = columns.map((name) => requirePlace(spool.columns, name));
    const whole = places.length === spool.columns.length && places.every((place, index) => place === index);
    for await (const batch of decodeLines(spoolBytes(spool, bounds, signal), lines)) {
      const pick = (row: Row): Row => places.map((place) => row[place] ?? null);
      yield whole
        ? batch
        : {
            rows: batch.rows.map(pick),
            bytes: batch.bytes,
            rejects: batch.rejects.map((reject) => ({ ...reject, row: pick(reject.row) })),
          };
    }
  }

  return { ordered, readRange };
}

function requirePlace(columns: readonly string[], name: string): number {
  const place = columns.indexOf(name);
  if (place >= 0) return place;
  throw ownFailure('NO_COLUMN', 'permanent', `The query gives no column '${name}'.`, { column: name });
}

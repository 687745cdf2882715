import type { Counts } from '#shared/model/run.ts';
import { addCounts, noCounts } from '#shared/model/run.ts';
import type { Row } from '#shared/model/value.ts';
import {
  type Bounds,
  DbFailure,
  type RelationalSession,
  type RelationalTransaction,
} from '../../../drivers/relational.ts';
import type { ReadEnv } from '../step-kind.ts';
import { withTransaction } from '../transaction.ts';
import { type Block, mapRange } from './block.ts';
import { findClashes } from './clashes.ts';
import type { Compiled } from './compiled.ts';
import type { RecordsPlan } from './plan-types.ts';
import { reasonOf } from './reasons.ts';

/** A reason for which records or items would be set aside, with how many and the first of them. */
export type ForecastReason = {
  readonly code: string;
  readonly message: string;
  readonly rule: string | null;
  readonly item: boolean;
  count: number;
  readonly example: string;
};

export type Forecast = {
  readonly records: number;
  /** False when the data ended before the limit: then every figure is exact. */
  readonly sampled: boolean;
  readonly counts: Counts;
  readonly reasons: readonly ForecastReason[];
  readonly largestBytes: number;
  readonly readBytes: number;
  /** Per source column: how many nulls, and the longest text. */
  readonly columns: readonly { nulls: number; longest: number }[];
  readonly readSeconds: number;
  readonly writeSeconds: number;
  readonly rowsWritten: number;
};

const mostRecords = 200_000;
const mostSeconds = 8;
/** Records between two commits in scratch: about as rare as in a run. */
const recordsPerCommit = 10_000;
/** How often a batch is tried without the record that was refused, before the rest of it is given up. */
const mostRefusals = 200;

const everything: Bounds = { from: null, to: null, inclusive: 'to', records: 0 };

/**
 * Reads and maps the source up to a limit of records and seconds and writes the result into the scratch copy of the target, so
 * that later steps find it there, constraints speak, and the speed of writing is measured.
 */
export async function forecast(
  plan: Pick<RecordsPlan, 'spec'>,
  compiled: Compiled,
  source: RelationalSession,
  scratch: RelationalSession,
  total: number | null,
  env: ReadEnv,
): Promise<Forecast> {
  const { clock } = env.environment;
  const own = { ...env, session: sessionsWithScratch(plan, scratch, env) };
  const result = new ForecastTally(compiled);
  const range = mapRange(source, compiled.read, everything, compiled.mapping, own);
  const writer = new ScratchWriter(scratch, compiled, plan.spec.target.mode === 'insert', result);
  const latest = clock.monotonic() + mostSeconds * 1000;

  async function takeBlocks(
    transaction: RelationalTransaction,
  ): Promise<'commit due' | 'limit reached' | 'data ended'> {
    const commitAt = result.records + recordsPerCommit;
    while (result.records < commitAt) {
      const reading = clock.monotonic();
      const next = await range.next();
      result.readSeconds += (clock.monotonic() - reading) / 1000;
      if (next.done) return 'data ended';
      result.look(next.value);
      const writing = clock.monotonic();
      await writer.write(transaction, next.value);
      result.writeSeconds += (clock.monotonic() - writing) / 1000;
      env.report({ done: result.records, total, unit: 'rows', note: 'Reading and mapping' });
      if (result.records >= mostRecords || clock.monotonic() > latest) return 'limit reached';
    }
    return 'commit due';
  }

  for (;;) {
    const end = await withTransaction(scratch, async (transaction) => {
      const reached = await takeBlocks(transaction);
      const writing = clock.monotonic();
      await transaction.commit(null, null);
      result.writeSeconds += (clock.monotonic() - writing) / 1000;
      return reached;
    });
    if (end === 'data ended') return result.end(false);
    if (end === 'commit due') continue;
    await range.return(undefined);
    return result.end(total === null || result.records < total);
  }
}

/** Lookups into the target find what earlier steps left in scratch. */
function sessionsWithScratch(plan: Pick<RecordsPlan, 'spec'>, scratch: RelationalSession, env: ReadEnv) {
  const { connection } = plan.spec.target;
  return (name: string) => (name === connection ? Promise.resolve(scratch) : env.session(name));
}

/** Writes blocks into scratch as a run would write them into the target; what is refused is left out and told to the tally. */
class ScratchWriter {
  readonly #scratch: RelationalSession;
  readonly #compiled: Compiled;
  readonly #insert: boolean;
  readonly #result: ForecastTally;

  constructor(scratch: RelationalSession, compiled: Compiled, insert: boolean, result: ForecastTally) {
    this.#scratch = scratch;
    this.#compiled = compiled;
    this.#insert = insert;
    this.#result = result;
  }

  async write(transaction: RelationalTransaction, block: Block): Promise<void> {
    const compiled = this.#compiled;
    const result = this.#result;
    const dropped = new Set<number>();
    for (let tries = 0; tries <= mostRefusals; tries += 1) {
      const refused = await tryLoad(transaction, compiled, block, dropped, result);
      if (refused === null) return;
      if (this.#insert && refused.code === 'key_exists') {
        const { clashes } = await findClashes(this.#scratch, compiled.outputs, block.mapped, block.rows.length, false);
        for (const { record, table } of clashes)
          result.refused(block, record, 'key_exists', `${table} already holds a row with this key.`, dropped);
        if (clashes.length > 0) continue;
      }
      result.refused(block, refused.record, refused.code, refused.message, dropped);
    }
  }
}

/** Null when the block is written; else the record that was refused, with the block taken back. */
async function tryLoad(
  transaction: RelationalTransaction,
  compiled: Compiled,
  block: Block,
  dropped: ReadonlySet<number>,
  result: ForecastTally,
): Promise<{ record: number; code: string; message: string } | null> {
  await transaction.execute('SAVEPOINT overland_block');
  let owners: readonly number[] = [];
  let written = 0;
  try {
    for (const output of compiled.outputs) {
      const mapped = block.mapped.outputs[output.index]!;
      const kept = keep(mapped.rows, mapped.records, dropped);
      owners = kept.records;
      if (kept.rows.length === 0) continue;
      await transaction.load(output.spec, [kept.rows], 'nothing', noChunk, noFence);
      written += kept.rows.length;
    }
    await transaction.execute('RELEASE SAVEPOINT overland_block');
    result.rowsWritten += written;
    return null;
  } catch (error) {
    await transaction.execute('ROLLBACK TO SAVEPOINT overland_block');
    await transaction.execute('RELEASE SAVEPOINT overland_block');
    if (!(error instanceof DbFailure) || error.error.kind !== 'data' || error.row === null) throw error;
    return { record: owners[error.row] ?? 0, ...reasonOf(error.error) };
  }
}

const noChunk = { unit: 'forecast', path: '0', bounds: everything, attempt: 0 };
const noFence = { runId: 'forecast', epoch: 0n };

function keep(rows: readonly Row[], records: readonly number[], dropped: ReadonlySet<number>) {
  if (dropped.size === 0) return { rows, records };
  const at = rows.flatMap((_, index) => (dropped.has(records[index]!) ? [] : [index]));
  return { rows: at.map((index) => rows[index]!), records: at.map((index) => records[index]!) };
}

class ForecastTally implements Omit<Forecast, 'sampled' | 'reasons'> {
  records = 0;
  counts: Counts = noCounts;
  largestBytes = 0;
  readBytes = 0;
  readSeconds = 0;
  writeSeconds = 0;
  rowsWritten = 0;
  readonly columns: { nulls: number; longest: number }[];
  readonly #compiled: Compiled;
  readonly #reasons = new Map<string, ForecastReason>();

  constructor(compiled: Compiled) {
    this.#compiled = compiled;
    this.columns = compiled.mapping.columns.map(() => ({ nulls: 0, longest: 0 }));
  }

  end(sampled: boolean): Forecast {
    const { records, counts, largestBytes, readBytes, readSeconds, writeSeconds, rowsWritten, columns } = this;
    const reasons = [...this.#reasons.values()].sort((a, b) => b.count - a.count);
    return {
      records,
      counts,
      largestBytes,
      readBytes,
      readSeconds,
      writeSeconds,
      rowsWritten,
      columns,
      reasons,
      sampled,
    };
  }

  look(block: Block): void {
    const unreadable = block.unreadable.length;
    this.records += block.rows.length + unreadable;
    this.readBytes += block.bytes;
    this.counts = addCounts(this.counts, block.mapped.counts);
    this.counts = addCounts(this.counts, { ...noCounts, read: unreadable, rejected: unreadable });
    for (const reject of block.unreadable) this.#add(reject.code, reject.message, null, false, reject.key);
    for (const reject of block.mapped.rejects) {
      this.#add(reject.code, reject.message, reject.rule, reject.item !== null || reject.output !== null, reject.key);
    }
    for (const row of block.rows) this.#measure(row);
  }

  refused(block: Block, record: number, code: string, message: string, dropped: Set<number>): void {
    if (dropped.has(record)) return;
    dropped.add(record);
    this.counts = addCounts(this.counts, { ...noCounts, rejected: 1, accepted: -1 });
    this.#add(code, message, null, false, this.#compiled.mapping.keyText(block.rows[record]!));
  }

  #measure(row: Row): void {
    let bytes = 0;
    for (let at = 0; at < row.length; at += 1) {
      const value = row[at];
      const column = this.columns[at]!;
      if (value === null) column.nulls += 1;
      else if (typeof value === 'string' || value instanceof Uint8Array) {
        bytes += value.length;
        if (value.length > column.longest) column.longest = value.length;
      } else bytes += 8;
    }
    if (bytes > this.largestBytes) this.largestBytes = bytes;
  }

  #add(code: string, message: string, rule: string | null, item: boolean, example: string): void {
    const key = `${code}\u0000${rule ?? ''}\u0000${item}`;
    const known = this.#reasons.get(key);
    if (known) known.count += 1;
    else this.#reasons.set(key, { code, message, rule, item, count: 1, example });
  }
}

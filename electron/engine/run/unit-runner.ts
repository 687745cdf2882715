import type { Counts } from '#shared/model/run.ts';
import {
  type Bounds,
  type Chunk,
  type DbError,
  DbFailure,
  type Fence,
  type LedgerChunk,
} from '../../drivers/relational.ts';
import type { ApplyResult, Policy, QuarantineEntry, UnitWork } from '../steps/step-kind.ts';
import { compareChunkPaths } from './chunk-path.ts';
import { retryTransient } from './retry.ts';
import { type RunControl, Stopped } from './run-control.ts';

/** What becomes of a chunk, told to whoever keeps the books: the journal in a run, memory in a dry run. */
export interface UnitBooks {
  /** The target's chunks when the unit begins; outcomes that the journal did not see are taken from here. */
  reconciled(chunks: readonly LedgerChunk[]): void;
  planned(chunks: readonly { path: string; bounds: Bounds }[]): void;
  /** Must be durable when it returns: the chunk commits after it. */
  setAside(chunk: Chunk, entries: readonly QuarantineEntry[]): Promise<void>;
  committed(chunk: Chunk, counts: Counts, digest: string, tookMs: number): void;
  split(chunk: Chunk, halves: readonly { path: string; bounds: Bounds }[], error: DbError): void;
  retrying(chunk: Chunk, attempt: number, delayMs: number, error: DbError): void;
  /** Records of the chunk in hand, not committed. */
  records(chunk: Chunk, records: number): void;
  /** Looked at before each chunk; a reason ends the step (quarantine limit, window). */
  mustStop(): string | null;
}

export type UnitContext = {
  readonly fence: Fence;
  readonly control: RunControl;
  readonly policy: Policy;
  readonly books: UnitBooks;
  readonly monotonic: () => number;
};

/** An error of a step that ends it. `advice` says what to do. */
export class StepFailure extends Error {
  readonly error: DbError | null;
  readonly advice: string | null;

  constructor(
    message: string,
    options: { readonly error?: DbError; readonly advice?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'StepFailure';
    this.error = options.error ?? null;
    this.advice = options.advice ?? null;
  }
}

/**
 * Brings a unit to its end: stores all bounds in the target's ledger before the first write, then applies chunk by chunk,
 * splits what fails on data down to the single record, retries what is transient, and settles. Called again after a crash
 * it goes on with the chunks that the ledger does not call done.
 */
export async function runUnit(unit: UnitWork, context: UnitContext): Promise<void> {
  const { control, books, fence } = context;
  const pending = await prepare(unit, context);
  const queue = [...pending];
  const worker = async () => {
    for (let chunk = queue.shift(); chunk; chunk = queue.shift()) {
      refuseToGoOn(control, books);
      const halves = await applyChunk(unit, chunk, context);
      if (halves) queue.unshift(...halves);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, unit.parallel ?? 1) }, worker));
  refuseToGoOn(control, books);
  const applyEnv = { fence, signal: control.signal, quarantine: async () => undefined, onRecords: () => undefined };
  for await (const action of unit.settle(applyEnv)) {
    if (action.rejects.length > 0) await books.setAside(settleChunk(unit, action.object), action.rejects);
  }
}

async function prepare(unit: UnitWork, context: UnitContext): Promise<Chunk[]> {
  const { fence, control, books } = context;
  const known = await patiently(context, () => unit.ledger.chunks());
  books.reconciled(known);
  if (known.length > 0)
    return known
      .filter((chunk) => chunk.state === 'pending')
      .sort((a, b) => compareChunkPaths(a.path, b.path))
      .map(asChunk);
  const planned: { path: string; bounds: Bounds }[] = [];
  for await (const bounds of unit.bounds(control.signal)) planned.push({ path: String(planned.length), bounds });
  if (control.wish === 'cancel') throw new Stopped('cancel');
  await patiently(context, () => unit.ledger.add(fence, planned));
  books.planned(planned);
  return planned.map(({ path, bounds }) => ({ unit: unit.id, path, bounds, attempt: 0 }));
}

/** Null when the chunk is settled; its halves when it was split. */
async function applyChunk(unit: UnitWork, chunk: Chunk, context: UnitContext): Promise<Chunk[] | null> {
  const { fence, control, policy, books, monotonic } = context;
  const env = {
    fence,
    signal: control.signal,
    quarantine: (entries: readonly QuarantineEntry[]) => books.setAside(chunk, entries),
    onRecords: (records: number) => books.records(chunk, records),
  };
  const began = monotonic();
  let lastError: DbError | null = null;
  const attempt = async (work: () => Promise<ApplyResult>) =>
    retryTransient(
      policy.retry,
      control.signal,
      async () => {
        const result = await work();
        if (result.kind === 'transient') lastError = result.error;
        return result;
      },
      (number, delayMs) => lastError && books.retrying(chunk, number, delayMs, lastError),
    );
  let result = await stoppable(control, () => attempt(() => unit.apply(chunk, env)));
  if (result.kind === 'bad_data') {
    const { error, recordHint } = result;
    const halves = await unit.halves(chunk, recordHint);
    if (halves) return splitChunk(unit, chunk, halves, error, context);
    result = await stoppable(control, () => attempt(() => unit.reject(chunk, error, env)));
  }
  switch (result.kind) {
    case 'committed':
      books.committed(chunk, result.counts, result.digest, monotonic() - began);
      return null;
    case 'already_done': {
      const stored = (await unit.ledger.chunks()).find((one) => one.path === chunk.path);
      if (stored?.counts) books.committed(chunk, stored.counts, stored.digest ?? '', monotonic() - began);
      return null;
    }
    case 'stopped':
      throw new Stopped(control.wish === 'pause' ? 'pause' : 'cancel');
    case 'fenced':
      throw new StepFailure('Another process took this run over; nothing more is written here.', {
        advice: 'Look at the run in the other process, or resume it here when that process has ended.',
      });
    case 'transient':
      if (control.wish === 'cancel') throw new Stopped('cancel');
      throw new StepFailure(`${result.error.message} (tried ${policy.retry.attempts} times)`, {
        error: result.error,
        advice: 'Resume the run when the cause is gone; committed chunks are not written again.',
      });
    case 'permanent':
    case 'bad_data':
      throw new StepFailure(result.error.message, { error: result.error, ...adviceFor(result.error) });
  }
}

async function splitChunk(
  unit: UnitWork,
  chunk: Chunk,
  bounds: readonly [Bounds, Bounds],
  error: DbError,
  context: UnitContext,
): Promise<Chunk[]> {
  const { fence, books } = context;
  const halves = bounds.map((half, index) => ({ path: `${chunk.path}.${index}`, bounds: half }));
  await patiently(context, () => unit.ledger.split(fence, chunk.path, halves));
  books.split(chunk, halves, error);
  return halves.map((half) => ({ unit: unit.id, path: half.path, bounds: half.bounds, attempt: 0 }));
}

/** Bookkeeping at the target is repeated as its rows are: whoever holds the target may let go of it. */
async function patiently<T>({ policy, control }: UnitContext, work: () => Promise<T>): Promise<T> {
  const attempt = async (): Promise<{ kind: 'done'; value: T } | { kind: 'transient'; failure: DbFailure }> => {
    try {
      return { kind: 'done', value: await work() };
    } catch (error) {
      if (!(error instanceof DbFailure) || !['transient', 'locked'].includes(error.error.kind)) throw error;
      return { kind: 'transient', failure: error };
    }
  };
  const result = await stoppable(control, () => retryTransient(policy.retry, control.signal, attempt, () => undefined));
  if (result.kind === 'transient') throw result.failure;
  return result.value;
}

/** A cancel while the retry waits ends the wait; it is a stop, not a failure. */
async function stoppable<T>(control: RunControl, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (control.wish === 'cancel') throw new Stopped('cancel');
    throw error;
  }
}

function refuseToGoOn(control: RunControl, books: UnitBooks): void {
  if (control.wish !== 'run') throw new Stopped(control.wish);
  const reason = books.mustStop();
  if (reason) throw new StepFailure(reason, { advice: 'Look at what is set aside; change the rule, or roll back.' });
}

function asChunk(chunk: LedgerChunk): Chunk {
  return { unit: chunk.unit, path: chunk.path, bounds: chunk.bounds, attempt: 0 };
}

function settleChunk(unit: UnitWork, object: string): Chunk {
  return {
    unit: unit.id,
    path: `settle:${object}`,
    bounds: { from: null, to: null, inclusive: 'to', records: 0 },
    attempt: 0,
  };
}

/** What to do about an error of the database, where that is known. */
export function adviceFor(error: DbError): { readonly advice?: string } {
  switch (error.kind) {
    case 'space':
      return { advice: 'Free space, then resume; the chunk that did not fit was undone and nothing is half-written.' };
    case 'locked':
      return { advice: 'Another program holds the file. End it, then resume.' };
    default:
      return {};
  }
}

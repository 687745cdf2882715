import { describe, expect, test } from 'vitest';
import { type Counts, noCounts } from '#shared/model/run.ts';
import { type Bounds, type Chunk, type DbError, DbFailure, type LedgerChunk } from '../../drivers/relational.ts';
import type { ApplyResult, Policy, QuarantineEntry, UnitWork } from '../steps/step-kind.ts';
import { RunControl, Stopped } from './run-control.ts';
import { runUnit, StepFailure, type UnitBooks, type UnitContext } from './unit-runner.ts';

const policy: Policy = {
  chunk: { rows: 10, bytes: 1000, seconds: 1 },
  retry: { attempts: 3, delayMs: 1, maxDelayMs: 2 },
  limits: { quarantineShare: null, rowBytes: 1000, windowSeconds: null, slowdownShare: null },
  timeouts: { lockMs: null, statementMs: null },
  rollbackOn: [],
  requireQuiet: false,
  source: 'quiesced',
};
const badData: DbError = {
  message: 'UNIQUE constraint failed',
  code: null,
  kind: 'data',
  statement: null,
  table: 't',
  column: 'id',
};

/** A unit over the numbers 0 to n-1 whose target is an array: the ledger is the truth, as at a real target. */
class Numbers implements UnitWork {
  readonly id = 'numbers';
  readonly needs = [];
  readonly commit = 'target_transaction' as const;
  readonly total: number;
  readonly stored: number[] = [];
  readonly aside: number[] = [];
  readonly rows = new Map<string, LedgerChunk>();
  readonly log: string[] = [];
  readonly #bad: ReadonlySet<number>;
  readonly #chunk: number;
  answer: (chunk: Chunk) => ApplyResult | null = () => null;
  hint = false;

  constructor(n: number, chunk: number, bad: readonly number[] = []) {
    this.total = n;
    this.#chunk = chunk;
    this.#bad = new Set(bad);
  }

  readonly ledger = {
    chunks: async () => [...this.rows.values()],
    add: async (_fence: unknown, chunks: readonly { path: string; bounds: Bounds }[]) => {
      for (const one of chunks) this.rows.set(one.path, this.#row(one, 'pending'));
    },
    split: async (_fence: unknown, path: string, halves: readonly { path: string; bounds: Bounds }[]) => {
      this.rows.set(path, { ...this.rows.get(path)!, state: 'split' });
      for (const one of halves) this.rows.set(one.path, this.#row(one, 'pending'));
    },
  };

  async *bounds() {
    for (let from = 0; from < this.total; from += this.#chunk)
      yield span(from, Math.min(this.total, from + this.#chunk));
  }

  async apply(chunk: Chunk): Promise<ApplyResult> {
    this.log.push(chunk.path);
    const forced = this.answer(chunk);
    if (forced) return forced;
    if (this.rows.get(chunk.path)?.state === 'done') return { kind: 'already_done' };
    const numbers = range(chunk.bounds);
    const at = numbers.findIndex((one) => this.#bad.has(one));
    if (at >= 0) return { kind: 'bad_data', recordHint: this.hint ? at : null, error: badData };
    this.stored.push(...numbers);
    return this.#done(chunk, { ...noCounts, read: numbers.length, accepted: numbers.length });
  }

  async reject(chunk: Chunk): Promise<ApplyResult> {
    this.aside.push(...range(chunk.bounds));
    return this.#done(chunk, { ...noCounts, read: 1, rejected: 1 });
  }

  async halves(chunk: Chunk, hint: number | null): Promise<readonly [Bounds, Bounds] | null> {
    const [from, to] = ends(chunk.bounds);
    if (to - from === 1) return null;
    const middle = hint === null ? Math.floor((from + to) / 2) : Math.min(Math.max(from + hint, from + 1), to - 1);
    return [span(from, middle), span(middle, to)];
  }

  async probe() {
    return 'absent' as const;
  }
  async *settle() {}
  async undo() {
    return { kind: 'nothing' as const };
  }
  async finishUndo() {
    return [];
  }
  async [Symbol.asyncDispose]() {}

  #row(one: { path: string; bounds: Bounds }, state: LedgerChunk['state']): LedgerChunk {
    return { unit: this.id, ...one, state, counts: null, digest: null };
  }

  #done(chunk: Chunk, counts: Counts): ApplyResult {
    this.rows.set(chunk.path, { ...this.rows.get(chunk.path)!, state: 'done', counts, digest: '' });
    return { kind: 'committed', counts, digest: '' };
  }
}

function span(from: number, to: number): Bounds {
  return { from: String(from), to: String(to), inclusive: 'to', records: to - from };
}
function ends(bounds: Bounds): [number, number] {
  return [Number(bounds.from), Number(bounds.to)];
}
function range(bounds: Bounds): number[] {
  const [from, to] = ends(bounds);
  return Array.from({ length: to - from }, (_, index) => from + index);
}

class Books implements UnitBooks {
  readonly counts: Counts[] = [];
  readonly entries: QuarantineEntry[] = [];
  retries = 0;
  splits = 0;
  stop: string | null = null;
  reconciled() {}
  planned() {}
  async setAside(_chunk: Chunk, entries: readonly QuarantineEntry[]) {
    this.entries.push(...entries);
  }
  committed(_chunk: Chunk, counts: Counts) {
    this.counts.push(counts);
  }
  split() {
    this.splits += 1;
  }
  retrying() {
    this.retries += 1;
  }
  records() {}
  mustStop() {
    return this.stop;
  }
}

function contextOf(books: Books, control = new RunControl()): UnitContext {
  return { fence: { runId: 'r', epoch: 1n }, control, policy, books, monotonic: () => performance.now() };
}

describe('runUnit', () => {
  test.each([true, false])('sets aside exactly the bad records and writes the rest (hint: %s)', async (hint) => {
    const unit = new Numbers(35, 10, [0, 9, 10, 17, 34]);
    unit.hint = hint;
    await runUnit(unit, contextOf(new Books()));
    expect(unit.aside.sort((a, b) => a - b)).toEqual([0, 9, 10, 17, 34]);
    expect(unit.stored.sort((a, b) => a - b)).toEqual(
      range(span(0, 35)).filter((one) => ![0, 9, 10, 17, 34].includes(one)),
    );
  });

  test('all bounds are in the ledger before the first write', async () => {
    const unit = new Numbers(30, 10);
    unit.answer = () => {
      expect(unit.rows.size).toBe(3);
      return null;
    };
    await runUnit(unit, contextOf(new Books()));
    expect(unit.stored).toHaveLength(30);
  });

  test('goes on after a crash with what the ledger does not call done', async () => {
    const unit = new Numbers(40, 10);
    unit.answer = (chunk) =>
      chunk.path === '2' ? { kind: 'permanent', error: { ...badData, kind: 'space', message: 'disk full' } } : null;
    await expect(runUnit(unit, contextOf(new Books()))).rejects.toThrow('disk full');
    unit.answer = () => null;
    unit.log.length = 0;
    await runUnit(unit, contextOf(new Books()));
    expect(unit.log).toEqual(['2', '3']);
    expect(unit.stored.sort((a, b) => a - b)).toEqual(range(span(0, 40)));
  });

  test('repeats what is transient as often as the policy says, then fails with what to do', async () => {
    const unit = new Numbers(10, 10);
    let left = 2;
    unit.answer = () =>
      left-- > 0
        ? { kind: 'transient', error: { ...badData, kind: 'transient', message: 'busy' }, retryAfterMs: null }
        : null;
    const books = new Books();
    await runUnit(unit, contextOf(books));
    expect(books.retries).toBe(2);
    const hopeless = new Numbers(10, 10);
    hopeless.answer = () => ({
      kind: 'transient',
      error: { ...badData, kind: 'transient', message: 'busy' },
      retryAfterMs: null,
    });
    await expect(runUnit(hopeless, contextOf(new Books()))).rejects.toThrow('busy (tried 3 times)');
    expect(hopeless.log).toHaveLength(3);
  });

  test('bookkeeping at a target that somebody holds is repeated as well, and as often', async () => {
    const held = (times: number) => {
      const unit = new Numbers(10, 10);
      const { add } = unit.ledger;
      let asked = 0;
      unit.ledger.add = async (...chunks) => {
        asked += 1;
        if (asked <= times) throw new DbFailure({ ...badData, kind: 'locked', message: 'database is locked' });
        return add(...chunks);
      };
      return { unit, asked: () => asked };
    };
    const soon = held(2);
    await runUnit(soon.unit, contextOf(new Books()));
    expect(soon.unit.stored).toHaveLength(10);
    const never = held(99);
    await expect(runUnit(never.unit, contextOf(new Books()))).rejects.toThrow('database is locked');
    expect(never.asked()).toBe(3);
    expect(never.unit.log).toEqual([]);
  });

  test('a permanent error is never repeated', async () => {
    const unit = new Numbers(10, 10);
    unit.answer = () => ({ kind: 'permanent', error: { ...badData, kind: 'permanent', message: 'no such table' } });
    await expect(runUnit(unit, contextOf(new Books()))).rejects.toBeInstanceOf(StepFailure);
    expect(unit.log).toHaveLength(1);
  });

  test('a pause lets the chunk finish and starts no other', async () => {
    const unit = new Numbers(30, 10);
    const control = new RunControl();
    unit.answer = (chunk) => {
      if (chunk.path === '1') control.pause();
      return null;
    };
    await expect(runUnit(unit, contextOf(new Books(), control))).rejects.toMatchObject({ wish: 'pause' });
    expect(unit.stored).toHaveLength(20);
  });

  test('a cancel ends the wait for the next try', async () => {
    const unit = new Numbers(10, 10);
    const control = new RunControl();
    unit.answer = () => {
      control.cancel();
      return { kind: 'transient', error: { ...badData, kind: 'transient' }, retryAfterMs: null };
    };
    await expect(runUnit(unit, contextOf(new Books(), control))).rejects.toBeInstanceOf(Stopped);
  });

  test('a limit that is reached ends the step between two chunks', async () => {
    const unit = new Numbers(30, 10);
    const books = new Books();
    unit.answer = (chunk) => {
      if (chunk.path === '1') books.stop = 'too many';
      return null;
    };
    await expect(runUnit(unit, contextOf(books))).rejects.toThrow('too many');
    expect(unit.stored).toHaveLength(20);
  });
});

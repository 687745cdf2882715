import { figure } from '#shared/model/figures.ts';
import { addCounts, type Counts, noCounts } from '#shared/model/run.ts';
import type { Bounds, Chunk, DbError, LedgerChunk } from '../../drivers/relational.ts';
import type { Policy, QuarantineEntry } from '../steps/step-kind.ts';
import { type Criterion, passedCriteria, windowExceeded } from './criteria.ts';
import { type EngineContext, nowText } from './engine-context.ts';
import { quarantineLimitReached } from './limits.ts';
import type { LiveStep } from './progress.ts';
import type { ActivePhase } from './run-manager.ts';
import type { UnitBooks } from './unit-runner.ts';

/** Books of an execution: outcomes into the journal, figures into the progress. */
export class JournalBooks implements UnitBooks {
  counts: Counts = noCounts;
  readonly #context: EngineContext;
  readonly #active: ActivePhase;
  readonly #step: LiveStep;
  readonly #unit: string;
  readonly #policy: Policy;
  readonly #inHand = new Map<string, number>();
  readonly #passed: readonly Criterion['name'][];
  /** Chunks of this unit: committed, and known. */
  #done = 0;
  #all = 0;

  constructor(context: EngineContext, active: ActivePhase, step: LiveStep, unit: string, policy: Policy) {
    this.#context = context;
    this.#active = active;
    this.#step = step;
    this.#unit = unit;
    this.#policy = policy;
    this.#passed = passedCriteria(context, active.runId);
  }

  /** In the log: the step, or the unit of it by its own name. */
  get #name(): string {
    return this.#unit.startsWith(this.#step.id) ? this.#unit : `${this.#step.id}/${this.#unit}`;
  }

  reconciled(chunks: readonly LedgerChunk[]): void {
    if (chunks.length === 0) return;
    const { journal } = this.#context;
    const { runId } = this.#active;
    const seen = new Map(
      journal.work.chunks(runId, this.#step.id, this.#unit).map((chunk) => [chunk.path, chunk.state]),
    );
    const missed = chunks.filter((chunk) => chunk.state === 'done' && seen.get(chunk.path) !== 'done');
    journal.db.transaction(() => {
      journal.work.addChunks(runId, this.#step.id, this.#unit, chunks);
      for (const chunk of chunks) {
        if (chunk.state === 'done' || chunk.state === 'split')
          journal.work.setChunk(runId, this.#step.id, this.#unit, chunk.path, {
            state: chunk.state,
            counts: chunk.counts,
            digest: chunk.digest,
          });
        else journal.findings.dropQuarantine(runId, this.#step.id, this.#unit, chunk.path);
      }
    });
    const done = chunks.filter((chunk) => chunk.state === 'done');
    const before = this.#step.done;
    for (const chunk of done) if (chunk.counts) this.#count(chunk.counts);
    this.#step.doneEarlier += this.#step.done - before;
    const all = chunks.filter((chunk) => chunk.state !== 'split').length;
    this.#step.chunksDone += done.length;
    this.#step.chunks = (this.#step.chunks ?? 0) + all;
    this.#done += done.length;
    this.#all += all;
    const extra = missed.length > 0 ? `; ${missed.length} of them the journal had not seen yet` : '';
    this.#active.event({
      severity: 'info',
      code: 'reconciled',
      step: this.#step.id,
      text: `${this.#step.id}: the target holds ${done.length} of ${all} chunks${extra}`,
    });
  }

  planned(chunks: readonly { path: string; bounds: Bounds }[]): void {
    this.#context.journal.work.addChunks(this.#active.runId, this.#step.id, this.#unit, chunks);
    this.#step.chunks = (this.#step.chunks ?? 0) + chunks.length;
    this.#all += chunks.length;
    this.#active.event({
      severity: 'info',
      code: 'step_started',
      step: this.#step.id,
      text: `${this.#name} started${chunks.length === 1 ? '' : `, ${chunks.length} chunks`}`,
    });
  }

  async setAside(chunk: Chunk, entries: readonly QuarantineEntry[]): Promise<void> {
    this.#context.journal.findings.quarantine(
      this.#active.runId,
      this.#step.id,
      this.#unit,
      chunk.path,
      entries,
      nowText(this.#context),
    );
  }

  committed(chunk: Chunk, counts: Counts, digest: string, tookMs: number): void {
    const { journal } = this.#context;
    this.#inHand.delete(chunk.path);
    this.#count(counts);
    this.#step.chunksDone += 1;
    this.#done += 1;
    // One commit for all that is to be written of a chunk.
    journal.db.transaction(() => {
      journal.work.setChunk(this.#active.runId, this.#step.id, this.#unit, chunk.path, {
        state: 'done',
        counts,
        digest,
        tookMs,
      });
      this.#tellCommitted(counts, tookMs);
    });
    this.#active.progress.changed();
  }

  #tellCommitted(counts: Counts, tookMs: number): void {
    const set = setAsideOf(counts);
    this.#active.event({
      severity: 'info',
      code: 'chunk_committed',
      step: this.#step.id,
      text: `${this.#name}${this.#all > 1 ? `: chunk ${this.#done} of ${this.#all}` : ''} committed, ${figure(counts.read)} ${this.#step.unit} in ${(tookMs / 1000).toFixed(2)} s`,
    });
    if (set > 0)
      this.#active.event({
        severity: 'warning',
        code: 'set_aside',
        step: this.#step.id,
        text: `${this.#name}: ${figure(set)} set aside${this.#all > 1 ? ` in chunk ${this.#done}` : ''}`,
      });
  }

  split(chunk: Chunk, halves: readonly { path: string; bounds: Bounds }[], error: DbError): void {
    const { journal } = this.#context;
    journal.db.transaction(() => {
      journal.work.setChunk(this.#active.runId, this.#step.id, this.#unit, chunk.path, { state: 'split' });
      journal.work.addChunks(this.#active.runId, this.#step.id, this.#unit, halves);
      journal.findings.dropQuarantine(this.#active.runId, this.#step.id, this.#unit, chunk.path);
    });
    this.#inHand.delete(chunk.path);
    if (this.#step.chunks !== null) this.#step.chunks += 1;
    this.#all += 1;
    if (!chunk.path.includes('.'))
      this.#active.event({
        severity: 'warning',
        code: 'chunk_split',
        step: this.#step.id,
        text: `${this.#step.id}: chunk ${chunk.path} failed as a whole (${error.message}); split to find the records`,
      });
  }

  retrying(chunk: Chunk, attempt: number, delayMs: number, error: DbError): void {
    this.#active.event({
      severity: 'warning',
      code: 'retry',
      step: this.#step.id,
      text: `${this.#step.id}: ${error.message} in chunk ${chunk.path}; again in ${(delayMs / 1000).toFixed(1)} s, try ${attempt} of ${this.#policy.retry.attempts}`,
    });
  }

  records(chunk: Chunk, records: number): void {
    const before = this.#inHand.get(chunk.path) ?? 0;
    this.#inHand.set(chunk.path, records);
    if (records > before) this.#active.progress.handled(records - before);
  }

  mustStop(): string | null {
    const judged = this.#policy.rollbackOn.includes('window') && !this.#passed.includes('window');
    const late = judged ? windowExceeded(this.#context, this.#active, this.#policy) : null;
    if (late !== null) {
      const criterion: Criterion = { name: 'window', words: late };
      this.#context.journal.runs.putDocument(this.#active.runId, 'criterion', criterion, nowText(this.#context));
      return late;
    }
    const { quarantineShare } = this.#policy.limits;
    if (quarantineShare === null || this.#step.setAside === 0) return null;
    // What was replayed or waived since no longer counts against the limit.
    const { open } = this.#context.journal.findings.quarantineTotal(this.#active.runId, this.#step.id);
    return quarantineLimitReached(quarantineShare, { ...this.#step, setAside: open });
  }

  #count(counts: Counts): void {
    this.counts = addCounts(this.counts, counts);
    this.#step.done += counts.read;
    this.#step.setAside += setAsideOf(counts);
  }
}

/** Records and fan-out items that were set aside. */
export function setAsideOf(counts: Counts): number {
  return counts.rejected + Object.values(counts.outputs).reduce((sum, output) => sum + output.rejected, 0);
}

import { inParallel } from '../../../platform/in-parallel.ts';
import { groupAt, rangesOf } from '../folder/groups.ts';
import type {
  ApplyEnv,
  ApplyResult,
  Bounds,
  Chunk,
  DryRunSample,
  QuarantineEntry,
  StepHead,
  UndoEnv,
  UnitWork,
  WorkEnv,
} from '../step-kind.ts';
import { applyFailure, controlLedger, withTransaction } from '../transaction.ts';
import { makeCounts } from './counts.ts';
import { type FilesPlan, isTaken, type PlannedFile } from './plan-types.ts';
import { type Ends, entryOf, settleFile } from './settle.ts';
import { finishUndo, undoChunk } from './undo.ts';

/** Files of a group that are on their way at the same time. */
const atOnce = 8;
const groupBytes = 64 * 1024 * 1024;
const mostSamples = 30;

/** One unit: small files in groups, a large one by itself, each group one chunk. */
export async function* filesUnits(plan: FilesPlan, step: StepHead, env: WorkEnv): AsyncGenerator<UnitWork> {
  const { spec } = plan;
  const [from, to] = [await env.folder(spec.source.connection), await env.folder(spec.target.connection)];
  yield new FilesUnit(plan, step, env, { spec, from, to, token: env.run.id, signal: env.signal });
}

class FilesUnit implements UnitWork {
  readonly id: string;
  readonly needs = [];
  readonly commit = 'keyed_and_verified';
  readonly total: number;
  readonly ledger: UnitWork['ledger'];
  readonly #plan: FilesPlan;
  readonly #env: WorkEnv;
  readonly #ends: Ends;
  readonly #samples: DryRunSample[] = [];

  constructor(plan: FilesPlan, step: StepHead, env: WorkEnv, ends: Ends) {
    this.id = step.id;
    this.total = plan.files.length;
    this.ledger = controlLedger(ends.to.books, env.run.id, step.id);
    this.#plan = plan;
    this.#env = env;
    this.#ends = ends;
  }

  async *bounds(): AsyncGenerator<Bounds> {
    yield* groupsOf(this.#plan.files);
  }

  async apply(chunk: Chunk, env: ApplyEnv): Promise<ApplyResult> {
    const files = groupAt(this.#plan.files, chunk.bounds);
    const ends = { ...this.#ends, signal: env.signal };
    const dry = this.#env.mode === 'dry_run';
    try {
      return await withTransaction(ends.to.books, async (transaction): Promise<ApplyResult> => {
        const claimed = await transaction.claim(chunk, env.fence);
        if (claimed !== 'claimed') return { kind: claimed };
        let settled = 0;
        const refusals = await inParallel(files, atOnce, async (file) => {
          env.signal.throwIfAborted();
          const refused = await settleFile(file, dry ? 'look' : 'do', ends);
          settled += 1;
          env.onRecords(settled);
          return refused;
        });
        const rejects: QuarantineEntry[] = [];
        for (const [at, file] of files.entries()) {
          const refused = refusals[at];
          if (refused) rejects.push(entryOf(file, refused));
          else if (dry) this.#sample(file);
        }
        if (rejects.length > 0) await env.quarantine(rejects);
        const counts = makeCounts(files, new Set(rejects.map(({ key }) => key)), ends.spec.target.connection);
        await transaction.commit(counts, '');
        return { kind: 'committed', counts, digest: '' };
      });
    } catch (error) {
      return applyFailure(error, env.signal);
    }
  }

  #sample(file: PlannedFile): void {
    if (!isTaken(file) || this.#samples.length >= mostSamples) return;
    const { source, target, bytes, sha } = file;
    const { spec } = this.#ends;
    const fields = [
      { name: 'size', value: String(bytes) },
      { name: 'sha256', value: sha },
    ];
    this.#samples.push({
      key: source,
      picked: file.fate === 'same' ? 'there already' : spec.how,
      source: { object: source, fields },
      outputs: [
        {
          table: `${spec.target.connection} / ${target}`,
          fields: fields.map((field) => ({ ...field, change: 'same', from: field.name })),
        },
      ],
    });
  }

  samples(): readonly DryRunSample[] {
    return this.#samples;
  }

  /** A bad file is set aside by itself: a group is never split. */
  async halves(): Promise<null> {
    return null;
  }

  async reject(chunk: Chunk, error: { readonly message: string }, env: ApplyEnv): Promise<ApplyResult> {
    return withTransaction(this.#ends.to.books, async (transaction): Promise<ApplyResult> => {
      const claimed = await transaction.claim(chunk, env.fence);
      if (claimed !== 'claimed') return { kind: claimed };
      const files = groupAt(this.#plan.files, chunk.bounds).filter(({ fate }) => fate !== 'leave');
      await env.quarantine(files.map((file) => entryOf(file, { code: 'refused', message: error.message, rule: null })));
      const aside = new Set(files.map(({ source }) => source));
      const counts = makeCounts(groupAt(this.#plan.files, chunk.bounds), aside, this.#ends.spec.target.connection);
      await transaction.commit(counts, '');
      return { kind: 'committed', counts, digest: '' };
    });
  }

  async probe(): Promise<'absent'> {
    return 'absent';
  }

  async *settle(): AsyncGenerator<never> {}

  undo(chunk: Chunk, env: UndoEnv) {
    const ends = { ...this.#ends, signal: env.signal };
    return undoChunk(groupAt(this.#plan.files, chunk.bounds), ends, this.#env.environment, chunk, env);
  }

  finishUndo() {
    return finishUndo(this.#plan, this.#ends);
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** Bounds are positions in the plan. */
export function groupsOf(files: readonly PlannedFile[]): Generator<Bounds> {
  return rangesOf(
    files.map(({ bytes }) => bytes),
    groupBytes,
  );
}

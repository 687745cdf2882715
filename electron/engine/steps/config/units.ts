import type { FolderSession } from '../../../drivers/files.ts';
import { DbFailure } from '../../../drivers/relational.ts';
import { groupAt, rangesOf } from '../folder/groups.ts';
import { removeMade } from '../folder/missing-folders.ts';
import type {
  ApplyEnv,
  ApplyResult,
  Bounds,
  Chunk,
  DryRunSample,
  QuarantineEntry,
  StepHead,
  UnitWork,
  WorkEnv,
} from '../step-kind.ts';
import { applyFailure, controlLedger, withTransaction } from '../transaction.ts';
import type { Converted, ConvertRules } from './convert-file.ts';
import { bytesAt, convertOne, sha256 } from './convert-planned.ts';
import { makeCounts } from './counts.ts';
import { type ConfigPlan, type PlannedFile, rowsOf, specOf } from './plan-types.ts';
import { convertRules } from './rules.ts';
import { sampleOf } from './samples.ts';
import type { ConfigSpec } from './spec-types.ts';
import { undoChunk } from './undo.ts';

const mostSamples = 30;

/** One unit: the files of the step in groups, each group one chunk. */
export async function* configUnits(plan: ConfigPlan, step: StepHead, env: WorkEnv): AsyncGenerator<UnitWork> {
  const spec = specOf(plan);
  const [from, to] = [await env.folder(spec.source.connection), await env.folder(spec.target.connection)];
  yield new ConfigUnit(plan, spec, step, env, from, to);
}

class ConfigUnit implements UnitWork {
  readonly id: string;
  readonly needs = [];
  readonly commit = 'keyed_and_verified';
  readonly total: number;
  readonly ledger: UnitWork['ledger'];
  readonly #plan: ConfigPlan;
  readonly #spec: ConfigSpec;
  readonly #env: WorkEnv;
  readonly #from: FolderSession;
  readonly #to: FolderSession;
  readonly #rules: ConvertRules;
  readonly #rows: ReturnType<typeof rowsOf>;
  readonly #samples: DryRunSample[] = [];

  constructor(
    plan: ConfigPlan,
    spec: ConfigSpec,
    step: StepHead,
    env: WorkEnv,
    from: FolderSession,
    to: FolderSession,
  ) {
    this.id = step.id;
    this.total = plan.files.length;
    this.ledger = controlLedger(to.books, env.run.id, step.id);
    this.#plan = plan;
    this.#spec = spec;
    this.#env = env;
    this.#from = from;
    this.#to = to;
    this.#rules = { ...convertRules(spec, plan.env, env), strict: plan.strict, unknown: plan.unknown };
    this.#rows = rowsOf(plan);
  }

  async *bounds(): AsyncGenerator<Bounds> {
    yield* rangesOf(this.#plan.files.map(() => 0));
  }

  async apply(chunk: Chunk, env: ApplyEnv): Promise<ApplyResult> {
    try {
      return await withTransaction(this.#to.books, async (transaction): Promise<ApplyResult> => {
        const claimed = await transaction.claim(chunk, env.fence);
        if (claimed !== 'claimed') return { kind: claimed };
        const files = groupAt(this.#plan.files, chunk.bounds);
        const rejects: QuarantineEntry[] = [];
        const writes: { path: string; data: Uint8Array; sha: string }[] = [];
        for (const file of files) {
          env.signal.throwIfAborted();
          const done = await this.#prepare(file);
          if ('reject' in done) rejects.push(done.reject);
          else if (done.data) writes.push({ path: file.target, data: done.data, sha: file.sha ?? '' });
        }
        if (rejects.length > 0) await env.quarantine(rejects);
        if (writes.length > 0) await this.#to.write(writes);
        for (const { path, sha } of writes) await this.#readBack(path, sha);
        env.onRecords(files.length);
        const counts = makeCounts(files, new Set(rejects.map(({ key }) => key)), this.#spec.target.connection);
        await transaction.commit(counts, '');
        return { kind: 'committed', counts, digest: '' };
      });
    } catch (error) {
      return applyFailure(error, env.signal);
    }
  }

  /** What is to be written; `data` null where the target holds it already. */
  async #prepare(file: PlannedFile): Promise<{ data: Uint8Array | null } | { reject: QuarantineEntry }> {
    const { source, target, sha, beforeSha } = file;
    if (sha === null)
      return {
        reject: entryOf(file, file.refused?.code ?? 'refused', file.refused?.message ?? '', file.refused?.rule),
      };
    try {
      const now = await bytesAt(this.#to, target);
      const nowSha = now && sha256(now);
      const stands = nowSha === sha;
      if (stands && this.#env.mode !== 'dry_run') return { data: null };
      if (!stands && nowSha !== beforeSha)
        return { reject: entryOf(file, 'target_changed', `${target} changed since the plan was made.`) };
      const inPlace = this.#from === this.#to && source === target;
      const bytes = inPlace && now ? now : await this.#from.read(source);
      if (sha256(bytes) !== file.sourceSha)
        return { reject: entryOf(file, 'source_changed', `${source} changed since the plan was made.`) };
      const converted = convertOne(this.#spec, file, bytes, now, this.#rows, this.#rules);
      this.#sample(converted);
      if (converted.sha256 === sha) return { data: stands ? null : converted.bytes };
      return { reject: entryOf(file, 'not_repeatable', `${source} would now become something else than planned.`) };
    } catch (error) {
      // This file cannot be read; a full disk or a lost right while writing ends the chunk instead.
      if (!(error instanceof DbFailure) || error.error.kind !== 'permanent') throw error;
      return { reject: entryOf(file, 'unreadable', error.message) };
    }
  }

  async #readBack(path: string, sha: string): Promise<void> {
    if (sha256(await this.#to.read(path)) === sha) return;
    const message = `${path} does not read back as it was written.`;
    throw new DbFailure({ message, code: null, kind: 'permanent', statement: null, table: path, column: null });
  }

  #sample(converted: Converted): void {
    if (this.#env.mode === 'dry_run' && this.#samples.length < mostSamples)
      this.#samples.push(sampleOf(converted, this.#spec));
  }

  samples(): readonly DryRunSample[] {
    return this.#samples;
  }

  /** A bad file is set aside by itself: a group is never split. */
  async halves(): Promise<null> {
    return null;
  }

  async reject(chunk: Chunk, error: { readonly message: string }, env: ApplyEnv): Promise<ApplyResult> {
    return withTransaction(this.#to.books, async (transaction): Promise<ApplyResult> => {
      const claimed = await transaction.claim(chunk, env.fence);
      if (claimed !== 'claimed') return { kind: claimed };
      const files = groupAt(this.#plan.files, chunk.bounds);
      await env.quarantine(files.map((file) => entryOf(file, 'refused', error.message)));
      const counts = makeCounts(files, new Set(files.map(({ source }) => source)), this.#spec.target.connection);
      await transaction.commit(counts, '');
      return { kind: 'committed', counts, digest: '' };
    });
  }

  async probe(): Promise<'absent'> {
    return 'absent';
  }

  async *settle(): AsyncGenerator<never> {}

  undo(chunk: Chunk, env: Parameters<UnitWork['undo']>[1]) {
    return undoChunk(
      {
        files: groupAt(this.#plan.files, chunk.bounds),
        spec: this.#spec,
        to: this.#to,
        environment: this.#env.environment,
      },
      chunk,
      env,
    );
  }

  async finishUndo(): Promise<readonly []> {
    await removeMade(this.#to, this.#plan.folders);
    return [];
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function entryOf(
  { source, target }: PlannedFile,
  code: string,
  message: string,
  rule: string | null = null,
): QuarantineEntry {
  return {
    key: source,
    item: null,
    output: null,
    code,
    message,
    column: null,
    record: JSON.stringify({ source, target }),
    rule,
  };
}

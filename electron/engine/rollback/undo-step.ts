import { join } from 'node:path';
import type { Finding } from '#shared/model/finding.ts';
import type { Chunk, Fence, ProtectedItem } from '../../drivers/relational.ts';
import { bundleOfRun, type RunBundle } from '../run/bundle-of-run.ts';
import { compareChunkPaths } from '../run/chunk-path.ts';
import { type EngineContext, nowText } from '../run/engine-context.ts';
import type { StoredReplay } from '../run/replay.ts';
import { Stopped } from '../run/run-control.ts';
import { findRun, holderOf } from '../run/run-lock.ts';
import { type ActivePhase, InStep } from '../run/run-manager.ts';
import type { SessionPool } from '../run/session-pool.ts';
import { workEnv } from '../run/step-env.ts';
import { type StoredPlan, type StoredStep, storedPlan } from '../run/stored-plan.ts';
import { StepFailure } from '../run/unit-runner.ts';
import { withResource } from '../run/with-resource.ts';
import type { SavedItems, UndoEnv, UnitWork } from '../steps/step-kind.ts';
import { MappingDoesNotCompile } from '../values/mapping-error.ts';
import type { RollbackRequest } from './request.ts';

/**
 * What undoing a step needs. `diverged` gathers rows that differ from what was written and still lie there, `settled` those
 * that were exported and then removed.
 */
export type Undoing = {
  readonly context: EngineContext;
  readonly active: ActivePhase;
  readonly plan: StoredPlan;
  readonly bundle: RunBundle;
  readonly pool: SessionPool;
  readonly scratch: string;
  readonly request: RollbackRequest;
  readonly diverged: Finding[];
  readonly settled: Finding[];
};

/** Undoes one step, whose replays are undone already; what is undone already is passed over. */
export async function undoStep(undoing: Undoing, stored: StoredStep): Promise<void> {
  const { context, active, bundle, pool, scratch } = undoing;
  const { journal, environment } = context;
  const row = journal.work.steps(active.runId).find((step) => step.id === stored.id);
  if (!row || row.state === 'undone' || row.state === 'pending') return;
  const live = active.progress.step(stored.id);
  const step = bundle.profile.steps.find((one) => one.id === stored.id);
  if (!step) throw new Error(`Step ${stored.id} of the plan is not in the profile`);
  active.progress.beginStep(live);
  live.total = live.done;
  live.done = 0;
  journal.work.setStep(active.runId, stored.id, { state: 'undoing' });
  const before = undoing.diverged.length;
  const settledBefore = undoing.settled.length;
  try {
    const run = findRun(context, active.runId);
    const env = workEnv(
      { context, run, bundle, pool, scratch, signal: active.control.signal, report: () => undefined },
      'undo',
    );
    await undoUnits(
      undoing,
      { runId: active.runId, epoch: active.epoch },
      stored,
      step.kind.units(stored.plan, stored, env),
    );
  } catch (error) {
    if (error instanceof Stopped) throw error;
    live.state = 'failed';
    journal.work.setStep(active.runId, stored.id, {
      state: 'undoing',
      error: error instanceof Error ? error.message : String(error),
    });
    throw new InStep(stored.id, error);
  }
  const differs = undoing.diverged.length > before;
  const settled = undoing.settled.length - settledBefore;
  live.state = differs ? 'attention' : 'rolled_back';
  live.endedAt = environment.clock.monotonic();
  journal.work.setStep(active.runId, stored.id, {
    state: differs ? 'undo_diverged' : 'undone',
    endedAt: nowText(context),
  });
  active.event({
    severity: differs ? 'error' : 'info',
    code: 'step_undone',
    step: stored.id,
    text: differs
      ? `${stored.id}: rows differ from what was written; nothing was done about them`
      : settled > 0
        ? `${stored.id}: undone; rows that differed from what was written were exported and removed`
        : `${stored.id}: undone`,
  });
}

/**
 * Undoes the replays of these steps, newest first and before any step: a later step finds by its lookups what a replay of an
 * earlier one wrote, and would be read back as something that it never was.
 */
export async function undoReplays(undoing: Undoing, steps: readonly StoredStep[]): Promise<void> {
  const { context, active } = undoing;
  const ids = new Set(steps.map((step) => step.id));
  for (const { id } of context.journal.runs.children(active.runId).reverse()) {
    const replay = context.journal.runs.document<StoredReplay>(id, 'replay');
    if (!replay || !ids.has(replay.step)) continue;
    try {
      await undoReplay(undoing, id, replay);
    } catch (error) {
      if (error instanceof Stopped) throw error;
      throw new InStep(replay.step, error);
    }
  }
}

async function undoReplay(undoing: Undoing, childId: string, replay: StoredReplay): Promise<void> {
  const { context, active, pool, scratch } = undoing;
  const [stored] = storedPlan(context, childId).steps;
  const done = context.journal.work.steps(childId).some((row) => row.id === replay.step && row.state === 'undone');
  if (!stored || done) return;
  const before = undoing.diverged.length;
  const run = findRun(context, childId);
  const bundle = await bundleOfRun(context, run, replay.changes);
  const step = bundle.profile.steps.find((one) => one.id === stored.id);
  const report = () => undefined;
  const env = {
    ...workEnv({ context, run, bundle, pool, scratch, signal: active.control.signal, report }, 'undo'),
    onlyKeys: new Set(replay.keys),
  };
  // The child's rows at the targets carry its own epoch, which only rises.
  const fence: Fence = { runId: childId, epoch: BigInt(run.epoch) + active.epoch };
  for (const name of undoing.plan.targets) {
    const { control } = await pool.session(name);
    await control.enter(
      fence,
      undoing.plan.hash,
      holderOf(findRun(context, active.runId), context.environment.identity),
    );
  }
  try {
    if (step) await undoUnits(undoing, fence, stored, step.kind.units(stored.plan, stored, env));
  } catch (error) {
    if (!(error instanceof MappingDoesNotCompile) || (await hasWritten(undoing, childId, stored))) throw error;
    active.event({
      severity: 'warning',
      code: 'replay_passed_over',
      step: stored.id,
      text: `Replay ${childId} wrote nothing, since its rules do not compile; there is nothing to undo`,
    });
  }
  const state = undoing.diverged.length > before ? 'undo_diverged' : 'undone';
  context.journal.work.setStep(childId, stored.id, { state });
}

/** Chunks are stored at the target before they are written, and known to the journal from then on. */
async function hasWritten({ context, plan, pool }: Undoing, runId: string, stored: StoredStep): Promise<boolean> {
  if (context.journal.work.chunks(runId, stored.id).length > 0) return true;
  for (const name of plan.targets) {
    if ((await (await pool.session(name)).control.chunks(runId, stored.id)).length > 0) return true;
  }
  return false;
}

async function undoUnits(
  undoing: Undoing,
  fence: Fence,
  stored: StoredStep,
  made: AsyncIterable<UnitWork>,
): Promise<void> {
  const units: UnitWork[] = [];
  for await (const unit of made) units.push(unit);
  for (const unit of units.reverse()) await withResource(unit, () => undoUnit(undoing, fence, stored, unit));
}

async function undoUnit(undoing: Undoing, fence: Fence, stored: StoredStep, unit: UnitWork): Promise<void> {
  const { context, active, request, diverged, settled } = undoing;
  const { journal } = context;
  const { runId } = fence;
  const env: UndoEnv = {
    fence,
    signal: active.control.signal,
    diverged: request.diverged,
    export: (entry) => exportRow(context, runId, stored.id, entry),
    saved: (connection) => savedItems(context, active.runId, connection),
  };
  const chunks = (await unit.ledger.chunks())
    .filter((chunk) => chunk.state === 'done')
    .sort((a, b) => compareChunkPaths(b.path, a.path));
  for (const entry of chunks) {
    if (active.control.wish !== 'run') throw new Stopped(active.control.wish);
    const chunk: Chunk = { unit: unit.id, path: entry.path, bounds: entry.bounds, attempt: 0 };
    const note = (state: 'planned' | 'done' | 'diverged' | 'failed', rows: number, found: string | null) =>
      journal.work.putUndo({
        run: runId,
        step: stored.id,
        unit: unit.id,
        path: entry.path,
        action: stored.undo,
        state,
        expected: entry.digest,
        found,
        rows,
        at: nowText(context),
      });
    note('planned', 0, null);
    const result = await unit.undo(chunk, env);
    switch (result.kind) {
      case 'undone':
        (request.diverged === 'export_and_remove' ? settled : diverged).push(
          ...result.diverged.map((finding) => ({ ...finding, step: stored.id })),
        );
        note(result.diverged.length > 0 ? 'diverged' : 'done', result.rows, null);
        journal.work.setChunk(runId, stored.id, unit.id, entry.path, { state: 'undone' });
        break;
      case 'nothing':
        note('done', 0, null);
        journal.work.setChunk(runId, stored.id, unit.id, entry.path, { state: 'undone' });
        break;
      case 'diverged':
        diverged.push(...result.findings.map((finding) => ({ ...finding, step: stored.id })));
        note('diverged', 0, result.findings[0]?.message ?? null);
        break;
      case 'failed':
        note('failed', 0, result.error.message);
        throw new StepFailure(result.error.message, {
          error: result.error,
          advice: 'Remove the cause, then run the rollback again; it goes on where it stopped.',
        });
      case 'fenced':
        throw new StepFailure('Another process took this run over; nothing more is undone here.');
      case 'stopped':
        throw new Stopped('cancel');
    }
    const live = active.progress.step(stored.id);
    live.done += entry.counts?.read ?? 0;
    active.progress.handled(entry.counts?.read ?? 0);
  }
  if (diverged.length === 0 || request.diverged !== 'stop')
    diverged.push(...(await unit.finishUndo(env)).map((finding) => ({ ...finding, step: stored.id })));
}

/** What the rollback point of the run holds of a connection. */
function savedItems({ journal }: EngineContext, runId: string, connection: string): SavedItems | null {
  const point = journal.points.usable(runId);
  if (!point) return null;
  const own = journal.points.items(point.id).filter((item) => item.connection === connection);
  return { folder: join(point.location, connection), items: own.map((item): ProtectedItem => item.item) };
}

/** Rows that others changed are kept beside the journal before they are removed. Production data: 0600. */
async function exportRow(
  context: EngineContext,
  runId: string,
  step: string,
  entry: { readonly output: string; readonly key: string; readonly row: string },
): Promise<void> {
  const file = join(context.environment.paths.reports, runId, 'diverged.jsonl');
  await context.environment.fs.makeFolder(join(context.environment.paths.reports, runId), 0o700);
  await context.environment.fs.append(file, `${JSON.stringify({ step, ...entry })}\n`, 0o600);
}

import { join } from 'node:path';
import type { DryRunView } from '#shared/contract/dry-run.ts';
import { counted, figure, setAsideText } from '#shared/model/figures.ts';
import { type Catalog, holdsTables } from '../../drivers/relational.ts';
import { schemaChanges } from '../plan/schema-changes.ts';
import { bundleOfRun, type RunBundle } from './bundle-of-run.ts';
import { type EngineContext, nowText } from './engine-context.ts';
import { setAsideOf } from './journal-books.ts';
import { liveSteps } from './live-steps.ts';
import { type ExampleSeen, MemoryBooks, type ReasonSeen } from './memory-books.ts';
import { rehearseRules } from './rehearse-rules.ts';
import { findRun } from './run-lock.ts';
import { type ActivePhase, InStep, type PhaseEnd } from './run-manager.ts';
import { sampledUnit } from './sampled-unit.ts';
import { SessionPool } from './session-pool.ts';
import { workEnv } from './step-env.ts';
import { type StoredPlan, type StoredStep, storedPlan } from './stored-plan.ts';
import { holderNow } from './target-leases.ts';
import { runUnit } from './unit-runner.ts';
import { withResource } from './with-resource.ts';

type StepResult = {
  readonly row: DryRunView['steps'][number];
  readonly reasons: readonly ReasonSeen[];
  readonly examples: readonly ExampleSeen[];
  readonly samples: DryRunView['samples'];
  readonly outputs: ReadonlyMap<string, number>;
};

/** The dry run: the same code as execute against scratch copies of the targets; nothing named in the plan is changed. */
export async function dryRun(context: EngineContext, active: ActivePhase, sample: number | null): Promise<PhaseEnd> {
  const { runId, control, event } = active;
  const { environment, journal } = context;
  const run = findRun(context, runId);
  const plan = storedPlan(context, runId);
  const bundle = await bundleOfRun(context, run);
  const folder = join(environment.paths.scratch, runId, 'dry-run');
  await environment.fs.remove(folder);
  await environment.fs.makeFolder(folder);
  active.progress.beginPhase(
    liveSteps(context, runId, plan).map((step) => ({
      ...step,
      state: 'pending',
      done: 0,
      setAside: 0,
      chunksDone: 0,
      chunks: null,
      total: step.total,
    })),
  );
  event({ severity: 'info', code: 'dry_run_started', step: null, text: `Dry run: rehearsing in ${folder}` });
  const began = environment.clock.monotonic();
  try {
    const pool = new SessionPool(context, bundle.profile, bundle.files.folder, 'scratch', folder, control.signal);
    const view = await withResource(pool, async () => {
      const before = await catalogs(plan, pool);
      const fence = { runId, epoch: active.epoch };
      for (const name of plan.targets)
        await (await pool.session(name)).control.enter(fence, plan.hash, holderNow(context, active));
      const results: StepResult[] = [];
      for (const stored of plan.steps)
        results.push(await rehearse({ context, active, bundle, pool, folder, run, sample }, stored));
      await rehearseRules(bundle, active, pool, sample);
      return assemble(context, {
        runId,
        plan,
        bundle,
        results,
        sample,
        folder,
        tookMs: environment.clock.monotonic() - began,
        schema: await changes(plan, pool, before),
      });
    });
    journal.runs.putDocument(runId, 'dry_run', view, nowText(context));
    const moved = view.steps.filter((_, at) => plan.steps[at]?.kind !== 'schema');
    const sum = (of: (step: (typeof moved)[number]) => number) => moved.reduce((all, step) => all + of(step), 0);
    const [aside, items] = [sum((step) => step.setAside), sum((step) => step.setAsideItems ?? 0)];
    event({
      severity: aside > 0 ? 'warning' : 'info',
      code: 'dry_run_done',
      step: null,
      text: `Dry run: ${counted(
        sum((step) => step.accepted),
        'record',
      )} would be written, ${setAsideText(aside - items, items)} set aside`,
    });
    return { result: 'done', condition: 'done' };
  } finally {
    await environment.fs.remove(folder);
  }
}

type Rehearsal = {
  context: EngineContext;
  active: ActivePhase;
  bundle: RunBundle;
  pool: SessionPool;
  folder: string;
  run: ReturnType<typeof findRun>;
  sample: number | null;
};

async function rehearse(
  { context, active, bundle, pool, folder, run, sample }: Rehearsal,
  stored: StoredStep,
): Promise<StepResult> {
  const { clock } = context.environment;
  const live = active.progress.step(stored.id);
  const step = bundle.profile.steps.find((one) => one.id === stored.id);
  if (!step) throw new Error(`Step ${stored.id} of the plan is not in the profile`);
  const startedAt = active.progress.beginStep(live);
  const samples: DryRunView['samples'] = [];
  const books = new MemoryBooks(active, live, sample);
  try {
    const env = workEnv(
      { context, run, bundle, pool, scratch: folder, signal: active.control.signal, report: () => undefined },
      'dry_run',
    );
    for await (const unit of step.kind.units(stored.plan, stored, env)) {
      const cut = sample === null ? unit : sampledUnit(unit, sample);
      await withResource(unit, async () => {
        await runUnit(cut, {
          fence: { runId: active.runId, epoch: active.epoch },
          control: active.control,
          policy: bundle.profile.policy,
          books,
          monotonic: () => clock.monotonic(),
        });
        samples.push(
          ...(unit.samples?.() ?? []).map((one) => ({
            ...one,
            step: stored.id,
            source: { object: one.source.object, fields: [...one.source.fields] },
            outputs: one.outputs.map((output) => ({ table: output.table, fields: [...output.fields] })),
          })),
        );
      });
    }
  } catch (error) {
    live.state = 'failed';
    throw new InStep(stored.id, error);
  }
  live.endedAt = clock.monotonic();
  live.state = live.setAside > 0 ? 'attention' : 'completed';
  active.progress.changed();
  const { counts } = books;
  const seconds = (live.endedAt - startedAt) / 1000;
  const agrees = sample !== null || counts.read === stored.amount;
  return {
    row: {
      ord: stored.ord,
      id: stored.id,
      unit: stored.unit,
      read: counts.read,
      accepted: counts.accepted,
      setAside: setAsideOf(counts),
      setAsideItems: setAsideOf(counts) - counts.rejected,
      filtered: counts.filtered,
      rate: seconds > 0 && counts.read > 0 ? counts.read / seconds : null,
      compared:
        sample !== null
          ? `sample of ${figure(counts.read)}`
          : agrees
            ? 'as planned'
            : `the plan counted ${figure(stored.amount)}`,
      agrees,
    },
    reasons: [...books.reasons.values()],
    examples: books.examples,
    samples,
    outputs: new Map(Object.entries(counts.outputs).map(([table, rows]) => [table, rows.inserted + rows.updated])),
  };
}

async function catalogs(plan: StoredPlan, pool: SessionPool): Promise<Map<string, Catalog>> {
  const found = new Map<string, Catalog>();
  for (const name of plan.targets) {
    const session = await pool.session(name);
    if (holdsTables(session)) found.set(name, await session.catalog(null));
  }
  return found;
}

async function changes(
  plan: StoredPlan,
  pool: SessionPool,
  before: ReadonlyMap<string, Catalog>,
): Promise<DryRunView['schema']> {
  const after = await catalogs(plan, pool);
  return [...after].flatMap(([name, catalog]) =>
    schemaChanges(before.get(name) ?? { tables: [], others: [] }, catalog),
  );
}

function assemble(
  context: EngineContext,
  parts: {
    runId: string;
    plan: StoredPlan;
    bundle: RunBundle;
    results: readonly StepResult[];
    sample: number | null;
    folder: string;
    tookMs: number;
    schema: DryRunView['schema'];
  },
): DryRunView {
  const { results, plan, bundle } = parts;
  const limit = bundle.profile.policy.limits.quarantineShare;
  const outputs = new Map<string, number>();
  for (const result of results)
    for (const [table, rows] of result.outputs) outputs.set(table, (outputs.get(table) ?? 0) + rows);
  return {
    runId: parts.runId,
    state: 'done',
    at: nowText(context),
    tookMs: parts.tookMs,
    sampled: parts.sample,
    scratch: parts.folder,
    steps: results.map((result) => result.row),
    outputs: [...outputs].map(([table, rows]) => ({ table, rows })),
    reasons: results
      .flatMap((result) =>
        result.reasons.map((reason) => ({ ...reason, share: reason.count / Math.max(1, result.row.read), limit })),
      )
      .sort(
        (a, b) =>
          b.count - a.count ||
          plan.steps.findIndex((step) => step.id === a.step) - plan.steps.findIndex((step) => step.id === b.step),
      ),
    examples: results.flatMap((result) => [...result.examples]),
    samples: results.flatMap((result) => result.samples),
    schema: parts.schema,
  };
}

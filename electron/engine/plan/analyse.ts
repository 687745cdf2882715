import { join } from 'node:path';
import type { PlanView } from '#shared/contract/plan.ts';
import { type Finding, isError, makeFinding } from '#shared/model/finding.ts';
import { type Catalog, type Fingerprint, holdsTables } from '../../drivers/relational.ts';
import { resolveEndpoint, targetText } from '../profile/endpoint.ts';
import type { ProfileConnection, ProfileStep } from '../profile/profile.ts';
import { bundleOfRun, type RunBundle } from '../run/bundle-of-run.ts';
import type { EngineContext } from '../run/engine-context.ts';
import { nowText } from '../run/engine-context.ts';
import { type LiveStep, newLiveStep } from '../run/progress.ts';
import { findRun } from '../run/run-lock.ts';
import { type ActivePhase, InStep, type PhaseEnd } from '../run/run-manager.ts';
import { SessionPool } from '../run/session-pool.ts';
import { readEnv } from '../run/step-env.ts';
import { type StoredPlan, storedPlanKind } from '../run/stored-plan.ts';
import { withResource } from '../run/with-resource.ts';
import { dropPlanScratch } from '../steps/plan-scratch.ts';
import type { Planned } from '../steps/step-kind.ts';
import { atProfile } from './at-profile.ts';
import { consentsOf } from './consents.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import { findingsOfSteps, unknownSources } from './follow-ups.ts';
import { planHash } from './plan-hash.ts';
import { assemblePlanView } from './plan-view.ts';
import { ruleFindings } from './rule-findings.ts';
import { type Watched, watchedBy } from './watched.ts';
import { emptyWorld, type World, withTables } from './world.ts';

export type PlannedStep = { readonly step: ProfileStep; readonly planned: Planned<unknown> };

/** The plan phase: reads sources and target, writes only to local scratch, and leaves a plan to be accepted. */
export async function analysePlan(context: EngineContext, active: ActivePhase): Promise<PhaseEnd> {
  const { runId, control, progress, event } = active;
  const run = findRun(context, runId);
  const bundle = await bundleOfRun(context, run);
  const scratch = join(context.environment.paths.scratch, runId, 'plan');
  await context.environment.fs.makeFolder(scratch);
  progress.beginPhase(bundle.profile.steps.map(({ id, ord, kind }) => newLiveStep({ id, ord, kind: kind.kind })));
  event({
    severity: 'info',
    code: 'plan_started',
    step: null,
    text: `Plan: reading ${bundle.profile.connections.size} connections`,
  });
  try {
    const pool = new SessionPool(context, bundle.profile, bundle.files.folder, 'read', scratch, control.signal);
    return await withResource(pool, async () => {
      const catalogs = await readCatalogs(bundle, pool);
      const steps = await planSteps(context, active, bundle, pool, worldOf(catalogs), scratch);
      const coverage = coverageOf(
        bundle.profile,
        sourcesOnly(bundle, catalogs),
        new Map(steps.map(({ step, planned }) => [step.id, planned.reads])),
        unknownSources(steps),
      );
      const watched = watchedBy(steps);
      const fingerprints = await fingerprintAll(bundle, pool, watched, control.signal);
      const rules = await ruleFindings(bundle, steps, pool, control.signal);
      const view = await storePlan(context, active, { bundle, steps, coverage, rules, watched, fingerprints });
      const problems = view.findings.filter(isError).length;
      event({
        severity: problems > 0 ? 'error' : 'info',
        code: 'plan_ready',
        step: null,
        text:
          problems > 0
            ? `Plan ${view.hash.slice(0, 8)} cannot be carried out: ${problems} of ${view.findings.length} findings are errors`
            : `Plan ${view.hash.slice(0, 8)} is ready: ${view.steps.length} steps, ${view.findings.length} findings`,
      });
      return { result: 'ready', condition: 'done', outcome: null };
    });
  } finally {
    await dropPlanScratch(scratch, context.environment);
    await context.environment.fs.remove(scratch);
  }
}

async function readCatalogs(bundle: RunBundle, pool: SessionPool): Promise<Map<string, Catalog>> {
  const catalogs = new Map<string, Catalog>();
  for (const name of usedConnections(bundle)) {
    const session = await pool.session(name);
    if (holdsTables(session)) catalogs.set(name, await session.catalog(null));
  }
  return catalogs;
}

/** Connections that some step reads or writes, in the order of the profile. */
function usedConnections(bundle: RunBundle): string[] {
  const used = new Set(bundle.profile.steps.flatMap((step) => Object.values(step.kind.connections(step.spec)).flat()));
  return [...bundle.profile.connections.keys()].filter((name) => used.has(name));
}

function worldOf(catalogs: ReadonlyMap<string, Catalog>): World {
  let world = emptyWorld;
  for (const [name, catalog] of catalogs) {
    world = withTables(
      world,
      name,
      new Map(catalog.tables.map((info) => [info.name, { info, madeBy: null, rows: info.rows }])),
    );
  }
  return world;
}

function sourcesOnly(bundle: RunBundle, catalogs: ReadonlyMap<string, Catalog>): Map<string, Catalog> {
  return new Map([...catalogs].filter(([name]) => bundle.profile.connections.get(name)?.access === 'read'));
}

async function planSteps(
  context: EngineContext,
  active: ActivePhase,
  bundle: RunBundle,
  pool: SessionPool,
  start: World,
  scratch: string,
): Promise<PlannedStep[]> {
  const { control, progress, runId } = active;
  const run = findRun(context, runId);
  const planned: PlannedStep[] = [];
  let world = start;
  for (const step of bundle.profile.steps) {
    const live = progress.step(step.id);
    live.state = 'running';
    live.startedAt = context.environment.clock.monotonic();
    progress.changed();
    const report = reporter(active, live);
    try {
      const result = await step.kind.plan(
        step.spec,
        step,
        world,
        readEnv({ context, run, bundle, pool, scratch, signal: control.signal, report }),
      );
      world = result.after;
      planned.push({ step, planned: result });
      live.unit = result.unit;
      live.total = result.amount;
      live.done = result.amount;
      live.note = result.touchesText;
    } catch (error) {
      live.state = 'failed';
      throw new InStep(step.id, error);
    }
    live.state = 'completed';
    live.endedAt = context.environment.clock.monotonic();
    progress.changed();
  }
  return planned;
}

function reporter({ progress }: ActivePhase, live: LiveStep) {
  return (said: {
    readonly done: number;
    readonly total: number | null;
    readonly unit: string;
    readonly note?: string;
  }) => {
    live.done = said.done;
    live.total = said.total;
    live.unit = said.unit;
    if (said.note !== undefined) live.note = said.note;
    progress.changed();
  };
}

/** State of every used connection now, in the strength that its driver gives; of the watched objects where only these matter. */
export async function fingerprintAll(
  bundle: RunBundle,
  pool: SessionPool,
  watched: Watched,
  signal: AbortSignal,
): Promise<Record<string, Fingerprint>> {
  const prints: Record<string, Fingerprint> = {};
  for (const name of usedConnections(bundle)) {
    const session = await pool.session(name);
    prints[name] = await session.fingerprint(watched[name] ?? null, session.strength, signal);
  }
  return prints;
}

async function storePlan(
  context: EngineContext,
  { runId }: ActivePhase,
  found: {
    bundle: RunBundle;
    steps: readonly PlannedStep[];
    coverage: Coverage;
    rules: readonly Finding[];
    watched: Watched;
    fingerprints: Record<string, Fingerprint>;
  },
): Promise<PlanView> {
  const { bundle, steps, coverage, rules, watched, fingerprints } = found;
  const { journal } = context;
  const run = findRun(context, runId);
  const consents = consentsOf(steps, coverage.uncovered);
  const hash = planHash({
    bundleHash: bundle.hash,
    overrides: run.overrides,
    steps: steps.map(({ step, planned }) => ({
      id: step.id,
      kind: step.kind.kind,
      planVersion: step.kind.planVersion,
      undo: planned.undo,
    })),
    consents: consents.map((need) => need.name),
    fingerprints,
  });
  const used = [...bundle.profile.connections.values()].filter(
    (connection) => connection.access === 'write' && connection.name in fingerprints,
  );
  const nameOf = async (connection: ProfileConnection) =>
    targetText(await resolveEndpoint(connection, bundle.files.folder, context.environment.secrets));
  const stored: StoredPlan = {
    format: 1,
    hash,
    bundleHash: bundle.hash,
    targets: used.map((connection) => connection.name),
    targetText: (await Promise.all(used.map(nameOf))).join(', '),
    fingerprints,
    watched,
    steps: steps.map(({ step, planned }) => ({
      id: step.id,
      ord: step.ord,
      needs: step.needs,
      kind: step.kind.kind,
      planVersion: step.kind.planVersion,
      plan: planned.plan,
      undo: planned.undo,
      unit: planned.unit,
      amount: planned.amount,
      weight: Math.max(planned.estimate?.likely ?? 1, 0.05),
      rowsPerSecond: planned.rowsPerSecond,
      ...step.kind.connections(step.spec),
    })),
  };
  const findings: Finding[] = [
    ...atProfile(findingsOfSteps(steps), bundle.files),
    ...coverage.findings,
    ...rules,
    ...windowFinding(bundle, steps),
  ];
  const view = await assemblePlanView(context, run, {
    bundle,
    steps,
    findings,
    fates: [...coverage.fates],
    consents,
    fingerprints,
    hash,
  });
  journal.db.transaction(() => {
    const at = nowText(context);
    journal.runs.putDocument(runId, storedPlanKind, stored, at);
    journal.runs.putDocument(runId, 'plan', view, at);
    const { quarantineShare, windowSeconds } = bundle.profile.policy.limits;
    journal.runs.putDocument(runId, 'limits', { quarantineShare, windowSeconds }, at);
    for (const kind of ['dry_run', 'validation', 'rollback', 'criterion', 'criteria_passed'])
      journal.runs.removeDocument(runId, kind);
    journal.runs.change(runId, { plan_hash: hash, bundle_hash: bundle.hash, accepted_at: null, accepted_by: null });
    journal.work.putSteps(runId, stored.steps);
  });
  return view;
}

function windowFinding(bundle: RunBundle, steps: readonly PlannedStep[]): Finding[] {
  const limit = bundle.profile.policy.limits.windowSeconds;
  const likely = steps.reduce((sum, { planned }) => sum + (planned.estimate?.high ?? 0), 0);
  if (limit === null || likely <= limit) return [];
  return [
    makeFinding({
      severity: 'warning',
      category: 'window',
      message: `The steps may take ${Math.ceil(likely)} s, longer than the window of ${limit} s.`,
      path: 'policy.limits.window',
      suggestion: 'Begin earlier, or agree on a longer window and write it in the profile.',
    }),
  ];
}

import { join } from 'node:path';
import type { DryRunView } from '#shared/contract/dry-run.ts';
import type { ValidationView } from '#shared/contract/validation.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import { addCounts, type Counts, noCounts } from '#shared/model/run.ts';
import { DbFailure } from '../../drivers/db-failure.ts';
import { holdsTables } from '../../drivers/relational.ts';
import { sumChunkDigests } from '../steps/chunk-digest.ts';
import type { StepDone, ValidationItem } from '../steps/step-kind.ts';
import { checkLedgers } from '../validation/ledgers.ts';
import { checkPredictedSchema } from '../validation/predicted-schema.ts';
import { checkPrediction } from '../validation/prediction.ts';
import { runRules } from '../validation/rules.ts';
import { outcomeAfterValidation, verdict } from '../validation/verdict.ts';
import { bundleOfRun, type RunBundle } from './bundle-of-run.ts';
import { type EngineContext, nowText } from './engine-context.ts';
import { type ChunkRecord, parseCounts } from './journal/rows.ts';
import { liveSteps } from './live-steps.ts';
import { lostEntries, withLostEntries } from './lost-entries.ts';
import { Stopped } from './run-control.ts';
import { findRun } from './run-lock.ts';
import { type ActivePhase, InStep, type PhaseEnd } from './run-manager.ts';
import { SessionPool } from './session-pool.ts';
import { readEnv } from './step-env.ts';
import { type StoredPlan, type StoredStep, storedPlan } from './stored-plan.ts';
import { withResource } from './with-resource.ts';

const listed = 5_000;

/** Found so far: counts stay complete where the list is cut. */
class Findings {
  readonly all: Finding[] = [];
  readonly #seen = new Map<string, number>();
  readonly tables: ValidationView['tables'] = [];
  readonly checks: ValidationView['checks'] = [];

  take(item: ValidationItem, step: string | null): void {
    if (item.kind === 'finding') {
      const finding = item.finding.step === null && step !== null ? { ...item.finding, step } : item.finding;
      this.#seen.set(finding.severity, (this.#seen.get(finding.severity) ?? 0) + 1);
      if (this.all.length < listed) this.all.push(finding);
    } else if (item.kind === 'table') {
      const { table, expectedRows, foundRows, expectedDigest, foundDigest, equal } = item;
      this.tables.push({
        step: step ?? '',
        table,
        expectedRows,
        foundRows,
        expectedDigest,
        foundDigest,
        result: equal ? 'equal' : 'differs',
      });
    } else if (item.kind === 'check') {
      this.checks.push({ check: item.check, found: item.found, severity: item.severity, steps: step ?? '' });
    }
  }

  counts(): ValidationView['bySeverity'] {
    const of = (severity: string) => this.#seen.get(severity) ?? 0;
    return { critical: of('critical'), error: of('error'), warning: of('warning'), info: of('info') };
  }
}

/** The validate phase: ledgers, every step against source and target, the profile's rules. Needs journal and ends only. */
export async function validate(context: EngineContext, active: ActivePhase, full: boolean): Promise<PhaseEnd> {
  const { runId, control, event } = active;
  const { environment, journal } = context;
  const run = findRun(context, runId);
  const plan = storedPlan(context, runId);
  const bundle = await bundleOfRun(context, run);
  const scratch = join(environment.paths.scratch, runId, 'validate');
  await environment.fs.makeFolder(scratch);
  const began = environment.clock.monotonic();
  active.progress.beginPhase(
    liveSteps(context, runId, plan).map((step) => ({
      ...step,
      state: 'pending',
      total: step.done,
      done: 0,
      setAside: 0,
      chunks: null,
    })),
  );
  const done = doneSteps(context, runId, plan);
  const findings = new Findings();
  const ledger = checkLedgers(
    plan.steps.map((step) => ({
      step: step.id,
      counts: countsOf(context.journal.work.chunks(runId, step.id)),
      kept: keptOf(context, runId, step.id),
    })),
  );
  const dryRun = journal.runs.document<DryRunView>(runId, 'dry_run');
  const predicted = checkPrediction(dryRun, new Map(ledger.ledger.map(({ step, counts }) => [step, counts])));
  for (const item of [...ledger.items, ...predicted]) findings.take(item, null);
  try {
    const pool = new SessionPool(context, bundle.profile, bundle.files.folder, 'read', scratch, control.signal);
    await withResource(pool, async () => {
      for (const stored of plan.steps)
        await validateStep({ context, active, bundle, pool, scratch, full, findings }, stored, done);
      const ends = await Promise.all(plan.targets.map((name) => pool.session(name)));
      const held = await Promise.all(ends.filter(holdsTables).map((session) => session.catalog(null)));
      for (const item of checkPredictedSchema(dryRun?.schema ?? [], held)) findings.take(item, null);
      for await (const item of runRules(bundle.profile, (name) => pool.tables(name), control.signal))
        findings.take(item, null);
    });
  } catch (error) {
    if (control.wish !== 'run') throw new Stopped(control.wish);
    throw error;
  } finally {
    await environment.fs.remove(scratch);
  }
  const result = verdict(findings.all);
  const view: ValidationView = {
    runId,
    state: 'done',
    level: full ? 'full' : 'quick',
    at: nowText(context),
    tookMs: environment.clock.monotonic() - began,
    passed: result.passed,
    compared: [...done.values()].reduce((sum, step) => sum + step.counts.accepted, 0),
    bySeverity: findings.counts(),
    ledger: ledger.ledger,
    tables: findings.tables,
    checks: findings.checks,
  };
  journal.db.transaction(() => {
    journal.findings.clearIssues(runId, 'validate');
    journal.findings.addIssues(runId, 'validate', findings.all);
    journal.runs.putDocument(runId, 'validation', view, nowText(context));
  });
  const { critical = 0, error = 0, warning = 0 } = view.bySeverity;
  event({
    severity: result.passed ? 'info' : 'error',
    code: 'validated',
    step: null,
    text: `Validated (${view.level}): ${critical} critical, ${error} errors, ${warning} warnings`,
  });
  return {
    result: result.passed ? 'passed' : 'failed',
    condition: 'done',
    outcome: outcomeAfterValidation(result.passed, journal.findings.quarantineTotal(runId).open),
  };
}

type Scope = {
  context: EngineContext;
  active: ActivePhase;
  bundle: RunBundle;
  pool: SessionPool;
  scratch: string;
  full: boolean;
  findings: Findings;
};

async function validateStep(
  { context, active, bundle, pool, scratch, full, findings }: Scope,
  stored: StoredStep,
  done: ReadonlyMap<string, StepDone>,
): Promise<void> {
  const live = active.progress.step(stored.id);
  const step = bundle.profile.steps.find((one) => one.id === stored.id);
  const figures = done.get(stored.id);
  if (!step || !figures) return;
  if (active.control.wish !== 'run') throw new Stopped(active.control.wish);
  active.progress.beginStep(live);
  active.progress.changed();
  const run = findRun(context, active.runId);
  const env = readEnv({ context, run, bundle, pool, scratch, signal: active.control.signal, report: () => undefined });
  try {
    const lost = lostEntries(context, runsOf(context, active.runId), stored.id);
    const items = step.kind.validate(stored.plan, stored, full ? 'full' : 'quick', figures, env);
    for await (const item of withLostEntries(items, lost)) {
      if (item.kind !== 'progress') findings.take(item, stored.id);
      else if (item.done > live.done) {
        active.progress.handled(item.done - live.done);
        live.done = item.done;
        // A comparison counts rows of several tables; beyond the records of the step their number is not known.
        if (live.total !== null && live.done > live.total) live.total = null;
      }
    }
  } catch (error) {
    if (active.control.wish !== 'run') throw new Stopped(active.control.wish);
    live.state = 'failed';
    if (!(error instanceof DbFailure) || error.error.kind !== 'permanent') throw new InStep(stored.id, error);
    // A table that is gone, or changed, is what validation is there to find.
    findings.take({ kind: 'finding', finding: notComparable(stored.id, error) }, stored.id);
    return;
  }
  live.done = live.total ?? live.done;
  live.state = 'completed';
  live.endedAt = context.environment.clock.monotonic();
  active.progress.changed();
}

function notComparable(step: string, { error }: DbFailure): Finding {
  return makeFinding({
    severity: 'critical',
    category: 'not_comparable',
    step,
    path: error.table ?? step,
    message: `What ${step} wrote cannot be compared: ${error.message}`,
    suggestion: 'The target is not as the run left it. Find out who changed it, or roll back.',
  });
}

/** The run and its replays. */
function runsOf({ journal }: EngineContext, runId: string): string[] {
  return [runId, ...journal.runs.children(runId).map((child) => child.id)];
}

/** What the journal knows of every step; replays of a step count with it. */
function doneSteps(context: EngineContext, runId: string, plan: StoredPlan): Map<string, StepDone> {
  const runs = runsOf(context, runId);
  const own = new Map(
    plan.steps.map((step) => {
      const chunks = runs
        .flatMap((id) => context.journal.work.chunks(id, step.id))
        .filter((chunk) => chunk.state === 'done');
      const counts = countsOf(chunks);
      return [step.id, { counts, digests: sumChunkDigests(chunks.map((chunk) => chunk.digest ?? '')) }] as const;
    }),
  );
  const shared = plan.steps.map((step) => ({
    step: step.id,
    counts: own.get(step.id)?.counts ?? noCounts,
    digests: own.get(step.id)?.digests ?? {},
  }));
  return new Map(
    plan.steps.map((step) => [
      step.id,
      {
        counts: own.get(step.id)?.counts ?? noCounts,
        digests: own.get(step.id)?.digests ?? {},
        before: {},
        setAside: setAsideKeys(context, runs, step.id),
        shared,
      },
    ]),
  );
}

function countsOf(chunks: readonly ChunkRecord[]): Counts {
  return chunks
    .filter((chunk) => chunk.state === 'done')
    .map((chunk) => parseCounts(chunk.counts) ?? noCounts)
    .reduce<Counts>(addCounts, noCounts);
}

/** Source keys of whole records that are still in quarantine: they are in no target table. */
function setAsideKeys(context: EngineContext, runs: readonly string[], step: string): ReadonlySet<string> {
  const rows = runs.flatMap((run) =>
    context.journal.db.all<{ key: string }>(
      "SELECT key FROM quarantine WHERE run = ? AND step = ? AND output IS NULL AND state <> 'replayed'",
      run,
      step,
    ),
  );
  return new Set(rows.map((row) => row.key));
}

/** Records and rows that the quarantine holds of a step; replayed ones are accounted for in their child run. */
function keptOf(
  context: EngineContext,
  runId: string,
  step: string,
): { records: number; byOutput: Record<string, number> } {
  const rows = context.journal.db.all<{ output: string | null; item: number | null; n: number }>(
    'SELECT output, item IS NOT NULL AS item, count(*) AS n FROM quarantine WHERE run = ? AND step = ? GROUP BY output, item IS NOT NULL',
    runId,
    step,
  );
  const byOutput: Record<string, number> = {};
  let records = 0;
  for (const row of rows) {
    if (row.output === null) records += row.n;
    else byOutput[row.output] = (byOutput[row.output] ?? 0) + row.n;
  }
  return { records, byOutput };
}

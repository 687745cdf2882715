import type { Counts } from '#shared/model/run.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import type { Journal } from '../../run/journal/journal.ts';
import type { PhaseSpan } from '../../run/phase-times.ts';
import { windowOf } from '../../run/window.ts';
import { balance } from '../ledgers.ts';
import { type IsSensitive, sensitiveNames } from '../sensitive.ts';
import { type RunEnvironment, type RunReport, reportFormat, reportFormatVersion } from './model.ts';
import { outcomeWords } from './outcome-words.ts';
import { environmentKind } from './run-environment.ts';
import { movesRecords, outcomeFacts, type RunFacts, readRunFacts, type StepFacts } from './run-facts.ts';
import { reportReasons } from './set-aside.ts';
import { stepState, stepStateWords } from './step-words.ts';
import { reportTimeline } from './timeline.ts';
import { wayBackWords } from './way-back-words.ts';

/** Findings of validation that are listed; the rest is counted. */
const findingsListed = 1000;

export type ReportOptions = {
  /** IANA name. */
  readonly timeZone: string;
  /** `sensitive` of the profile; null when the bundle cannot be read any more, then every column counts as sensitive. */
  readonly sensitive: ReadonlySet<string> | null;
  readonly interrupted: boolean;
};

/** The report of a run, from what the journal holds; no connection is opened. */
export function buildReport(
  context: Pick<EngineContext, 'environment' | 'journal' | 'version'>,
  runId: string,
  options: ReportOptions,
): RunReport | null {
  const { environment, journal } = context;
  const run = journal.runs.find(runId);
  if (run === null) return null;
  const facts = readRunFacts(journal, run, options.interrupted);
  const isSensitive: IsSensitive = options.sensitive === null ? () => true : sensitiveNames(options.sensitive);
  const records = facts.steps.filter((step) => movesRecords(step.record.kind) && step.counts !== null);
  const accounts = records.map(accountOf);
  const rows = records.flatMap(rowsOf);
  return {
    format: reportFormat,
    formatVersion: reportFormatVersion,
    generatedAt: environment.clock.now().toISOString(),
    generatedBy: {
      person: environment.identity.person,
      machine: environment.identity.machine,
      version: context.version,
    },
    timeZone: options.timeZone,
    run: {
      id: run.id,
      parentRun: run.parent_run,
      bundleId: run.profile_id,
      bundleVersion: run.profile_version,
      bundlePath: run.bundle_path,
      bundleHash: run.bundle_hash,
      planHash: run.plan_hash,
      planAcceptedAt: run.accepted_at,
      planAcceptedBy: run.accepted_by,
      engineVersion: run.engine_version,
      person: run.person,
      machine: run.machine,
      target: facts.target,
      startedAt: run.started_at,
      endedAt: run.ended_at,
      phase: run.phase,
      condition: facts.interrupted ? 'interrupted' : run.condition,
      autoRollback: run.auto_rollback === 1,
    },
    outcome: outcomeOf(facts),
    accounts: {
      total: { ...figures(facts.counts), balanced: accounts.every((account) => account.balanced) },
      records: accounts,
      rows,
      balanced: accounts.every((account) => account.balanced) && rows.every((row) => row.balanced),
    },
    decisions: decisionsOf(journal, facts),
    steps: facts.steps.map((step) => stepOf(step, facts)),
    phases: facts.phases.map((one, index) => ({
      phase: one.phase,
      attempt: one.attempt,
      startedAt: one.started_at,
      endedAt: one.ended_at,
      tookMs: tookMs(facts.spans[index]),
      result: one.result,
    })),
    forecast: forecastOf(facts),
    validation: validationOf(journal, facts),
    setAside: {
      total: facts.setAside.records + facts.setAside.items,
      open: facts.setAside.open,
      reasons: reportReasons(journal, run.id, isSensitive),
      replays: journal.runs.children(run.id).map((child) => ({
        run: child.id,
        at: child.started_at,
        person: child.person,
        outcome: child.outcome,
        records: replayedBy(journal, run.id, child.id),
      })),
    },
    backup: backupOf(facts),
    window: windowOfRun(journal, facts, environment.clock.now()),
    rollback: rollbackOf(facts),
    environment: {
      facts: environmentFacts(journal, facts),
      fingerprints: (facts.plan?.fingerprints ?? []).map((one) => ({ ...one })),
    },
    timeline: reportTimeline(journal, run.id),
    chain: chainOf(journal, run.id),
  };
}

function chainOf(journal: Journal, runId: string): RunReport['chain'] {
  const { head, firstBroken } = journal.events.chain(runId);
  return { head, firstBroken };
}

function tookMs(span: PhaseSpan | undefined): number | null {
  return span === undefined || span.to === null ? null : span.to - span.from;
}

function outcomeOf(facts: RunFacts): RunReport['outcome'] {
  const { outcome } = facts.run;
  const { title, lead, severity, open } = outcomeWords(outcomeFacts(facts));
  return {
    outcome,
    exitCode: facts.exitCode,
    severity,
    title,
    lead,
    failure: facts.failure,
    open: [...open],
  };
}

function figures(counts: Counts): { read: number; accepted: number; setAside: number; filtered: number } {
  return { read: counts.read, accepted: counts.accepted, setAside: counts.rejected, filtered: counts.filtered };
}

function accountOf({ record, counts }: StepFacts): RunReport['accounts']['records'][number] {
  const known = counts ?? { read: 0, accepted: 0, rejected: 0, filtered: 0, outputs: {} };
  const balanced = balance({ ...known, outputs: {} }).length === 0;
  return { ord: record.ord, step: record.id, ...figures(known), balanced };
}

function rowsOf({ record, counts }: StepFacts): RunReport['accounts']['rows'] {
  return Object.entries(counts?.outputs ?? {}).map(([table, { rejected, ...rows }]) => ({
    step: record.id,
    table,
    ...rows,
    setAside: rejected,
    balanced: rows.emitted === rows.inserted + rows.updated + rows.same + rejected,
  }));
}

function decisionsOf(journal: Journal, facts: RunFacts): RunReport['decisions'] {
  const { run } = facts;
  const consents = journal.runs.consents(run.id).map((given) => ({
    at: given.at,
    who: given.who,
    via: given.via,
    subject: given.subject,
    text: given.text,
    textSha256: given.text_sha256,
  }));
  const accepted =
    run.accepted_at === null
      ? []
      : [
          {
            at: run.accepted_at,
            who: run.accepted_by ?? 'not recorded',
            via: '',
            subject: 'plan',
            text: `Accepted the plan ${run.plan_hash ?? ''}`.trim(),
            textSha256: null,
          },
        ];
  return [...accepted, ...consents].toSorted((a, b) => a.at.localeCompare(b.at));
}

function stepOf(step: StepFacts, facts: RunFacts): RunReport['steps'][number] {
  const { record, counts } = step;
  const planned = facts.plan?.steps.find((one) => one.id === record.id) ?? null;
  const rehearsed = facts.dryRun?.steps.find((one) => one.id === record.id) ?? null;
  const sampled = facts.dryRun?.sampled != null;
  const state = stepState(step, facts.run.outcome);
  return {
    ord: record.ord,
    id: record.id,
    kind: record.kind,
    touches: planned?.touchesText ?? '',
    state,
    stateWords: stepStateWords(step, state),
    commit: planned?.commit ?? null,
    commitText: planned?.commitText ?? '',
    undo: record.undo,
    undoText: planned?.undoText ?? '',
    startedAt: record.started_at,
    endedAt: record.ended_at,
    forecast: {
      amount: planned?.amount ?? null,
      unit: planned?.unit ?? '',
      seconds: planned?.estimate ?? null,
      setAside: rehearsed === null || sampled ? null : rehearsed.setAside,
    },
    actual: {
      amount: counts?.read ?? null,
      seconds: step.executedMs === null ? null : step.executedMs / 1000,
      setAside: counts === null ? null : step.setAside,
    },
    error: record.error,
  };
}

function forecastOf({ plan, dryRun }: RunFacts): RunReport['forecast'] {
  if (plan === null) return null;
  return {
    executeSeconds: plan.estimate,
    findings: plan.findings.map((one) => ({ ...one })),
    notCarried: plan.fates
      .filter((fate) => fate.fate === 'not_carried')
      .map((fate) => ({
        object: fate.column === null ? fate.object : `${fate.object}.${fate.column}`,
        reason: fate.reason ?? '',
      })),
    schema: (dryRun?.schema ?? []).map(({ object, change, summary }) => ({ object, change, summary })),
  };
}

function validationOf(journal: Journal, facts: RunFacts): RunReport['validation'] {
  const view = facts.validation;
  if (view === null || view.state === 'none') return null;
  const listed = journal.findings.issues(facts.run.id, 'validate', {
    severity: null,
    search: '',
    offset: 0,
    limit: findingsListed,
  });
  return {
    state: view.state,
    level: view.level,
    at: view.at,
    tookMs: view.tookMs,
    passed: view.passed,
    compared: view.compared,
    bySeverity: view.bySeverity,
    tables: view.tables,
    checks: view.checks,
    findings: listed.issues.map(({ seq: _seq, ...finding }) => finding),
    findingsTotal: listed.total,
  };
}

function backupOf({ point, items }: RunFacts): RunReport['backup'] {
  if (point === null) return null;
  return {
    pointId: point.id,
    location: point.location,
    state: point.state,
    verifiedBy: point.verified_by,
    at: point.at,
    grade: point.grade,
    wayBack: wayBackWords(point.grade),
    items: items.map(({ seq, connection, item }) => ({
      seq,
      connection,
      object: item.object,
      how: item.how,
      bytes: item.bytes,
      sha256: item.sha256,
      verifiedBy: item.verifiedBy,
      originalPath: item.originalPath,
    })),
  };
}

function windowOfRun(journal: Journal, { run }: RunFacts, now: Date): RunReport['window'] {
  const window = windowOf(journal, run, now);
  if (window === null) return null;
  const { opens, closes, decideBy, rollback } = window;
  return { opens, closes, decideBy, rollbackSeconds: rollback };
}

function rollbackOf({ rollback }: RunFacts): RunReport['rollback'] {
  if (rollback === null) return null;
  return {
    state: rollback.state,
    cause: rollback.cause,
    at: rollback.at,
    tookMs: rollback.tookMs,
    steps: rollback.steps.map(({ ord, step, action, what, undone }) => ({ ord, step, action, what, undone })),
    proof: rollback.proof,
    diverged: [...rollback.diverged],
  };
}

function environmentFacts(journal: Journal, { run }: RunFacts): { name: string; value: string }[] {
  const noted = journal.runs.document<RunEnvironment>(run.id, environmentKind)?.facts ?? [];
  return [
    { name: 'Overland', value: run.engine_version },
    { name: 'Machine', value: run.machine },
    { name: 'Person', value: run.person },
    ...noted,
  ];
}

function replayedBy(journal: Journal, run: string, child: string): number {
  return (
    journal.db.get<{ n: number }>(
      "SELECT count(*) AS n FROM quarantine WHERE run = ? AND child_run = ? AND state = 'replayed'",
      run,
      child,
    )?.n ?? 0
  );
}

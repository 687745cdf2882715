import type { PlanView } from '#shared/contract/plan.ts';
import type { RollbackView } from '#shared/contract/rollback.ts';
import type { ValidationView } from '#shared/contract/validation.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { Counts, Outcome } from '#shared/model/run.ts';
import type { ProtectedItem } from '../../../drivers/relational.ts';
import type { Journal } from '../../run/journal/journal.ts';
import { encodeRecord } from '../../values/encode.ts';

export const sampleRunId = 'r-20261120-0116-k7qm';
export const planHash = '5c1e09ab7d42f3105c1e09ab7d42f3105c1e09ab7d42f3105c1e09ab7d42f310';

export type SampleRun = {
  readonly id?: string;
  readonly bundlePath?: string;
  readonly outcome?: Outcome | null;
  readonly setAside?: boolean;
  readonly rolledBack?: boolean;
  /** Goes into every text that comes from outside. */
  readonly spice?: string;
  readonly startedAt?: string;
};

const at = (clock: string): string => `2026-11-20T${clock}.000Z`;

const breakdowns: Counts = {
  read: 2000,
  filtered: 0,
  rejected: 0,
  accepted: 2000,
  outputs: {
    generic_tasks: { emitted: 2000, inserted: 2000, updated: 0, same: 0, rejected: 0 },
    legacy_task_mapping: { emitted: 2000, inserted: 2000, updated: 0, same: 0, rejected: 0 },
  },
};

function subtasks(setAside: boolean): Counts {
  const lost = setAside ? 3 : 0;
  const accepted = 15_964 - lost;
  return {
    read: 15_964,
    filtered: 0,
    rejected: lost,
    accepted,
    outputs: {
      generic_tasks: { emitted: accepted, inserted: accepted, updated: 0, same: 0, rejected: 0 },
      task_artifacts: {
        emitted: 20_120,
        inserted: 20_120 - (setAside ? 2 : 0),
        updated: 0,
        same: 0,
        rejected: setAside ? 2 : 0,
      },
    },
  };
}

/** A run of the task orchestrator's bundle as the engine journals it, from plan to its end. Returns its id. */
export function journalSampleRun(journal: Journal, given: SampleRun = {}): string {
  const id = given.id ?? sampleRunId;
  const spice = given.spice ?? '';
  const setAside = given.setAside ?? true;
  const outcome = given.outcome === undefined ? 'completed_with_quarantine' : given.outcome;
  journal.runs.create({
    id,
    profile_id: `task-orchestrator${spice}`,
    profile_version: '1.0.0',
    bundle_path: given.bundlePath ?? `/srv/overland/bundles/task-orchestrator${spice}`,
    bundle_hash: 'b0'.repeat(32),
    overrides: '{}',
    parent_run: null,
    engine_version: '0.1.0',
    person: `j.lindqvist${spice}`,
    machine: `ops-jump-3${spice}`,
    started_at: given.startedAt ?? at('01:16:04'),
  });
  journal.work.putSteps(id, [
    { id: 'model', kind: 'schema', ord: 1, undo: 'down' },
    { id: 'breakdowns', kind: 'records', ord: 2, undo: 'delete_written' },
    { id: 'subtasks', kind: 'records', ord: 3, undo: 'delete_written' },
  ]);
  planPhase(journal, id, spice);
  backupPhase(journal, id);
  executePhase(journal, id, setAside, spice);
  if (outcome !== 'failed' && outcome !== 'cancelled') validatePhase(journal, id, setAside, spice, outcome);
  if (given.rolledBack) rollbackPhase(journal, id, outcome === 'rollback_incomplete');
  journal.runs.change(id, { outcome, condition: 'done', ended_at: outcome === null ? null : at('01:19:41') });
  return id;
}

function planPhase(journal: Journal, id: string, spice: string): void {
  const attempt = journal.runs.beginPhase(id, 'plan', at('01:16:04'));
  journal.runs.putDocument(id, 'plan', samplePlan(id, spice), at('01:16:08'));
  journal.runs.endPhase(id, 'plan', attempt, { at: at('01:16:08'), result: 'done', condition: 'done' });
  journal.runs.change(id, { plan_hash: planHash, accepted_at: at('01:16:40'), accepted_by: `j.lindqvist${spice}` });
  journal.runs.consent({
    run: id,
    subject: 'non-empty-target',
    text: `generic_tasks holds 12 rows already; the run adds to them.${spice}`,
    text_sha256: 'c0'.repeat(32),
    who: `j.lindqvist${spice}`,
    via: 'screen',
    at: at('01:16:40'),
  });
  journal.events.append(
    id,
    { severity: 'info', code: 'plan_made', step: null, text: 'The plan was made: 3 steps, about 4 s.' },
    at('01:16:08'),
  );
  journal.events.append(
    id,
    { severity: 'info', code: 'plan_accepted', step: null, text: `j.lindqvist accepted the plan.${spice}` },
    at('01:16:40'),
  );
}

function backupPhase(journal: Journal, id: string): void {
  const attempt = journal.runs.beginPhase(id, 'backup', at('01:16:41'));
  const point = `rp-${id}`;
  journal.points.begin({
    id: point,
    run: id,
    location: `/var/lib/overland/points/${point}`,
    state: 'writing',
    verified_by: null,
    grade: 'same_bytes',
    at: at('01:16:41'),
  });
  const item: ProtectedItem = {
    subject: 'generic: generic.db',
    object: 'generic.db',
    how: 'byte_copy',
    file: 'generic/generic.db',
    originalPath: '/srv/app/data/generic.db',
    bytes: 24_576,
    sha256: 'a97d'.repeat(16),
    mode: 0o644,
    verifiedBy: 'hash',
    fingerprint: null,
  };
  journal.points.addItem(point, { connection: 'generic', seq: 1, item, tookMs: 12 });
  journal.points.change(point, { state: 'verified', verifiedBy: 'hash' });
  journal.runs.endPhase(id, 'backup', attempt, { at: at('01:16:42'), result: 'done', condition: 'done' });
  journal.events.append(
    id,
    { severity: 'info', code: 'backup_verified', step: null, text: 'The rollback point is verified by hash: 24.6 kB.' },
    at('01:16:42'),
  );
}

function executePhase(journal: Journal, id: string, setAside: boolean, spice: string): void {
  const attempt = journal.runs.beginPhase(id, 'execute', at('01:17:00'));
  journal.work.setStep(id, 'model', { state: 'completed', startedAt: at('01:17:00'), endedAt: at('01:17:01') });
  journal.work.setStep(id, 'breakdowns', {
    state: 'completed',
    counts: breakdowns,
    startedAt: at('01:17:01'),
    endedAt: at('01:17:03'),
  });
  journal.work.setStep(id, 'subtasks', {
    state: 'completed',
    counts: subtasks(setAside),
    startedAt: at('01:17:03'),
    endedAt: at('01:17:11'),
  });
  if (setAside) quarantineSample(journal, id, spice);
  for (const step of ['breakdowns', 'subtasks']) {
    journal.events.append(
      id,
      { severity: 'info', code: 'chunk_committed', step, text: `Chunk 1 of ${step} is committed.` },
      at('01:17:05'),
    );
  }
  journal.events.append(
    id,
    { severity: 'warning', code: 'set_aside', step: 'subtasks', text: `5 set aside in step subtasks.${spice}` },
    at('01:17:11'),
  );
  journal.runs.endPhase(id, 'execute', attempt, { at: at('01:17:11'), result: 'done', condition: 'done' });
}

function quarantineSample(journal: Journal, id: string, spice: string): void {
  const record = (task: string, status: string): string =>
    encodeRecord(
      ['task_id', 'parent_task_id', 'title', 'status', 'results', 'artifacts'],
      [task, 'nowhere', `Write the rollout plan${spice}`, status, 'private words', '[{"name": "plan.md"'],
    );
  const entry = { item: null, output: null, column: null };
  journal.findings.quarantine(
    id,
    'subtasks',
    'subtasks',
    '0',
    [
      {
        ...entry,
        key: 't-1',
        code: 'parent_missing',
        message: 'The parent is not in generic_tasks.',
        rule: 'steps.subtasks.reject[0].when',
        record: record('t-1', 'pending'),
      },
      {
        ...entry,
        key: 't-2',
        code: 'parent_missing',
        message: 'The parent is not in generic_tasks.',
        rule: 'steps.subtasks.reject[0].when',
        record: record('t-2', 'active'),
      },
      {
        ...entry,
        key: 't-3',
        code: 'unknown_status',
        message: `The map stage has no entry for "odd${spice}".`,
        rule: 'maps.stage',
        column: 'lifecycle_stage',
        record: record('t-3', 'odd'),
      },
      {
        ...entry,
        key: 't-4',
        item: 0,
        output: 'task_artifacts',
        code: 'not_json',
        message: `Ends at byte 19.${spice}`,
        column: 'artifacts',
        rule: 'steps.subtasks.into.task_artifacts.each',
        record: record('t-4', 'active'),
      },
      {
        ...entry,
        key: 't-5',
        item: 1,
        output: 'task_artifacts',
        code: 'not_json',
        message: 'Ends at byte 12.',
        column: 'artifacts',
        rule: 'steps.subtasks.into.task_artifacts.each',
        record: record('t-5', 'active'),
      },
    ],
    at('01:17:08'),
  );
}

function validatePhase(journal: Journal, id: string, setAside: boolean, spice: string, outcome: Outcome | null): void {
  const attempt = journal.runs.beginPhase(id, 'validate', at('01:17:11'));
  const failed = outcome === 'validation_failed';
  const view: ValidationView = {
    runId: id,
    state: 'done',
    level: 'quick',
    at: at('01:17:14'),
    tookMs: 3120,
    passed: !failed,
    compared: 40_082,
    bySeverity: { critical: 0, error: failed ? 2 : 0, warning: 1, info: 0 },
    ledger: [
      { step: 'breakdowns', counts: breakdowns, balanced: true },
      { step: 'subtasks', counts: subtasks(setAside), balanced: true },
    ],
    tables: [
      {
        step: 'breakdowns',
        table: 'generic_tasks',
        expectedRows: 17_961,
        foundRows: 17_961,
        expectedDigest: '17961:9b02f5d1',
        foundDigest: '17961:9b02f5d1',
        result: 'equal',
      },
      {
        step: 'subtasks',
        table: 'task_artifacts',
        expectedRows: 20_118,
        foundRows: 20_118,
        expectedDigest: '20118:77e25a90',
        foundDigest: failed ? '20118:77e25a91' : '20118:77e25a90',
        result: failed ? 'differs' : 'equal',
      },
    ],
    checks: [
      {
        check: 'Read = accepted + set aside + filtered',
        found: '2 of 2 steps balance',
        steps: 'breakdowns, subtasks',
        severity: 'ok',
      },
      { check: 'Rule no_orphans', found: 'no row', steps: '', severity: 'ok' },
    ],
  };
  journal.runs.putDocument(id, 'validation', view, at('01:17:14'));
  journal.findings.addIssues(id, 'validate', [
    makeFinding({
      severity: 'warning',
      category: 'rule',
      message: `2 tasks have no parent title.${spice}`,
      step: 'subtasks',
      path: `generic / t-9${spice}`,
      newValue: `title null${spice}`,
      suggestion: 'Look at them after the start.',
      count: 2,
      rule: 'rules.titles',
    }),
    ...(failed
      ? [
          makeFinding({
            severity: 'error',
            category: 'data_consistency',
            message: 'A row of task_artifacts differs.',
            path: 'task_artifacts / t-1_artifact_1 / content',
            oldValue: 'plan.md',
            newValue: 'plan',
          }),
          makeFinding({ severity: 'error', category: 'rule', message: 'An orphan.', path: 'generic / t-7' }),
        ]
      : []),
  ]);
  journal.runs.endPhase(id, 'validate', attempt, {
    at: at('01:17:14'),
    result: failed ? 'failed' : 'passed',
    condition: 'done',
  });
}

function rollbackPhase(journal: Journal, id: string, incomplete: boolean): void {
  const attempt = journal.runs.beginPhase(id, 'rollback', at('01:19:00'));
  const view: Pick<RollbackView, 'proof' | 'diverged' | 'at' | 'tookMs'> = {
    diverged: [],
    proof: [
      {
        object: 'generic.db',
        before: 'a97d'.repeat(16),
        after: incomplete ? '0bad'.repeat(16) : 'a97d'.repeat(16),
        result: incomplete ? 'differs' : 'same',
        how: 'sha256 of the file',
      },
    ],
    at: at('01:19:40'),
    tookMs: 40_000,
  };
  for (const [step, rows] of [
    ['subtasks', 36_079],
    ['breakdowns', 4000],
    ['model', 3],
  ] as const) {
    const undo = { unit: step, path: '0', action: 'delete', expected: null, found: null, at: at('01:19:30') };
    journal.work.putUndo({ run: id, step, state: 'done', rows, ...undo });
  }
  journal.runs.putDocument(id, 'rollback', view, at('01:19:40'));
  for (const step of ['subtasks', 'breakdowns', 'model']) journal.work.setStep(id, step, { state: 'undone' });
  journal.points.change(`rp-${id}`, { state: 'used' });
  journal.runs.endPhase(id, 'rollback', attempt, {
    at: at('01:19:40'),
    result: incomplete ? 'incomplete' : 'done',
    condition: 'done',
  });
}

function samplePlan(id: string, spice: string): PlanView {
  const step = (
    ord: number,
    stepId: string,
    kind: 'schema' | 'records',
    amount: number,
    undo: 'down' | 'delete_written',
  ): PlanView['steps'][number] => ({
    ord,
    id: stepId,
    kind,
    touchesText: kind === 'schema' ? `6 tables${spice}` : `${stepId} to generic_tasks, task_artifacts${spice}`,
    touches: [
      ...(kind === 'records'
        ? [{ connection: 'legacy', object: stepId, how: 'read' as const, rows: amount, bytes: null }]
        : []),
      {
        connection: 'generic',
        object: 'generic_tasks',
        how: kind === 'schema' ? 'create' : 'insert',
        rows: null,
        bytes: null,
      },
    ],
    amount,
    unit: kind === 'schema' ? 'migrations' : 'records',
    bytes: null,
    estimate: kind === 'schema' ? null : { low: 1.2, likely: 2, high: 3.5, basis: 'sample of 2,000 records' },
    rowsPerSecond: null,
    undo,
    undoText: undo === 'down' ? 'Down scripts 003 to 001' : 'Deletes exactly the rows that the step wrote',
    needs: [],
    commit: 'target_transaction',
    commitText: 'The chunk and its record commit in one transaction of the target',
    readBy: 'file opened read-only',
    findings: 0,
    worst: null,
  });
  return {
    runId: id,
    hash: planHash,
    createdAt: at('01:16:08'),
    acceptedAt: at('01:16:40'),
    acceptedBy: 'j.lindqvist',
    steps: [
      step(1, 'model', 'schema', 3, 'down'),
      step(2, 'breakdowns', 'records', 2000, 'delete_written'),
      step(3, 'subtasks', 'records', 15_964, 'delete_written'),
    ],
    estimate: { low: 4, likely: 6, high: 9, basis: 'sample of 2,000 records' },
    space: [],
    windowSeconds: 7200,
    findings: [
      makeFinding({
        severity: 'warning',
        category: 'forecast',
        message: `3 records of subtasks will be set aside.${spice}`,
        step: 'subtasks',
        count: 3,
        rule: 'steps.subtasks.reject[0]',
      }),
    ],
    types: [],
    fates: [
      {
        object: 'legacy.lock_tracking',
        column: null,
        fate: 'not_carried',
        by: [],
        reason: `locks of the old process${spice}`,
      },
    ],
    consents: [],
    wayBack: { grade: 'same_bytes', text: 'The same bytes.' },
    fingerprints: [
      { what: `legacy.db${spice}`, value: '9b02f5d108aa'.repeat(5), strength: 'file' },
      { what: 'generic.db', value: '8c1f44e0a97d'.repeat(5), strength: 'file' },
    ],
  };
}

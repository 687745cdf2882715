import type { RollbackView } from '#shared/contract/rollback.ts';
import type { Outcome } from '#shared/model/run.ts';
import type { ProtectedItem } from '../../../drivers/relational.ts';
import type { Journal } from '../../run/journal/journal.ts';
import { at, breakdowns, subtasks } from './sample-counts.ts';
import { planHash, samplePlan } from './sample-plan.ts';
import { quarantineSample } from './sample-quarantine.ts';
import { validatePhase } from './sample-validation.ts';

export const sampleRunId = 'r-20261120-0116-k7qm';
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

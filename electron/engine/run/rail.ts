import type { RunSnapshot, WorkState } from '#shared/contract/run.ts';
import { counted, figure } from '#shared/model/figures.ts';
import type { Phase } from '#shared/model/run.ts';
import type { EngineContext } from './engine-context.ts';
import type { RunRecord } from './journal/rows.ts';
import type { LiveStep } from './progress.ts';

type Line = RunSnapshot['rail'][number];
type Now = { readonly active: boolean; readonly interrupted: boolean; readonly steps: readonly LiveStep[] };

/** The rail: state and one line of fact for every screen of the migration. */
export function railOf(context: EngineContext, run: RunRecord, now: Now): Line[] {
  const { journal } = context;
  const at = (phase: Phase) => run.phase === phase;
  const working = (phase: Phase): WorkState | null => {
    if (!at(phase)) return null;
    if (now.interrupted) return 'lost';
    if (now.active) return 'running';
    if (run.condition === 'paused') return 'paused';
    return run.condition === 'failed' ? 'failed' : null;
  };
  const plan = journal.runs.document<{ steps: unknown[]; findings: { severity: string }[] }>(run.id, 'plan');
  const point = journal.points.usable(run.id);
  const dry = journal.runs.document<{ steps: { setAside: number }[] }>(run.id, 'dry_run');
  const checked = journal.runs.document<{ passed: boolean | null; bySeverity: Record<string, number> }>(
    run.id,
    'validation',
  );
  const executed = journal.runs.phases(run.id).some((phase) => phase.phase === 'execute' && phase.result !== 'refused');
  const aside = now.steps.reduce((sum, step) => sum + step.setAside, 0);
  const index = now.steps.findIndex(
    (step) => step.state === 'running' || step.state === 'paused' || step.state === 'lost' || step.state === 'failed',
  );
  const stepFact = index >= 0 ? `step ${index + 1} of ${now.steps.length}` : '';
  const problems = (checked?.bySeverity['critical'] ?? 0) + (checked?.bySeverity['error'] ?? 0);
  const rejects = dry?.steps.reduce((sum, step) => sum + step.setAside, 0) ?? 0;
  // Work that goes on may still change how it ends.
  const ended = run.outcome !== null && !now.active;
  return [
    { name: 'profile', state: 'completed', fact: plan ? counted(plan.steps.length, 'step') : '' },
    {
      name: 'connections',
      state: plan || (at('plan') && now.active) ? 'completed' : 'pending',
      fact: plan ? 'reached and read' : '',
    },
    {
      name: 'plan',
      state: working('plan') ?? (run.accepted_at ? 'completed' : plan ? 'attention' : 'pending'),
      fact: run.accepted_at
        ? `accepted ${time(run.accepted_at)}`
        : at('plan') && now.active
          ? 'reading'
          : plan
            ? 'to be accepted'
            : '',
    },
    {
      name: 'backup',
      state: working('backup') ?? (point ? 'completed' : 'pending'),
      fact: point ? savedWords(context, point.id) : at('backup') && now.active ? 'saving' : '',
    },
    {
      name: 'dry_run',
      state: working('dry_run') ?? (dry ? 'completed' : 'pending'),
      fact: dry ? (rejects > 0 ? `${figure(rejects)} would be set aside` : 'no rejects forecast') : '',
    },
    {
      name: 'execute',
      state: working('execute') ?? executeState(run, executed),
      fact: at('execute') && stepFact !== '' ? stepFact : executed ? written(run, aside) : '',
    },
    {
      name: 'validate',
      state: working('validate') ?? (checked ? (problems > 0 ? 'attention' : 'completed') : 'pending'),
      fact:
        checked && working('validate') !== 'running' ? (problems > 0 ? counted(problems, 'error') : 'no errors') : '',
    },
    {
      name: 'finish',
      state: working('rollback') ?? finishState(ended ? run.outcome : null),
      fact: ended ? outcomeWords[run.outcome ?? 'completed'] : '',
    },
  ];
}

function savedWords({ journal }: EngineContext, point: string): string {
  return journal.points.items(point).every(({ item }) => item.how === 'absent')
    ? 'nothing was there'
    : 'saved and verified';
}

function executeState(run: RunRecord, executed: boolean): WorkState {
  if (!executed) return 'pending';
  if (run.outcome === 'failed') return 'failed';
  if (run.outcome === 'cancelled') return 'skipped';
  return run.outcome === 'rolled_back' ? 'rolled_back' : 'completed';
}

function finishState(outcome: RunRecord['outcome']): WorkState {
  switch (outcome) {
    case null:
      return 'pending';
    case 'completed':
      return 'completed';
    case 'rolled_back':
      return 'rolled_back';
    case 'failed':
    case 'rollback_incomplete':
      return 'failed';
    default:
      return 'attention';
  }
}

const outcomeWords = {
  completed: 'completed',
  completed_with_quarantine: 'records set aside',
  validation_failed: 'validation failed',
  failed: 'failed',
  cancelled: 'cancelled',
  rolled_back: 'rolled back',
  rollback_incomplete: 'rollback incomplete',
} as const;

function written(run: RunRecord, aside: number): string {
  if (run.outcome === 'rolled_back') return 'undone';
  return aside > 0 ? `${figure(aside)} set aside` : 'all written';
}

function time(iso: string): string {
  return new Date(iso).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

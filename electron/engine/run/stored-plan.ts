import type { PlanView } from '#shared/contract/plan.ts';
import { OverlandError } from '#shared/model/error.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { StepKindName, UndoMode } from '#shared/model/run.ts';
import type { Fingerprint } from '../../drivers/relational.ts';
import type { StepHead } from '../steps/step-kind.ts';
import type { EngineContext } from './engine-context.ts';

/** A step of the plan as the journal keeps it: what the kind made, and what the runner needs of it. */
export type StoredStep = StepHead & {
  readonly kind: StepKindName;
  readonly planVersion: number;
  /** Plain JSON of the kind. */
  readonly plan: unknown;
  readonly undo: UndoMode;
  readonly unit: string;
  readonly amount: number;
  /** Likely seconds; 1 where nothing was measured, so that the bar has a part for it. */
  readonly weight: number;
  readonly rowsPerSecond: number | null;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
};

export type StoredPlan = {
  readonly format: 1;
  readonly hash: string;
  readonly bundleHash: string;
  readonly steps: readonly StoredStep[];
  /** State of every connection at plan time, by name. */
  readonly fingerprints: Readonly<Record<string, Fingerprint>>;
  /** Connections that are written. */
  readonly targets: readonly string[];
  /** The targets as a person names them: `generic.db`. */
  readonly targetText: string;
};

export const storedPlanKind = 'plan_steps';

export function storedPlan(context: EngineContext, runId: string): StoredPlan {
  const plan = context.journal.runs.document<StoredPlan>(runId, storedPlanKind);
  if (!plan)
    throw new OverlandError(
      'NOT_FOUND',
      `Run ${runId} has no plan yet.`,
      { what: 'plan', name: runId },
      { advice: 'Analyse the plan first.' },
    );
  for (const step of plan.steps) {
    const kind = context.kinds.get(step.kind);
    if (kind?.planVersion === step.planVersion) continue;
    const message = `Step ${step.id} was planned by another version of Overland (${step.kind} plan ${step.planVersion}, here ${kind?.planVersion ?? 'none'}).`;
    throw new OverlandError('FAILED', message, {
      finding: makeFinding({
        severity: 'error',
        category: 'plan_version',
        message,
        step: step.id,
        suggestion: 'Use the version that made the plan, or analyse the plan again before anything is written.',
      }),
    });
  }
  return plan;
}

export function planView(context: EngineContext, runId: string): PlanView {
  const view = context.journal.runs.document<PlanView>(runId, 'plan');
  if (!view) throw new OverlandError('NOT_FOUND', `Run ${runId} has no plan yet.`, { what: 'plan', name: runId });
  return view;
}

import type { PlanView } from '#shared/contract/plan.ts';
import { OverlandError } from '#shared/model/error.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { StepKindName, UndoMode } from '#shared/model/run.ts';
import type { Fingerprint } from '../../drivers/relational.ts';
import type { StepHead } from '../steps/step-kind.ts';
import type { EngineContext } from './engine-context.ts';
import { findRun } from './run-lock.ts';

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
  /** By connection, the objects whose state that is; of connections that are not named it is the state of all. */
  readonly watched?: Readonly<Record<string, readonly string[]>>;
  /** Connections that are written. */
  readonly targets: readonly string[];
  /** The targets as a person names them: `generic.db`. */
  readonly targetText: string;
};

export const storedPlanKind = 'plan_steps';

/** The plan, for whoever reads what its steps are for; fails when a step is of another version than its kind has here. */
export function storedPlan(context: EngineContext, runId: string): StoredPlan {
  const plan = planHeads(context, runId);
  requireVersions(
    context,
    runId,
    plan.steps,
    (maker) => `Go on with ${maker}. As long as nothing is written, the plan can be analysed again with this one.`,
  );
  return plan;
}

/** The plan of whatever version: its own keys are for every version, and `plan` of a step is for its kind alone. */
export function planHeads(context: EngineContext, runId: string): StoredPlan {
  const plan = context.journal.runs.document<StoredPlan>(runId, storedPlanKind);
  if (plan) return plan;
  throw new OverlandError(
    'NOT_FOUND',
    `Run ${runId} has no plan yet.`,
    { what: 'plan', name: runId },
    { advice: 'Analyse the plan first.' },
  );
}

/** Fails when the plan of one of these steps is not of the version that its kind reads here; `advice` gets who can read it. */
export function requireVersions(
  context: EngineContext,
  runId: string,
  steps: readonly StoredStep[],
  advice: (maker: string) => string,
): void {
  const foreign = steps.find((step) => context.kinds.get(step.kind)?.planVersion !== step.planVersion);
  if (!foreign) return;
  const { engine_version: version } = findRun(context, runId);
  const here = context.kinds.get(foreign.kind)?.planVersion ?? 'none';
  const message = `Step ${foreign.id} was planned by Overland ${version}, whose ${foreign.kind} plans have version ${foreign.planVersion}; Overland ${context.version} reads version ${here}.`;
  const suggestion = advice(`Overland ${version}`);
  throw new OverlandError(
    'FAILED',
    message,
    { finding: makeFinding({ severity: 'error', category: 'plan_version', message, step: foreign.id, suggestion }) },
    { advice: suggestion },
  );
}

export function planView(context: EngineContext, runId: string): PlanView {
  const view = context.journal.runs.document<PlanView>(runId, 'plan');
  if (!view) throw new OverlandError('NOT_FOUND', `Run ${runId} has no plan yet.`, { what: 'plan', name: runId });
  return view;
}

import type { Policy } from '../steps/step-kind.ts';
import { balance } from '../validation/ledgers.ts';
import { type EngineContext, nowText } from './engine-context.ts';
import { parseCounts } from './journal/rows.ts';
import { percent } from './limits.ts';
import type { ActivePhase } from './run-manager.ts';
import type { StoredPlan } from './stored-plan.ts';

export type Criterion = { readonly name: 'loss' | 'critical' | 'slowdown' | 'window'; readonly words: string };

/** A rollback criterion of the policy that is met while steps run; null when none is. `critical` is judged by validation. */
export function criterionMet(
  context: EngineContext,
  active: ActivePhase,
  policy: Policy,
  plan: StoredPlan,
): Criterion | null {
  const passed = passedCriteria(context, active.runId);
  for (const name of policy.rollbackOn) {
    if (passed.includes(name)) continue;
    const words =
      name === 'loss'
        ? loss(context, active)
        : name === 'window'
          ? windowExceeded(context, active, policy)
          : name === 'slowdown'
            ? slowdown(active, policy, plan)
            : null;
    if (words) return { name, words };
  }
  return null;
}

/** Criteria of time that a person has seen and gone on from; loss is never among them. */
export function passedCriteria(context: EngineContext, runId: string): readonly Criterion['name'][] {
  return context.journal.runs.document<Criterion['name'][]>(runId, passedKind) ?? [];
}

/** A person resumes a run that a criterion stopped: it is not stopped for the same reason again. */
export function passCriterion(context: EngineContext, runId: string): void {
  const { runs } = context.journal;
  const met = runs.document<Criterion>(runId, 'criterion');
  if (!met) return;
  runs.removeDocument(runId, 'criterion');
  if (met.name !== 'window' && met.name !== 'slowdown') return;
  runs.putDocument(runId, passedKind, [...passedCriteria(context, runId), met.name], nowText(context));
}

const passedKind = 'criteria_passed';

function loss(context: EngineContext, { runId }: ActivePhase): string | null {
  for (const step of context.journal.work.steps(runId)) {
    const counts = parseCounts(step.counts);
    if (step.state !== 'completed' || !counts) continue;
    const [wrong] = balance(counts);
    if (wrong) return `Records are missing from the account of ${step.id}: ${wrong}`;
  }
  return null;
}

/** Judged between chunks too: one long step may outlast the window. */
export function windowExceeded(context: EngineContext, { runId }: ActivePhase, policy: Policy): string | null {
  const limit = policy.limits.windowSeconds;
  const first = context.journal.runs.phases(runId).find((phase) => phase.phase === 'execute');
  if (limit === null || !first) return null;
  const used = (context.environment.clock.now().getTime() - Date.parse(first.started_at)) / 1000;
  return used > limit
    ? `The window of ${limit} s is exceeded: ${Math.floor(used)} s have passed since execution began`
    : null;
}

/** A shorter forecast than this, in seconds, is missed by any load of the machine. */
const shortestJudged = 60;

/** Judged on the steps that ended, and only when the forecast was long enough to mean something. */
function slowdown({ progress }: ActivePhase, policy: Policy, plan: StoredPlan): string | null {
  const share = policy.limits.slowdownShare;
  if (share === null) return null;
  for (const step of plan.steps) {
    const live = progress.steps.get(step.id);
    if (!live || live.startedAt === null || live.endedAt === null || step.rowsPerSecond === null) continue;
    if (step.weight < shortestJudged) continue;
    const took = (live.endedAt - live.startedAt) / 1000;
    if (took > step.weight / (1 - Math.min(share, 0.99)))
      return `${step.id} took ${took.toFixed(0)} s, forecast ${step.weight.toFixed(0)} s: more than ${percent(share)} slower`;
  }
  return null;
}

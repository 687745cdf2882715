import { useQuery } from '@tanstack/react-query';
import { useRunId } from '../../app/route-context.tsx';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { useRunSnapshot } from '../../rpc/use-run-snapshot.ts';
import { Reading } from '../shared/reading.tsx';
import { Analysing } from './analysing.tsx';
import { AnalysisFailed } from './analysis-failed.tsx';
import { planQuestion } from './plan-question.ts';
import { PlanReview } from './plan-review.tsx';

/** The plan is shown whole or not at all, so that it is not accepted in part. */
export function PlanScreen() {
  const runId = useRunId();
  const { query } = useRpc();
  const { snapshot, error } = useRunSnapshot(runId);
  const planning = snapshot?.phase === 'plan';
  const unfinished = planning && snapshot.condition !== 'done';
  const plan = useQuery(
    query.plan.get.queryOptions({ input: { runId }, enabled: snapshot !== null && !unfinished, retry: false }),
  );
  if (unfinished) {
    const { condition } = snapshot;
    const stopped = condition === 'failed' || condition === 'paused' || snapshot.interrupted !== null;
    return stopped ? <AnalysisFailed snapshot={snapshot} /> : <Analysing snapshot={snapshot} />;
  }
  if (!snapshot || !plan.data) {
    return (
      <Reading
        question={planQuestion}
        title="Reading the plan"
        error={error ?? plan.error}
        onRetry={() => void plan.refetch()}
      />
    );
  }
  return <PlanReview key={plan.data.hash} plan={plan.data} snapshot={snapshot} />;
}

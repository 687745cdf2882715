import { useQuery } from '@tanstack/react-query';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { isAtWork } from '../shared/at-work.ts';
import { Reading } from '../shared/reading.tsx';
import { useRefresh } from '../shared/use-refresh.ts';
import { useRun } from '../shared/use-run.ts';
import { Validated } from './validated.tsx';
import { Validating } from './validating.tsx';

/** Validate: did everything arrive as it should. */
export function ValidateScreen() {
  const run = useRun();
  const { query } = useRpc();
  const validation = useQuery(query.validation.get.queryOptions({ input: { runId: run.runId } }));
  const { snapshot } = run;
  useRefresh(snapshot?.seq, snapshot?.phase === 'validate' && snapshot.condition !== 'done', validation.refetch);
  if (!validation.data || !snapshot) {
    return (
      <Reading
        question="Did everything arrive as it should?"
        title="Reading the validation"
        error={validation.error ?? run.error}
        onRetry={() => void validation.refetch()}
      />
    );
  }
  const running = snapshot.phase === 'validate' && isAtWork(snapshot);
  return validation.data.state === 'done' && !running ? (
    <Validated run={run} view={validation.data} />
  ) : (
    <Validating run={run} snapshot={snapshot} view={validation.data} />
  );
}

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { Reading } from '../shared/reading.tsx';
import { useRefresh } from '../shared/use-refresh.ts';
import { useRun } from '../shared/use-run.ts';
import { RollbackPreview } from './rollback-preview.tsx';
import { RollbackProgress } from './rollback-progress.tsx';
import { RollbackProof } from './rollback-proof.tsx';

const question = 'What would be brought back, and what would be deleted?';

/** Rollback: preview last step first, progress, proof. */
export function RollbackScreen() {
  const run = useRun();
  const { query } = useRpc();
  const [to, setTo] = useState<string | null>(null);
  const [deciding, setDeciding] = useState(false);
  const rollback = useQuery({
    ...query.rollback.preview.queryOptions({ input: { runId: run.runId, to } }),
    placeholderData: (previous) => previous,
  });
  const { snapshot } = run;
  const active = snapshot?.phase === 'rollback' && snapshot.condition !== 'done';
  useRefresh(snapshot?.seq, active, rollback.refetch);
  if (!rollback.data || !snapshot) {
    return (
      <Reading
        question={question}
        title="Reading what can be brought back"
        error={rollback.error ?? run.error}
        onRetry={() => void rollback.refetch()}
      />
    );
  }
  const view = rollback.data;
  switch (view.state) {
    case 'incomplete':
      if (deciding) return <RollbackPreview run={run} view={view} to={to} onTo={setTo} />;
      return <RollbackProof run={run} view={view} onDecide={() => setDeciding(true)} />;
    case 'done':
      return <RollbackProof run={run} view={view} onDecide={() => setDeciding(true)} />;
    case 'running':
      return <RollbackProgress run={run} snapshot={snapshot} view={view} />;
    case 'preview':
      // Begun and not at work now: paused, failed or left behind by an engine that ended. It is resumed, not begun again.
      if (snapshot.phase === 'rollback' && snapshot.condition !== 'done') {
        return <RollbackProgress run={run} snapshot={snapshot} view={view} />;
      }
      return <RollbackPreview run={run} view={view} to={to} onTo={setTo} />;
    case 'nothing':
      return <RollbackPreview run={run} view={view} to={to} onTo={setTo} />;
  }
}

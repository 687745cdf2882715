import { useQuery } from '@tanstack/react-query';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { isAtWork } from '../shared/at-work.ts';
import { Reading } from '../shared/reading.tsx';
import { useRefresh } from '../shared/use-refresh.ts';
import { useRun } from '../shared/use-run.ts';
import { Rehearsed } from './rehearsed.tsx';
import { Rehearsing } from './rehearsing.tsx';

const question = 'What would happen if it ran now?';

/** Dry run: what would be written, set aside and changed. It cannot write. */
export function DryRunScreen() {
  const run = useRun();
  const { query } = useRpc();
  const dryRun = useQuery(query.dryRun.get.queryOptions({ input: { runId: run.runId } }));
  const { snapshot } = run;
  const active = snapshot?.phase === 'dry_run' && snapshot.condition !== 'done';
  useRefresh(snapshot?.seq, active, dryRun.refetch);
  if (!dryRun.data || !snapshot) {
    return (
      <Reading
        question={question}
        title="Reading the dry run"
        error={dryRun.error ?? run.error}
        onRetry={() => void dryRun.refetch()}
      />
    );
  }
  const view = dryRun.data;
  // A dry run that begins again shows itself before the view of the one before it is read anew.
  return view.state === 'done' && !(active && isAtWork(snapshot)) ? (
    <Rehearsed run={run} view={view} />
  ) : (
    <Rehearsing run={run} snapshot={snapshot} view={view} />
  );
}

import { useQuery } from '@tanstack/react-query';
import { runHref } from '../../app/routes.ts';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { Empty } from '../../ui/empty.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Screen } from '../../ui/screen.tsx';
import { Reading } from '../shared/reading.tsx';
import { useRefresh } from '../shared/use-refresh.ts';
import { type Run, useRun } from '../shared/use-run.ts';
import { SetAside } from './set-aside.tsx';

const question = 'What was set aside, and why?';

/** Quarantine: reasons, records, one record, the rules that decide, replay. */
export function QuarantineScreen() {
  const run = useRun();
  const { query } = useRpc();
  const summary = useQuery(query.quarantine.summary.queryOptions({ input: { runId: run.runId } }));
  useRefresh(run.snapshot?.seq, run.snapshot?.condition === 'running', summary.refetch);
  if (!summary.data) {
    return (
      <Reading
        question={question}
        title="Reading what was set aside"
        error={summary.error ?? run.error}
        onRetry={() => void summary.refetch()}
      />
    );
  }
  if (summary.data.total === 0) return <Nothing run={run} read={summary.data.read} />;
  return <SetAside run={run} summary={summary.data} />;
}

function Nothing({ run, read }: { run: Run; read: number }) {
  const format = useFormat();
  const ended = run.snapshot?.outcome ?? null;
  return (
    <Screen
      question={question}
      title={ended ? 'Nothing was set aside in this run' : 'Nothing is set aside so far'}
      lead={`${format.count(read, 'record')} ${read === 1 ? 'was' : 'were'} read.`}
      next={
        ended
          ? { label: 'Go to the outcome', href: runHref(run.runId, 'finish'), note: 'Next: the outcome and the report' }
          : { label: 'Go to execute', href: runHref(run.runId, 'execute'), note: 'Next: how far the run is' }
      }
    >
      <Panel>
        <Empty title="No record is in quarantine">
          Records that cannot be written are kept here with their key, content and reason, until they are replayed or
          you clean up the run.
        </Empty>
      </Panel>
    </Screen>
  );
}

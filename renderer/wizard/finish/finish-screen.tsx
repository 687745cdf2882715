import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FinishView } from '#shared/contract/history.ts';
import { runHref } from '../../app/routes.ts';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { navigate } from '../../ui/navigate.ts';
import { Panel } from '../../ui/panel.tsx';
import { Screen } from '../../ui/screen.tsx';
import { Tag } from '../../ui/tag.tsx';
import { CallError } from '../shared/call-error.tsx';
import { Reading } from '../shared/reading.tsx';
import { useAction } from '../shared/use-action.ts';
import { type Run, useRun } from '../shared/use-run.ts';
import { AccountsPanel } from './accounts-panel.tsx';
import { AfterRun } from './after-run.tsx';
import { CleanupDialog } from './cleanup-dialog.tsx';
import { finishNext } from './finish-next.ts';
import { FinishSteps } from './finish-steps.tsx';
import { outcomeWords } from './outcome-words.ts';
import { TwoWaysOn } from './two-ways-on.tsx';

const question = 'How did it end?';

/** Finish: the outcome, the accounts, forecast against actual, and what is left to do. */
export function FinishScreen() {
  const run = useRun();
  const { query } = useRpc();
  const finish = useQuery(query.history.finish.queryOptions({ input: { runId: run.runId } }));
  if (!finish.data) {
    return (
      <Reading
        question={question}
        title="Reading the outcome"
        error={finish.error ?? run.error}
        onRetry={() => void finish.refetch()}
      />
    );
  }
  return <Ended run={run} finish={finish.data} />;
}

const canRollBack = new Set<FinishView['outcome']>(['completed', 'completed_with_quarantine', 'validation_failed']);

function Ended({ run, finish }: { run: Run; finish: FinishView }) {
  const { runId, outcome } = finish;
  const { query } = useRpc();
  const [cleaning, setCleaning] = useState(false);
  const stopped = outcome === 'failed' || outcome === 'cancelled';
  const rollback = useQuery({
    ...query.rollback.preview.queryOptions({ input: { runId, to: null } }),
    enabled: stopped,
  });
  const resume = useAction(
    (api) => api.run.resume({ runId, autoRollback: false, validate: true }),
    () => navigate(runHref(runId, 'execute')),
  );
  const reached = run.snapshot?.phase !== 'execute';
  return (
    <Screen
      question={question}
      title={finish.title}
      lead={finish.lead}
      side={<OutcomeSide finish={finish} />}
      back={
        reached
          ? { label: 'Back to validation', href: runHref(runId, 'validate') }
          : { label: 'Back to execute', href: runHref(runId, 'execute') }
      }
      extra={
        <>
          {stopped && finish.counts.rejected > 0 ? (
            <Button component="a" href={runHref(runId, 'quarantine')}>
              Look at what is set aside
            </Button>
          ) : null}
          {stopped ? (
            <Button disabled={resume.busy || run.lost} onClick={() => resume.run()}>
              Resume the run
            </Button>
          ) : null}
          {canRollBack.has(outcome) && finish.cleanedAt === null ? (
            <Button variant="danger" component="a" href={runHref(runId, 'rollback')}>
              Roll back…
            </Button>
          ) : null}
        </>
      }
      next={finishNext(finish)}
    >
      <CallError error={resume.error} />
      <AccountsPanel counts={finish.counts} stopped={stopped || outcome === null} />
      <div className="g2" style={{ gridTemplateColumns: 'minmax(0,1fr) 400px', alignItems: 'start' }}>
        <FinishSteps finish={finish} />
        <div className="col" style={{ gap: 11 }}>
          {stopped ? <TwoWaysOn target={run.target} rollback={rollback.data} snapshot={run.snapshot} /> : null}
          {!stopped && finish.open.length > 0 ? <StillOpen open={finish.open} /> : null}
          {!stopped && finish.phases.length > 0 ? <Times finish={finish} /> : null}
          <AfterRun finish={finish} onCleanup={() => setCleaning(true)} />
        </div>
      </div>
      <CleanupDialog finish={finish} opened={cleaning} onClose={() => setCleaning(false)} />
    </Screen>
  );
}

function OutcomeSide({ finish }: { finish: FinishView }) {
  const format = useFormat();
  if (!finish.outcome) return <Tag severity="run">Open</Tag>;
  const { word, severity } = outcomeWords[finish.outcome];
  const facts = [
    finish.exitCode === null ? null : `exit code ${finish.exitCode}`,
    finish.endedAt ? format.timeSeconds(finish.endedAt) : null,
  ].filter((fact) => fact !== null);
  return (
    <div style={{ textAlign: 'right' }}>
      <Tag severity={severity}>{word}</Tag>
      <div className="c12 t3" style={{ marginTop: 4 }}>
        {facts.join(', ')}
      </div>
    </div>
  );
}

function StillOpen({ open }: { open: readonly string[] }) {
  return (
    <Panel title="Still open">
      <ul className="col" style={{ gap: 6 }}>
        {open.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </Panel>
  );
}

/** Forecast and actual of each phase; blank where nothing was forecast. */
function Times({ finish }: { finish: FinishView }) {
  return (
    <Panel padded={false} title="Time" right="forecast and actual">
      <table className="tbl low">
        <thead className="vh">
          <tr>
            <th scope="col">Phase</th>
            <th scope="col">Forecast</th>
            <th scope="col">Actual</th>
          </tr>
        </thead>
        <tbody>
          {finish.phases.map((phase) => (
            <tr key={phase.name} title={phase.note || undefined}>
              <td>{phase.name}</td>
              <td className="num t3">{phase.forecast}</td>
              <td className="num m">{phase.actual}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

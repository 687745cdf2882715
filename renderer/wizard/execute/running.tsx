import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import type { RunSnapshot } from '#shared/contract/run.ts';
import { runHref } from '../../app/routes.ts';
import { useConnectionState } from '../../rpc/rpc-context.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Screen } from '../../ui/screen.tsx';
import { CallError } from '../shared/call-error.tsx';
import { useAction } from '../shared/use-action.ts';
import { nextAction } from './actions.ts';
import { CancelDialog } from './cancel-dialog.tsx';
import { type EventFilter, EventLog, eventFilters } from './event-log.tsx';
import { currentStep, type ExecuteMode } from './mode.ts';
import { ExecuteNotes } from './notes.tsx';
import { OverallBar } from './overall-bar.tsx';
import { RateChart } from './rate-chart.tsx';
import { StepTable } from './step-table.tsx';
import { useExecuteKeys } from './use-execute-keys.ts';
import { executeWords, resumeLabel } from './words.ts';

type Props = {
  readonly mode: Exclude<ExecuteMode, 'ready' | 'refused' | 'done'>;
  readonly snapshot: RunSnapshot;
  readonly target: string;
  readonly lostAt: string | null;
};

const pausable = new Set<ExecuteMode>(['running', 'about_to_stop']);
const resumable = new Set<ExecuteMode>(['paused', 'recovered', 'interrupted']);
const cancellable = new Set<ExecuteMode>(['running', 'about_to_stop']);

/** A run that has begun to write and has not ended well: bars, steps, rate, events, and the actions of its state. */
export function Running({ mode, snapshot, target, lostAt }: Props) {
  const { runId } = snapshot;
  const format = useFormat();
  const connection = useConnectionState();
  const [filter, setFilter] = useState<EventFilter>('all');
  const [asking, setAsking] = useState(false);
  const pause = useAction((api) => api.run.pause({ runId }));
  const resume = useAction((api) => api.run.resume({ runId, autoRollback: false, validate: true }));
  const cancel = useAction(
    (api) => api.run.cancel({ runId }),
    () => setAsking(false),
  );
  const nextFilter = useCallback(
    () => setFilter((now) => eventFilters[(eventFilters.indexOf(now) + 1) % eventFilters.length] ?? 'all'),
    [],
  );
  const canCancel = cancellable.has(mode);
  useExecuteKeys({
    pauseOrResume: pausable.has(mode) ? () => pause.run() : resumable.has(mode) ? () => resume.run() : null,
    nextFilter,
    cancel: canCancel ? () => setAsking(true) : null,
  });

  const stale = mode === 'lost' || mode === 'interrupted';
  const step = currentStep(snapshot.steps);
  const words = executeWords(mode, snapshot, format, target, lostAt);
  return (
    <Screen
      question="How far is it, and is it going well?"
      title={words.title}
      lead={words.lead}
      side={<SetAside snapshot={snapshot} />}
      extra={
        <>
          {canCancel ? (
            <Button variant="danger" onClick={() => setAsking(true)}>
              Cancel run…
            </Button>
          ) : null}
          <SecondaryActions mode={mode} snapshot={snapshot} onResume={() => resume.run()} />
        </>
      }
      next={nextAction(mode, snapshot, format, {
        pause,
        resume,
        pauseIcon: <IconPlayerPause size={15} aria-hidden />,
        resumeIcon: <IconPlayerPlay size={15} aria-hidden />,
        rollbackHref: runHref(runId, 'rollback'),
      })}
    >
      <ExecuteNotes mode={mode} snapshot={snapshot} attempt={connection.kind === 'lost' ? connection.attempt : 0} />
      <CallError error={mode === 'lost' ? null : (pause.error ?? resume.error)} />
      <OverallBar snapshot={snapshot} stale={stale} />
      <StepTable steps={snapshot.steps} stale={stale} stopsSoon={mode === 'about_to_stop'} failed={mode === 'failed'} />
      <div className="g2" style={{ gridTemplateColumns: '400px minmax(0,1fr)', flex: '1 0 180px', minHeight: 180 }}>
        <RateChart snapshot={snapshot} step={step} stale={stale} />
        <EventLog snapshot={snapshot} filter={filter} onFilter={setFilter} />
      </div>
      <CancelDialog
        snapshot={snapshot}
        target={target}
        opened={asking && canCancel}
        onClose={() => setAsking(false)}
        cancel={cancel}
      />
    </Screen>
  );
}

function SetAside({ snapshot: { setAside } }: { snapshot: RunSnapshot }) {
  const format = useFormat();
  return (
    <span className="t2" style={{ textAlign: 'right' }}>
      <span className="c12 t3">Set aside so far</span>
      <br />
      <span className="b" style={{ fontSize: 15 }}>
        {format.number(setAside.now)}
      </span>{' '}
      <span className="t3">{setAside.forecast === null ? '' : `of ${format.number(setAside.forecast)} forecast`}</span>
    </span>
  );
}

type SecondaryProps = { readonly mode: ExecuteMode; readonly snapshot: RunSnapshot; readonly onResume: () => void };

function SecondaryActions({ mode, snapshot, onResume }: SecondaryProps) {
  const format = useFormat();
  const { runId, setAside } = snapshot;
  const link = (href: string, label: string) => (
    <Button component="a" href={href}>
      {label}
    </Button>
  );
  const quarantine = setAside.now > 0 ? link(runHref(runId, 'quarantine'), 'Look at what is set aside') : null;
  switch (mode) {
    case 'about_to_stop':
      return quarantine;
    case 'paused':
    case 'recovered':
    case 'interrupted':
      return link(runHref(runId, 'rollback'), 'Preview rollback…');
    case 'failed':
    case 'cancelled':
      return (
        <>
          {quarantine}
          <Button onClick={onResume}>{resumeLabel(snapshot, format)}</Button>
        </>
      );
    default:
      return null;
  }
}

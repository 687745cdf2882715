import { Button } from '@mantine/core';
import { useState } from 'react';
import type { DryRunView } from '#shared/contract/dry-run.ts';
import type { RunSnapshot } from '#shared/contract/run.ts';
import { runHref } from '../../app/routes.ts';
import { Empty } from '../../ui/empty.tsx';
import type { Format } from '../../ui/format/format.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Note } from '../../ui/note.tsx';
import { Panel } from '../../ui/panel.tsx';
import { type NextAction, Screen } from '../../ui/screen.tsx';
import { currentStep } from '../execute/mode.ts';
import { isAtWork } from '../shared/at-work.ts';
import { CallError } from '../shared/call-error.tsx';
import { useAction } from '../shared/use-action.ts';
import type { Run } from '../shared/use-run.ts';
import { WorkTable } from '../shared/work-table.tsx';
import { SampleSize } from './sample-size.tsx';

type Props = { readonly run: Run; readonly snapshot: RunSnapshot; readonly view: DryRunView };

/** Before, during and after a failed dry run. */
export function Rehearsing({ run, snapshot, view }: Props) {
  const { runId } = run;
  const format = useFormat();
  const [sample, setSample] = useState<number | null>(null);
  const start = useAction((api) => api.run.dryRun({ runId, sample }));
  const stop = useAction((api) => api.run.cancel({ runId }));
  const running = snapshot.phase === 'dry_run' && isAtWork(snapshot);
  const words = running ? runningWords(snapshot, run.lost, format) : idleWords(view, snapshot);
  return (
    <Screen
      question="What would happen if it ran now?"
      title={words.title}
      lead={words.lead}
      back={{ label: 'Back to backup', href: runHref(runId, 'backup') }}
      extra={
        running ? (
          <Button variant="quiet" disabled={stop.busy || run.lost} onClick={() => stop.run()}>
            Stop the dry run
          </Button>
        ) : (
          <SampleSize value={sample} onChange={setSample} />
        )
      }
      next={
        running
          ? { label: `Execute ${format.count(snapshot.steps.length, 'step')}…`, disabled: true, note: waits(snapshot) }
          : startAction(view, snapshot, run.lost, start)
      }
    >
      <CallError error={start.error ?? stop.error} />
      {!running && view.state === 'failed' && snapshot.failure?.advice ? (
        <Note severity="error" title="What can be done">
          {snapshot.failure.advice}
        </Note>
      ) : null}
      {running ? (
        <WorkTable steps={snapshot.steps} verb="Rehearsed" stale={run.lost} noteHead="Found so far" />
      ) : (
        <Panel>
          <Empty title={view.state === 'failed' ? 'No result was kept' : 'The plan has not been rehearsed yet'}>
            Counts per step, records before and after, what would be set aside and changes of the structure appear here.
          </Empty>
        </Panel>
      )}
    </Screen>
  );
}

function runningWords(snapshot: RunSnapshot, lost: boolean, format: Format) {
  const step = currentStep(snapshot.steps);
  const left = snapshot.leftSeconds
    ? `${format.estimate(snapshot.leftSeconds)} left`
    : 'How long it takes is not known yet';
  return {
    title: `${lost ? 'Engine lost while rehearsing' : 'Rehearsing'} step ${step?.ord ?? 1} of ${snapshot.steps.length}, ${step?.id ?? ''}`,
    lead: lost
      ? `Figures below are the last known, of ${format.timeSeconds(snapshot.at)}. Nothing was written.`
      : `The same work as in execution, in a scratch place. It cannot write. ${left.charAt(0).toUpperCase()}${left.slice(1)}.`,
  };
}

function idleWords(view: DryRunView, snapshot: RunSnapshot) {
  if (view.state === 'failed') {
    return {
      title: `The dry run failed${snapshot.failure?.step ? ` in step ${snapshot.failure.step}` : ''}`,
      lead: `${snapshot.failure?.message ?? 'It ended with an error.'} Nothing was written.`,
    };
  }
  return {
    title: 'Not known yet. The plan has not been rehearsed',
    lead: 'A dry run does the whole work in a scratch place and measures it. It reads the sources and cannot write.',
  };
}

function waits(snapshot: RunSnapshot): string {
  const open = snapshot.steps.filter((step) => step.state === 'pending' || step.state === 'running').length;
  return `Waits for: ${open} of ${snapshot.steps.length} steps to be rehearsed`;
}

function startAction(
  view: DryRunView,
  snapshot: RunSnapshot,
  lost: boolean,
  start: { run: () => void; busy: boolean },
): NextAction {
  const label = view.state === 'failed' ? 'Rehearse again' : 'Start the dry run';
  if (lost) return { label, disabled: true, note: 'Waits for: the engine' };
  const accepted = snapshot.rail.find((phase) => phase.name === 'plan')?.state;
  if (snapshot.phase === 'plan' && accepted !== 'completed') {
    return { label, disabled: true, note: 'Waits for: the plan to be accepted' };
  }
  return {
    label,
    note: 'Next: the whole plan is rehearsed in a scratch place. It cannot write.',
    onClick: start.run,
    busy: start.busy,
  };
}

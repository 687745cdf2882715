import { Button } from '@mantine/core';
import type { RollbackView } from '#shared/contract/rollback.ts';
import type { RunSnapshot } from '#shared/contract/run.ts';
import type { Format } from '../../ui/format/format.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Note } from '../../ui/note.tsx';
import { type NextAction, Screen } from '../../ui/screen.tsx';
import { CallError } from '../shared/call-error.tsx';
import { type Action, useAction } from '../shared/use-action.ts';
import type { Run } from '../shared/use-run.ts';
import { RollbackSteps } from './rollback-steps.tsx';

type Props = { readonly run: Run; readonly snapshot: RunSnapshot; readonly view: RollbackView };

/** A rollback under way, paused or interrupted. */
export function RollbackProgress({ run, snapshot, view }: Props) {
  const { runId } = run;
  const format = useFormat();
  const pause = useAction((api) => api.run.pause({ runId }));
  const resume = useAction((api) => api.run.resume({ runId, autoRollback: false }));
  const { condition } = snapshot;
  const halted = condition === 'paused' || condition === 'failed' || snapshot.interrupted !== null;
  const words = progressWords(view, snapshot, run.lost, format);
  return (
    <Screen
      question="How far is the way back?"
      title={words.title}
      lead={words.lead}
      extra={
        halted || run.lost ? null : (
          <Button disabled={pause.busy || condition !== 'running'} onClick={() => pause.run()}>
            Pause after this chunk
          </Button>
        )
      }
      next={progressNext(view, halted, run.lost, resume)}
    >
      {run.lost ? (
        <Note severity="error" title="The engine does not answer. It is being reached again">
          What is undone stays undone. When it answers, the rollback can be resumed.
        </Note>
      ) : null}
      {snapshot.failure && condition === 'failed' ? (
        <Note severity="error" title={snapshot.failure.message}>
          {snapshot.failure.advice}
        </Note>
      ) : null}
      <CallError error={run.lost ? null : (pause.error ?? resume.error)} />
      <RollbackSteps view={view} progress stale={run.lost} />
    </Screen>
  );
}

function progressWords(view: RollbackView, snapshot: RunSnapshot, lost: boolean, format: Format) {
  const step =
    view.steps.find((known) => known.state === 'running') ?? view.steps.find((known) => known.state === 'pending');
  const where = step
    ? `step ${step.ord} of ${view.steps.length}, ${step.step}`
    : 'the comparison with the rollback point';
  if (lost) {
    return {
      title: `Engine lost while rolling back ${where}`,
      lead: `Figures below are the last known, of ${format.timeSeconds(snapshot.at)}.`,
    };
  }
  if (snapshot.interrupted) {
    return {
      title: `Interrupted while rolling back ${where}`,
      lead: `${snapshot.interrupted.words} What is undone stays undone.`,
    };
  }
  if (snapshot.condition === 'failed') {
    return {
      title: `Stopped while rolling back ${where}`,
      lead: 'What is undone stays undone; the rest is as this run wrote it.',
    };
  }
  if (snapshot.condition === 'paused') {
    return {
      title: `Paused while rolling back ${where}`,
      lead: 'What is undone stays undone. The application must stay stopped.',
    };
  }
  const time = view.estimate ? `. ${upper(format.estimate(view.estimate))} left` : '';
  return {
    title: step ? `Rolling back ${where}${time}` : 'Every step is undone. Comparing with the rollback point',
    lead: 'It can be stopped and resumed. When the last step is undone, the old state is compared with the rollback point.',
  };
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function progressNext(view: RollbackView, halted: boolean, lost: boolean, resume: Action): NextAction {
  if (lost) return { label: 'Resume the rollback', disabled: true, note: 'Waits for: the engine' };
  if (halted) {
    return {
      label: 'Resume the rollback',
      note: 'Next: goes on with what is not undone yet',
      onClick: () => resume.run(),
      busy: resume.busy,
    };
  }
  const open = view.steps.filter((step) => step.state === 'pending' || step.state === 'running').length;
  return {
    label: 'Show the proof',
    disabled: true,
    note:
      open > 0 ? `Waits for: ${open} of ${view.steps.length} steps, then the comparison` : 'Waits for: the comparison',
  };
}

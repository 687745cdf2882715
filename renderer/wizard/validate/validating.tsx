import { Button } from '@mantine/core';
import type { RunSnapshot } from '#shared/contract/run.ts';
import type { ValidationView } from '#shared/contract/validation.ts';
import { runHref } from '../../app/routes.ts';
import { Empty } from '../../ui/empty.tsx';
import type { Format } from '../../ui/format/format.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Note } from '../../ui/note.tsx';
import { Panel } from '../../ui/panel.tsx';
import { type NextAction, Screen } from '../../ui/screen.tsx';
import { isAtWork } from '../shared/at-work.ts';
import { CallError } from '../shared/call-error.tsx';
import { isRecordUnit } from '../shared/record-units.ts';
import { useAction } from '../shared/use-action.ts';
import type { Run } from '../shared/use-run.ts';
import { WorkTable } from '../shared/work-table.tsx';

type Props = { readonly run: Run; readonly snapshot: RunSnapshot; readonly view: ValidationView };

/** Before, during and after a failed validation. */
export function Validating({ run, snapshot, view }: Props) {
  const { runId } = run;
  const format = useFormat();
  const start = useAction((api, full: boolean) => api.run.validate({ runId, full }));
  const stop = useAction((api) => api.run.cancel({ runId }));
  const running = snapshot.phase === 'validate' && isAtWork(snapshot);
  const words = running ? runningWords(snapshot, view, run.lost, format) : idleWords(view, snapshot);
  return (
    <Screen
      question="Did everything arrive as it should?"
      title={words.title}
      lead={words.lead}
      back={{ label: 'Back to execute', href: runHref(runId, 'execute') }}
      extra={
        running ? (
          <Button variant="quiet" disabled={stop.busy || run.lost} onClick={() => stop.run()}>
            Stop validating
          </Button>
        ) : null
      }
      next={
        running
          ? { label: 'Go to the outcome', disabled: true, note: waits(snapshot) }
          : startAction(view, snapshot, run.lost, { run: () => start.run(false), busy: start.busy })
      }
    >
      <CallError error={start.error ?? stop.error} />
      {!running && view.state === 'failed' && snapshot.failure?.advice ? (
        <Note severity="error" title="What can be done">
          {snapshot.failure.advice}
        </Note>
      ) : null}
      {running ? (
        <WorkTable steps={snapshot.steps} verb="Compared" stale={run.lost} noteHead="Issues so far" />
      ) : (
        <Panel>
          <Empty title="Nothing has been compared yet">
            Issues with their rows, counts, checksums and the rules of the profile appear here.
          </Empty>
        </Panel>
      )}
    </Screen>
  );
}

function runningWords(snapshot: RunSnapshot, view: ValidationView, lost: boolean, format: Format) {
  const steps = snapshot.steps.filter(({ unit }) => isRecordUnit(unit));
  const done = steps.reduce((sum, step) => sum + step.done, 0);
  const total = steps.every((step) => step.total !== null)
    ? steps.reduce((sum, step) => sum + (step.total ?? 0), 0)
    : null;
  const of = total === null ? '' : ` of ${format.number(total)} records`;
  const bad = (view.bySeverity.critical ?? 0) + (view.bySeverity.error ?? 0);
  const left = snapshot.leftSeconds ? ` ${upper(format.estimate(snapshot.leftSeconds))} left.` : '';
  const found =
    bad > 0
      ? ` ${format.count(bad, 'issue')} of severity error or critical so far.`
      : ' No issue of severity error or critical yet.';
  return {
    title: `${lost ? 'Engine lost while comparing' : 'Comparing source and target'}: ${format.number(done)}${of} so far`,
    lead: lost
      ? `Figures below are the last known, of ${format.timeSeconds(snapshot.at)}. A validation writes nothing.`
      : `Both sides are read from what is stored there.${left}${found}`,
  };
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function idleWords(view: ValidationView, snapshot: RunSnapshot) {
  if (view.state === 'failed') {
    return {
      title: 'Not known. The validation ended with an error',
      lead: `${snapshot.failure?.message ?? 'It could not read one of the sides.'} Nothing was changed.`,
    };
  }
  return {
    title: 'Not known yet. Nothing has been compared',
    lead: 'A validation reads both sides and writes nothing.',
  };
}

function waits(snapshot: RunSnapshot): string {
  const open = snapshot.steps.filter((step) => step.state === 'pending' || step.state === 'running').length;
  return `Waits for: ${open} of ${snapshot.steps.length} steps to be compared`;
}

function startAction(
  view: ValidationView,
  snapshot: RunSnapshot,
  lost: boolean,
  start: { run: () => void; busy: boolean },
): NextAction {
  const label = view.state === 'failed' ? 'Validate again' : 'Start the validation';
  if (lost) return { label, disabled: true, note: 'Waits for: the engine' };
  const written = snapshot.phase === 'validate' || (snapshot.phase === 'execute' && snapshot.condition === 'done');
  if (!written) return { label, disabled: true, note: 'Waits for: execution to end' };
  return {
    label,
    note: 'Next: both sides are read and compared. Nothing is changed.',
    onClick: start.run,
    busy: start.busy,
  };
}

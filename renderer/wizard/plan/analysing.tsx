import { Button } from '@mantine/core';
import type { RunSnapshot, StepProgress } from '#shared/contract/run.ts';
import { runHref } from '../../app/routes.ts';
import { Bar } from '../../ui/bar.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Screen } from '../../ui/screen.tsx';
import { StateIcon, stateWord } from '../../ui/state-icon.tsx';
import { TableHead } from '../../ui/table-head.tsx';
import { useNow } from '../../ui/use-now.ts';
import { CallError } from '../shared/call-error.tsx';
import { useAction } from '../shared/use-action.ts';
import { planQuestion } from './plan-question.ts';

/** What is measured so far. Leaving the screen does not stop the work. */
export function Analysing({ snapshot }: { snapshot: RunSnapshot }) {
  const format = useFormat();
  const { runId, steps } = snapshot;
  const measured = steps.filter((step) => step.state === 'completed').length;
  const total = steps.length;
  const stop = useAction((api) => api.run.cancel({ runId }));
  const left = snapshot.leftSeconds;
  return (
    <Screen
      question={planQuestion}
      title="Reading and measuring the sources"
      lead={`Sources are opened read-only. ${left ? `${capital(format.estimate(left))} left. ` : ''}You can leave this screen; the work goes on.`}
      back={{ label: 'Back to connections', href: runHref(runId, 'connections') }}
      extra={
        <Button variant="quiet" onClick={() => stop.run()} loading={stop.busy}>
          Stop analysing
        </Button>
      }
      next={{
        label: 'Review the plan',
        disabled: true,
        note: total
          ? `Waits for: ${format.number(total - measured)} of ${format.count(total, 'step')} to be measured`
          : 'Waits for: the first step to be read',
      }}
      busy
    >
      <CallError error={stop.error} />
      <Panel
        padded={false}
        title="Measured so far"
        right={total ? `${format.number(measured)} of ${format.count(total, 'step')}` : undefined}
      >
        <section className="scroll" tabIndex={0} aria-label="Steps">
          <table className="tbl">
            <TableHead heads={['Step', { name: 'Read', width: 220 }, { name: 'Of', numeric: true }, 'What is known']} />
            <tbody>
              {steps.map((step) => (
                <Row key={step.id} step={step} />
              ))}
            </tbody>
          </table>
        </section>
      </Panel>
      <Elapsed snapshot={snapshot} />
    </Screen>
  );
}

function Row({ step }: { step: StepProgress }) {
  const format = useFormat();
  const { id, state, done, total, note, unit } = step;
  return (
    <tr>
      <td>
        <span className="row">
          <StateIcon state={state} />
          <span className="vh">{stateWord[state]}: </span>
          {id}
        </span>
      </td>
      <td>
        {total === null ? null : (
          <span className="row">
            <Bar
              value={done}
              max={total}
              label={`Read of ${id}`}
              text={`${format.number(done)} of ${format.number(total)} ${unit}`}
              tone={state === 'completed' ? 'done' : 'running'}
            />
            <span className="num c12 t2" style={{ width: 42 }}>
              {format.percent(done, total)}
            </span>
          </span>
        )}
      </td>
      <td className="num">{total === null ? '' : format.number(total)}</td>
      <td className="t2">{note}</td>
    </tr>
  );
}

function Elapsed({ snapshot }: { snapshot: RunSnapshot }) {
  const format = useFormat();
  const now = useNow(1000);
  const started = snapshot.events.find((event) => event.code === 'plan_started');
  return (
    <Panel title="Forecast" right="grows while reading">
      <p className="t2">
        {started ? `${format.duration((now - Date.parse(started.at)) / 1000)} so far. ` : ''}
        The plan appears when every step is measured. It is not shown in part, so that it is not accepted in part.
      </p>
    </Panel>
  );
}

function capital(text: string): string {
  return text.replace(/^./, (first) => first.toUpperCase());
}

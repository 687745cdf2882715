import type { StepProgress } from '#shared/contract/run.ts';
import { Bar } from '../../ui/bar.tsx';
import type { Format } from '../../ui/format/format.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { StateIcon, stateWord } from '../../ui/state-icon.tsx';
import { TableHead } from '../../ui/table-head.tsx';
import { isFinished } from './mode.ts';

type Props = {
  readonly steps: readonly StepProgress[];
  readonly stale: boolean;
  readonly stopsSoon: boolean;
  /** The run has failed: so has the step that it was at, also where its first chunk never began. */
  readonly failed: boolean;
};

/** Steps with what is committed. Scrolls sideways in a region that takes focus where the window is narrow. */
export function StepTable({ steps, stale, stopsSoon, failed }: Props) {
  return (
    <section className="panel" aria-label="Steps">
      <section className="scroll" aria-label="Table of steps" tabIndex={0}>
        <table className="tbl low" style={{ minWidth: 880 }}>
          <TableHead
            heads={[
              { name: '#', numeric: true, width: 30 },
              'Step',
              { name: 'Committed', width: 250 },
              { name: 'Done', numeric: true },
              { name: 'Of', numeric: true },
              { name: 'Set aside', numeric: true },
              { name: 'Rate', numeric: true },
              { name: 'Time', numeric: true },
            ]}
          />
          <tbody>
            {steps.map((step) => (
              <StepRow key={step.id} step={step} stale={stale} stopsSoon={stopsSoon} failed={failed} />
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function StepRow({ step, stale, stopsSoon, failed }: Omit<Props, 'steps'> & { readonly step: StepProgress }) {
  const format = useFormat();
  const waiting = step.state === 'pending' || step.state === 'skipped';
  const current = !waiting && !isFinished(step);
  const state =
    stale && current ? 'lost' : current && stopsSoon ? 'attention' : current && failed ? 'failed' : step.state;
  const of = step.total === null ? '' : ` of ${format.number(step.total)}`;
  return (
    <tr className={current ? 'sel' : undefined}>
      <td className="num t3">{step.ord}</td>
      <td>
        <span className="row" title={step.note ?? undefined}>
          <StateIcon state={state} />
          <span className="vh">{stateWord[state]}: </span>
          <span className={current ? 'b' : waiting ? 't2' : undefined}>{step.id}</span>
        </span>
      </td>
      <td>
        <span className="row">
          <Bar
            value={step.done}
            max={step.total ?? 0}
            label={`${step.id} committed`}
            text={`${format.number(step.done)}${of} ${step.unit}`}
            tone={barTone(state, current)}
            stale={stale && current}
          />
          <span className="num c12 t2" style={{ width: 44, flex: 'none' }}>
            {waiting || step.total === null ? '' : format.percent(step.done, step.total)}
          </span>
        </span>
      </td>
      <td className="num">{waiting ? '' : format.number(step.done)}</td>
      <td className="num t2">
        {step.total === null ? <span className="t3">not known</span> : format.number(step.total)}{' '}
        <span className="t3">{step.unit}</span>
      </td>
      <td className={`num ${step.setAside > 0 ? (current && stopsSoon ? 'err b' : 'warn') : 't3'}`}>
        {waiting ? '' : format.number(step.setAside)}
      </td>
      <td className="num t2">{current ? rateText(step, stale, format) : ''}</td>
      <td className="num t2">{timeText(step, current, stale, stopsSoon, format)}</td>
    </tr>
  );
}

function barTone(state: StepProgress['state'], current: boolean): 'running' | 'done' | 'warning' | 'error' {
  if (state === 'failed') return 'error';
  if (state === 'attention') return current ? 'warning' : 'done';
  return state === 'running' ? 'running' : 'done';
}

function rateText(step: StepProgress, stale: boolean, format: Format): string {
  if (stale) return 'unknown';
  return step.rate === null || step.done === 0 ? '' : `${format.number(Math.round(step.rate))} /s`;
}

function timeText(step: StepProgress, current: boolean, stale: boolean, stopsSoon: boolean, format: Format): string {
  if (current && stale) return 'unknown';
  if (current && stopsSoon) return 'stops soon';
  const likely = step.leftSeconds?.likely;
  if (current && step.state !== 'failed') return likely === undefined ? '' : `${format.duration(likely)} left`;
  if (step.state === 'pending') return likely === undefined ? '' : `${format.duration(likely)} est.`;
  return step.elapsedMs === null || step.state === 'skipped' ? '' : format.duration(step.elapsedMs / 1000);
}

import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useState } from 'react';
import type { PlanView } from '#shared/contract/plan.ts';
import type { Format } from '../../ui/format/format.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { KeyValues } from '../../ui/key-values.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { Panel } from '../../ui/panel.tsx';
import { RangeBar } from '../../ui/range-bar.tsx';
import { SeverityIcon, severityWord } from '../../ui/severity-icon.tsx';
import { Tag } from '../../ui/tag.tsx';
import { useRovingList } from '../../ui/use-roving-list.ts';
import { undoWords } from './plan-words.ts';

type Step = PlanView['steps'][number];

/** Steps in order: what each touches, how much, how long, and how it is undone. */
export function PlanSteps({ steps }: { steps: readonly Step[] }) {
  const list = useRovingList<HTMLElement>();
  const longest = Math.max(0, ...steps.map((step) => step.estimate?.high ?? 0));
  const inSeconds = longest < 60;
  return (
    <Panel padded={false} label="Steps">
      <section className="scroll" tabIndex={0} aria-label="Steps of the plan" ref={list.ref} onKeyDown={list.onKeyDown}>
        <table className="tbl mid46 fixed" style={{ minWidth: 960 }}>
          <thead>
            <tr>
              <th scope="col" className="num" style={{ width: 58 }}>
                #
              </th>
              <th scope="col">Step and what it touches</th>
              <th scope="col" className="num" style={{ width: 122 }}>
                Amount
              </th>
              <th scope="col" style={{ width: 216 }}>
                Estimate and range, {inSeconds ? 's' : 'min:s'}
              </th>
              <th scope="col" style={{ width: 228 }}>
                How it is undone
              </th>
              <th scope="col" style={{ width: 122 }}>
                Forecast
              </th>
            </tr>
          </thead>
          <tbody>
            {steps.map((step) => (
              <StepRows key={step.id} step={step} longest={longest} inSeconds={inSeconds} />
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}

type RowProps = { step: Step; longest: number; inSeconds: boolean };

function StepRows({ step, longest, inSeconds }: RowProps) {
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const Chevron = open ? IconChevronDown : IconChevronRight;
  return (
    <>
      <tr>
        <td className="num t3">
          <button
            type="button"
            className="expand"
            data-row
            aria-expanded={open}
            aria-label={`Details of step ${step.ord}, ${step.id}`}
            onClick={() => setOpen(!open)}
          >
            <Chevron size={14} aria-hidden />
            {step.ord}
          </button>
        </td>
        <td>
          <span className="row" style={{ gap: 10 }}>
            <KindIcon kind={step.kind} />
            <span style={{ minWidth: 0 }}>
              <span className="m">{step.id}</span>
              <span className="sub">{step.touchesText}</span>
            </span>
          </span>
        </td>
        <td className="num">
          {amountWords(step, format)}
          {step.bytes === null ? null : <span className="sub">{format.bytes(step.bytes)}</span>}
        </td>
        <td>
          <Estimated step={step} longest={longest} inSeconds={inSeconds} />
        </td>
        <td
          className={step.undo === 'none' ? 'err' : ''}
          style={{ lineHeight: 1.3, whiteSpace: step.undo === 'none' ? undefined : 'nowrap' }}
        >
          {step.undo === 'none' && step.undoText ? step.undoText : undoWords[step.undo]}
        </td>
        <td className="nw">
          <Forecast step={step} />
        </td>
      </tr>
      {open ? (
        <tr className="details">
          <td />
          <td colSpan={5}>
            <KeyValues
              rows={[
                ['Touches', touchedWords(step, format)],
                ['Undone', step.undoText],
                ['Exactly once', step.commitText],
                ['Read', step.readBy || null],
                ['Estimate', step.estimate?.basis ?? 'not measured'],
                ['Needs', step.needs.join(', ') || 'no other step'],
              ]}
            />
          </td>
        </tr>
      ) : null}
    </>
  );
}

/** `1 statement`, `16,012 rows`. */
export function amountWords(step: Step, format: Format): string {
  return format.count(step.amount, step.unit.replace(/s$/, ''), step.unit);
}

/** Every object with its rows: `generic_tasks 16,014 rows, task_attributes 96,084 rows`. */
function touchedWords({ touches }: Step, format: Format): string | null {
  const words = touches.map(({ object, rows }) => (rows ? `${object} ${format.count(rows, 'row')}` : object));
  return words.length ? words.join(', ') : null;
}

function Estimated({ step, longest, inSeconds }: { step: Step; longest: number; inSeconds: boolean }) {
  const format = useFormat();
  const { estimate } = step;
  if (!estimate) return <span className="t3">not measured</span>;
  // What takes less than a tenth of a second is not nothing.
  const write = (seconds: number) => (inSeconds ? format.number(Math.max(0.1, seconds), 1) : format.clock(seconds));
  const { low, likely, high, basis } = estimate;
  return (
    <span className="row" style={{ gap: 10 }} title={basis}>
      <span className="num" style={{ width: 88, flex: 'none' }}>
        {write(likely)}
        <span className="sub">
          {write(low)} to {write(high)}
        </span>
      </span>
      <RangeBar
        low={low}
        likely={likely}
        high={high}
        max={longest}
        text={`${format.duration(low)} to ${format.duration(high)}. ${basis}`}
      />
    </span>
  );
}

function Forecast({ step }: { step: Step }) {
  const format = useFormat();
  if (step.undo === 'none') return <Tag severity="critical">Not undone</Tag>;
  if (step.findings === 0) return <span className="t3">none</span>;
  const severity = step.worst ?? 'info';
  return (
    <span className="row" style={{ gap: 5 }}>
      <SeverityIcon severity={severity} />
      <span className="vh">{severityWord[severity]}: </span>
      {format.count(step.findings, 'finding')}
    </span>
  );
}

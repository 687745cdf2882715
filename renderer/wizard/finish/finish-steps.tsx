import type { FinishView } from '#shared/contract/history.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateLabel } from '../../ui/state-label.tsx';
import { TableHead } from '../../ui/table-head.tsx';
import { AsideCount, asideOf } from '../shared/set-aside.tsx';

type Step = FinishView['steps'][number];

const words: Readonly<Partial<Record<Step['state'], string>>> = {
  attention: 'Some set aside',
  pending: 'Not reached',
};

/** What each step did. A step that was not reached has no figures: not measured is blank, zero is 0. */
export function FinishSteps({ finish }: { finish: FinishView }) {
  const format = useFormat();
  return (
    <Panel padded={false} title="Steps" right={format.count(finish.steps.length, 'step')}>
      <section className="scroll" aria-label="Steps of the run" tabIndex={0}>
        <table className="tbl">
          <TableHead
            heads={[
              'Step',
              'State',
              { name: 'Accepted', numeric: true },
              { name: 'Set aside', numeric: true },
              { name: 'Forecast', numeric: true },
              { name: 'Took', numeric: true },
            ]}
          />
          <tbody>
            {finish.steps.map((step) => (
              <StepRow key={step.id} step={step} />
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}

function StepRow({ step }: { step: Step }) {
  const format = useFormat();
  // Rows of records that were written otherwise: an artifact that cannot be read leaves its task in place.
  const aside = step.counts ? asideOf(step.counts) : null;
  const seconds = (value: number | null) => (value === null ? '' : format.clock(value));
  return (
    <tr title={step.note || undefined}>
      <td className="nw">
        <span className="t3 num" style={{ display: 'inline-block', width: 14, marginRight: 8 }}>
          {step.ord}
        </span>
        {step.id}
      </td>
      <td>
        <StateLabel state={step.state} text={words[step.state]} />
      </td>
      <td className="num">{step.counts ? format.number(step.counts.accepted) : ''}</td>
      <td className={`num ${aside && aside.records + aside.rows > 0 ? 'warn' : 't3'}`}>
        {aside ? <AsideCount aside={aside} /> : null}
      </td>
      <td className="num t3">{seconds(step.forecastSeconds)}</td>
      <td className="num t2">{seconds(step.actualSeconds)}</td>
    </tr>
  );
}

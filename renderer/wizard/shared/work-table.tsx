import type { StepProgress } from '#shared/contract/run.ts';
import { Bar } from '../../ui/bar.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateIcon, stateWord } from '../../ui/state-icon.tsx';
import { TableHead } from '../../ui/table-head.tsx';

type Props = {
  readonly steps: readonly StepProgress[];
  /** `Rehearsed`, `Compared`. */
  readonly verb: string;
  readonly stale: boolean;
  /** Heading of the column with what each step has to say. */
  readonly noteHead: string;
};

/** Steps of a phase that only reads, with how far each is. */
export function WorkTable({ steps, verb, stale, noteHead }: Props) {
  const format = useFormat();
  return (
    <Panel padded={false} title="Per step" right={stale ? 'last known' : undefined}>
      <section className="scroll" aria-label={`${verb} per step`} tabIndex={0}>
        <table className="tbl">
          <TableHead
            heads={[
              'Step',
              { name: verb, width: 240 },
              { name: 'Done', numeric: true },
              { name: 'Of', numeric: true },
              noteHead,
            ]}
          />
          <tbody>
            {steps.map((step) => (
              <tr key={step.id}>
                <td>
                  <span className="row">
                    <StateIcon state={stale && step.state === 'running' ? 'lost' : step.state} />
                    <span className="vh">{stateWord[step.state]}: </span>
                    {step.id}
                  </span>
                </td>
                <td>
                  <Bar
                    value={step.done}
                    max={step.total ?? 0}
                    label={`${step.id}, ${verb.toLowerCase()}`}
                    text={`${format.number(step.done)}${step.total === null ? '' : ` of ${format.number(step.total)}`} ${step.unit}`}
                    tone={
                      step.state === 'completed' || step.state === 'attention'
                        ? 'done'
                        : step.state === 'failed'
                          ? 'error'
                          : 'running'
                    }
                    stale={stale && step.state === 'running'}
                  />
                </td>
                <td className="num">{step.state === 'pending' ? '' : format.number(step.done)}</td>
                <td className="num t2">
                  {step.total === null ? '' : format.number(step.total)} <span className="t3">{step.unit}</span>
                </td>
                <td className="t2">
                  {step.note ?? (step.setAside > 0 ? `${format.number(step.setAside)} set aside` : '')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}

import type { RollbackView } from '#shared/contract/rollback.ts';
import { Bar } from '../../ui/bar.tsx';
import type { Format } from '../../ui/format/format.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { StateIcon, stateWord } from '../../ui/state-icon.tsx';
import { type Head, TableHead } from '../../ui/table-head.tsx';
import { Tag } from '../../ui/tag.tsx';

type Step = RollbackView['steps'][number];

/** Steps, last first: what happens to each, or how far it is. */
export function RollbackSteps({ view, progress, stale }: { view: RollbackView; progress: boolean; stale: boolean }) {
  const format = useFormat();
  const undone = view.steps.filter((step) => step.state === 'completed' || step.state === 'rolled_back').length;
  return (
    <Panel
      padded={false}
      title={progress ? 'Steps, last first' : 'What happens to each step, last first'}
      right={
        progress ? `${undone} of ${view.steps.length} undone and verified` : format.count(view.steps.length, 'step')
      }
    >
      <section className="scroll" aria-label="Steps of the rollback" tabIndex={0}>
        <table className={`tbl ${progress ? '' : 'low'}`}>
          <TableHead heads={heads(progress)} />
          <tbody>
            {view.steps.map((step) => (
              <StepRow key={`${step.ord} ${step.action}`} step={step} progress={progress} stale={stale} />
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}

function heads(progress: boolean): readonly Head[] {
  const undone: readonly Head[] = progress
    ? [{ name: 'Undone', width: 150 }, 'Verified']
    : [{ name: 'Time', numeric: true }, 'How it is verified'];
  const number: Head = { name: '#', numeric: true, width: 30 };
  const common: readonly Head[] = [number, 'Step', 'Action', 'What', { name: 'Amount', numeric: true }, ...undone];
  return progress ? ['State', ...common] : common;
}

function StepRow({ step, progress, stale }: { step: Step; progress: boolean; stale: boolean }) {
  const format = useFormat();
  const open = step.state === 'pending' || step.state === 'running';
  return (
    <tr className={progress && step.state === 'running' ? 'sel' : undefined}>
      {progress ? (
        <td className="nw">
          <span className="row">
            <StateIcon state={stale && step.state === 'running' ? 'lost' : step.state} />
            <span className="vh">{stateWord[step.state]}</span>
          </span>
        </td>
      ) : null}
      <td className="num t3">{step.ord}</td>
      <td className="m nw">{step.step}</td>
      <td className="nw">
        <ActionWord action={step.action} />
      </td>
      <td className="t2">{step.what}</td>
      <td className="num">{step.amount === null ? '' : `${format.number(step.amount)} ${step.unit}`}</td>
      {progress ? (
        <td>
          <Undone step={step} stale={stale} format={format} />
        </td>
      ) : (
        <td className="num t2">{step.estimate ? format.duration(step.estimate.likely) : ''}</td>
      )}
      <td className="t2 nw">{progress && open ? '' : step.verify}</td>
    </tr>
  );
}

function ActionWord({ action }: { action: Step['action'] }) {
  if (action === 'Not undone') return <Tag severity="critical">{action}</Tag>;
  return <span className={action === 'Delete' || action === 'Drop' ? 'err' : undefined}>{action}</span>;
}

function Undone({ step, stale, format }: { step: Step; stale: boolean; format: Format }) {
  if (step.action === 'Not undone' || step.action === 'Nothing to undo') return null;
  const finished = step.state === 'completed' || step.state === 'rolled_back';
  const max = step.amount ?? 1;
  const value = finished ? max : step.undone;
  return (
    <span className="row">
      <Bar
        value={value}
        max={max}
        label={`${step.step} undone`}
        text={`${format.number(step.undone)} of ${format.number(max)} ${step.unit}`}
        tone={finished ? 'done' : step.state === 'failed' ? 'error' : 'running'}
        stale={stale && step.state === 'running'}
      />
      <span className="c12 t2 num" style={{ width: 44, flex: 'none' }}>
        {step.state === 'running' && step.amount !== null ? format.percent(value, max) : ''}
      </span>
    </span>
  );
}

/** Units that the rollback deletes, as one figure per unit: `37,250,218 rows`. */
export function deletedWords(view: RollbackView, format: Format): string | null {
  const byUnit = new Map<string, number>();
  for (const step of view.steps) {
    if (step.action !== 'Delete' || step.amount === null) continue;
    byUnit.set(step.unit, (byUnit.get(step.unit) ?? 0) + step.amount);
  }
  const words = [...byUnit]
    .filter(([, amount]) => amount > 0)
    .map(([unit, amount]) => `${format.number(amount)} ${unit}`);
  return words.length === 0 ? null : words.join(' and ');
}

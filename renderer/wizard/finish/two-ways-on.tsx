import type { RollbackView } from '#shared/contract/rollback.ts';
import type { RunSnapshot } from '#shared/contract/run.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';

type Props = {
  readonly target: string;
  readonly rollback: RollbackView | undefined;
  readonly snapshot: RunSnapshot | null;
};

/** A run that stopped half-way: roll back, or repair and resume. Times only where they were measured. */
export function TwoWaysOn({ target, rollback, snapshot }: Props) {
  const format = useFormat();
  const back = rollback?.estimate ? `, ${format.estimate(rollback.estimate)}` : '';
  const work = snapshot?.leftSeconds ? `, ${format.estimate(snapshot.leftSeconds)} of work` : '';
  const decideBy = snapshot?.window?.decideBy ? ` Decide by ${format.time(snapshot.window.decideBy)}.` : '';
  return (
    <Panel title="Two ways on">
      <ol className="col" style={{ gap: 12 }}>
        <li>
          <p className="b">Roll back{back}</p>
          <p className="t2">
            Brings {target} back to the rollback point and proves it. Sources were not changed.{decideBy}
          </p>
        </li>
        <li>
          <p className="b">Repair, then resume{work}</p>
          <p className="t2">
            {snapshot?.failure?.advice ??
              'Mend the cause, replay what is set aside, then go on with the steps that are open.'}
          </p>
        </li>
      </ol>
    </Panel>
  );
}

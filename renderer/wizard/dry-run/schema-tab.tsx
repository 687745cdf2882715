import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DryRunView } from '#shared/contract/dry-run.ts';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { DiffHeads } from '../../ui/diff-heads.tsx';
import { Empty } from '../../ui/empty.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SideBySide } from '../../ui/side-by-side.tsx';
import { useRovingList } from '../../ui/use-roving-list.ts';
import { layOut } from './lay-out-sql.ts';

const tones = { new: 'ok', changed: 'warn', dropped: 'err' } as const;

/** Objects of the target now and after the steps, compared. */
export function SchemaTab({ view }: { view: DryRunView }) {
  const format = useFormat();
  const compared = useComparison(view.runId);
  const [chosen, setChosen] = useState(0);
  const list = useRovingList<HTMLDivElement>();
  const change = view.schema[chosen];
  if (!change) {
    return (
      <Panel>
        <Empty title="No step changes the structure of the target">
          Tables, indexes and constraints that steps create, change or drop would be compared here.
        </Empty>
      </Panel>
    );
  }
  const kinds = (['new', 'changed', 'dropped'] as const)
    .map((kind) => [kind, view.schema.filter((object) => object.change === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${format.number(count)} ${kind}`);
  return (
    <div className="g2" style={{ gridTemplateColumns: '270px minmax(0,1fr)', alignItems: 'start' }}>
      <Panel title="Objects" right={kinds.join(', ')} padded={false}>
        <div ref={list.ref} onKeyDown={list.onKeyDown} role="group" aria-label="Objects">
          {view.schema.map((object, index) => (
            <button
              key={object.object}
              type="button"
              className="li"
              data-row
              data-copy={object.object}
              aria-current={index === chosen ? 'true' : undefined}
              style={{ gridTemplateColumns: 'minmax(0,1fr) auto' }}
              onClick={() => setChosen(index)}
            >
              <span>
                <span className="m">{object.object}</span>
                <span className="c12 t3" style={{ display: 'block' }}>
                  {object.summary}
                </span>
              </span>
              <span className={`c12 ${tones[object.change]}`}>{object.change}</span>
            </button>
          ))}
        </div>
      </Panel>
      <Panel title={change.object} padded={false} right={compared}>
        <DiffHeads left="Now" right="After the steps" />
        <SideBySide
          before={layOut(change.before)}
          after={layOut(change.after)}
          wrap
          label={`${change.object} before and after`}
        />
      </Panel>
    </div>
  );
}

/** What became of the prediction: the validation holds it against the target. */
function useComparison(runId: string): string {
  const { query } = useRpc();
  const validation = useQuery(query.validation.get.queryOptions({ input: { runId } }));
  const found = validation.data?.checks.find(({ check }) => check === 'Structure that the dry run predicted')?.found;
  return found ? `compared after execution: ${found}` : 'after execution this is compared with what happened';
}

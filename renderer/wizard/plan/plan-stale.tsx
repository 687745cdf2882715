import type { Difference } from '#shared/model/error.ts';
import { ComparisonTable } from '../../ui/comparison-table.tsx';
import { Note } from '../../ui/note.tsx';
import { Panel } from '../../ui/panel.tsx';

/** What differs between the plan and what is there now. The plan that was accepted is what runs, so this one does not. */
export function PlanStale({ differences }: { differences: readonly Difference[] }) {
  const changed = differences.filter((one) => !one.same);
  return (
    <>
      <Note severity="error" title={changedWords(changed)}>
        Nothing was written. The plan is made again from what is there now, and is then to be accepted again.
      </Note>
      <Panel title="Plan and now" padded={false}>
        <ComparisonTable
          label="Plan and now"
          heads={['In the plan', 'Now']}
          rows={differences.map(({ inPlan, now, ...rest }) => ({ ...rest, left: inPlan, right: now }))}
          differs="error"
        />
      </Panel>
    </>
  );
}

function changedWords([first, ...more]: readonly Difference[]): string {
  const words = `${first?.what ?? 'Something'} changed since the plan was made`;
  return more.length === 0
    ? words
    : `${words}; ${more.length} more of the comparisons below ${more.length === 1 ? 'differs' : 'differ'}`;
}

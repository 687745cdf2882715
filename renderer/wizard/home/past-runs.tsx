import type { RunRow } from '#shared/contract/history.ts';
import { plainHref, runHref } from '../../app/routes.ts';
import { runWords, screenOfRun } from '../../history/run-words.ts';
import { Empty } from '../../ui/empty.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { MiddleEllipsis } from '../../ui/middle-ellipsis.tsx';
import { navigate } from '../../ui/navigate.ts';
import { Panel } from '../../ui/panel.tsx';
import { SkeletonRows } from '../../ui/skeleton-rows.tsx';
import { StateLabel } from '../../ui/state-label.tsx';
import { TableHead } from '../../ui/table-head.tsx';
import { useRovingList } from '../../ui/use-roving-list.ts';

type Props = { runs: readonly RunRow[] | undefined; total: number | undefined };

/** The newest runs, each a link to where it stands. */
export function PastRuns({ runs, total }: Props) {
  const format = useFormat();
  return (
    <Panel
      title="Past runs"
      padded={false}
      busy={!runs}
      right={total && total > 1 ? <a href={plainHref('history')}>All {format.count(total, 'run')}</a> : null}
    >
      {runs ? null : <SkeletonRows rows={3} height={28} />}
      {runs && total === 0 ? (
        <Empty title="No runs yet">Every run is kept here with its report, until you delete it.</Empty>
      ) : null}
      {runs && total !== 0 && runs.length === 0 ? (
        <Empty title="No other runs">The run above is the only one.</Empty>
      ) : null}
      {runs?.length ? <Table runs={runs} /> : null}
    </Panel>
  );
}

function Table({ runs }: { runs: readonly RunRow[] }) {
  const format = useFormat();
  const list = useRovingList<HTMLElement>();
  return (
    <section className="scroll" tabIndex={0} aria-label="Past runs" ref={list.ref} onKeyDown={list.onKeyDown}>
      <table className="tbl low">
        <TableHead
          heads={[
            'Run',
            'Bundle',
            'Started',
            { name: 'Took', numeric: true },
            'Outcome',
            { name: 'Read', numeric: true },
            { name: 'Set aside', numeric: true },
          ]}
        />
        <tbody>
          {runs.map((run) => {
            const { state, word } = runWords(run);
            return (
              <tr key={run.runId} className="click" onClick={() => navigate(runHref(run.runId, screenOfRun(run)))}>
                <td className="mono nw">
                  <a href={runHref(run.runId, screenOfRun(run))} className="plain" data-row data-copy={run.runId}>
                    {run.runId}
                  </a>
                </td>
                <td style={{ maxWidth: 190 }}>
                  <span style={{ display: 'flex' }}>
                    <MiddleEllipsis text={run.bundleId} tail={9} />
                  </span>
                </td>
                <td className="nw">{format.dateTime(run.startedAt)}</td>
                <td className="num">{run.tookMs === null ? '' : format.duration(run.tookMs / 1000)}</td>
                <td>
                  <StateLabel state={state} text={word} />
                </td>
                <td className="num">{format.number(run.read)}</td>
                <td className="num">{format.number(run.setAside)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

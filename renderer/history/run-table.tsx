import { Checkbox } from '@mantine/core';
import type { KeyboardEvent } from 'react';
import { plainHref } from '../app/routes.ts';
import { useFormat } from '../ui/format/format-context.tsx';
import { rowForKey } from '../ui/list-keys.ts';
import { MiddleEllipsis } from '../ui/middle-ellipsis.tsx';
import { StateLabel } from '../ui/state-label.tsx';
import { TableHead } from '../ui/table-head.tsx';
import { type RunRow, runWords } from './run-words.ts';

type Props = {
  readonly runs: readonly RunRow[];
  readonly chosen: string | null;
  readonly onChoose: (runId: string) => void;
  /** Runs to compare. */
  readonly marked: readonly string[];
  readonly onMark: (runId: string) => void;
  readonly onOpen: (run: RunRow) => void;
};

/** Rows take focus: arrows, Home and End move, Enter opens, Space marks for the comparison, Ctrl C copies. */
export function RunTable({ runs, chosen, onChoose, marked, onMark, onOpen }: Props) {
  const onKeyDown = (event: KeyboardEvent<HTMLTableRowElement>, at: number) => {
    const run = runs[at];
    if (!run || event.target !== event.currentTarget) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c') {
      const text = [run.runId, run.bundleId, run.startedAt, runWords(run).word, run.read, run.setAside].join('\t');
      if (!getSelection()?.toString()) void navigator.clipboard.writeText(text).catch(() => undefined);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      if (event.key === 'Enter') onOpen(run);
      else onMark(run.runId);
      return;
    }
    const next = rowForKey(event.key, at, runs.length, 10);
    const target = next === null ? undefined : runs[next];
    if (next === null || !target) return;
    event.preventDefault();
    onChoose(target.runId);
    (event.currentTarget.parentElement?.children[next] as HTMLElement | undefined)?.focus();
  };
  return (
    <section className="scroll" aria-label="Table of runs" tabIndex={0}>
      <table className="tbl tall">
        <TableHead
          heads={[
            { name: 'Compare', unseen: true },
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
          {runs.map((run, index) => (
            <tr
              key={run.runId}
              className={`click ${run.runId === chosen ? 'sel' : ''}`}
              tabIndex={run.runId === chosen ? 0 : -1}
              onClick={() => onChoose(run.runId)}
              onKeyDown={(event) => onKeyDown(event, index)}
            >
              <RunCells run={run} marked={marked.includes(run.runId)} onMark={onMark} />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function RunCells({ run, marked, onMark }: { run: RunRow; marked: boolean; onMark: (runId: string) => void }) {
  const format = useFormat();
  const { state, word } = runWords(run);
  return (
    <>
      <td style={{ width: 32 }}>
        <Checkbox
          aria-label={`Compare ${run.runId}`}
          checked={marked}
          onChange={() => onMark(run.runId)}
          onClick={(event) => event.stopPropagation()}
        />
      </td>
      <td className="mono nw">
        <a href={plainHref('history', 'report', run.runId)}>{run.runId}</a>
        {run.parentRun ? <span className="sub">replay of {run.parentRun}</span> : null}
      </td>
      <td style={{ width: 220, maxWidth: 220 }}>
        <span style={{ display: 'flex' }}>
          <MiddleEllipsis text={run.bundleId} tail={9} />
        </span>
      </td>
      <td className="nw">
        {format.dateTime(run.startedAt)}
        <span className="sub">{run.person}</span>
      </td>
      <td className="num">{run.tookMs === null ? '' : format.duration(run.tookMs / 1000)}</td>
      <td className="nw">
        <StateLabel state={state} text={word} />
        <span className="sub" style={{ paddingLeft: 22 }}>
          {run.exitCode === null ? 'open' : `exit code ${run.exitCode}`}
        </span>
      </td>
      <td className="num">{format.number(run.read)}</td>
      <td className={`num ${run.setAside > 0 ? 'warn' : 't3'}`}>{format.number(run.setAside)}</td>
    </>
  );
}

import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { plainHref, runHref } from '../app/routes.ts';
import { useRpc } from '../rpc/rpc-context.tsx';
import { Empty } from '../ui/empty.tsx';
import type { Format } from '../ui/format/format.ts';
import { useFormat } from '../ui/format/format-context.tsx';
import { navigate } from '../ui/navigate.ts';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { SkeletonRows } from '../ui/skeleton-rows.tsx';
import { CallError } from '../wizard/shared/call-error.tsx';
import { DeleteRunDialog } from './delete-run-dialog.tsx';
import { RunTable } from './run-table.tsx';
import { type RunRow, screenOfRun } from './run-words.ts';

const outcomes = [
  ['all', 'All'],
  ['completed', 'Completed'],
  ['quarantine', 'With quarantine'],
  ['failed', 'Failed'],
  ['rolled_back', 'Rolled back'],
  ['open', 'Open'],
] as const;
type OutcomeFilter = (typeof outcomes)[number][0];

const page = 50;

/** Runs of this machine, newest first. */
export function RunListScreen() {
  const { query } = useRpc();
  const format = useFormat();
  const [outcome, setOutcome] = useState<OutcomeFilter>('all');
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search, 150);
  const [offset, setOffset] = useState(0);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [marked, setMarked] = useState<readonly string[]>([]);
  const [deleting, setDeleting] = useState(false);
  const list = useQuery({
    ...query.history.list.queryOptions({ input: { search: asked, outcome, offset, limit: page } }),
    placeholderData: keepPreviousData,
  });
  const runs = list.data?.runs ?? [];
  const chosen = runs.find((run) => run.runId === chosenId) ?? runs[0];
  const [left, right] = marked;
  const reading = !list.data && !list.error;
  return (
    <Screen
      question="What ran on this machine?"
      title={
        list.data
          ? title(list.data.byOutcome, format)
          : list.error
            ? 'The journal could not be read'
            : 'Reading the journal'
      }
      lead={
        list.data
          ? `Kept in the journal until deleted. Times are ${format.zone}. Space marks runs to compare.`
          : 'Nothing is shown that is not known.'
      }
      busy={reading}
      extra={
        <>
          <Button
            disabled={!left || !right}
            title={left && right ? undefined : 'Mark two runs in the list first'}
            onClick={() => left && right && navigate(plainHref('history', 'compare', left, right))}
          >
            Compare 2 runs
          </Button>
          <Button variant="danger" disabled={!chosen} onClick={() => setDeleting(true)}>
            Delete run and its journal…
          </Button>
        </>
      }
      next={
        chosen
          ? {
              label: chosen.outcome ? 'Open report' : 'Open run',
              href: chosen.outcome
                ? plainHref('history', 'report', chosen.runId)
                : runHref(chosen.runId, screenOfRun(chosen)),
              note: `Next: ${chosen.outcome ? 'the report of' : 'where it stands,'} ${chosen.runId}. Nothing is changed.`,
            }
          : { label: 'Open report', disabled: true, note: reading ? 'Waits for: the list' : 'Waits for: a run' }
      }
    >
      <CallError error={list.error} onRetry={() => void list.refetch()} />
      <div className="row wrap">
        <SegmentedControl
          aria-label="Outcome shown"
          value={outcome}
          onChange={(value) => {
            setOutcome(outcomes.find(([known]) => known === value)?.[0] ?? 'all');
            setOffset(0);
          }}
          data={outcomes.map(([value, label]) => ({
            value,
            label: list.data ? `${label} ${format.number(list.data.byOutcome[value] ?? 0)}` : label,
          }))}
        />
        <TextInput
          data-search
          aria-label="Search runs"
          placeholder="Search run, bundle or person  /"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            setOffset(0);
          }}
          style={{ marginLeft: 'auto', width: 260 }}
        />
      </div>
      <Panel
        padded={false}
        label="Runs"
        busy={reading}
        foot={
          list.data ? (
            <Foot offset={offset} shown={runs.length} total={list.data.total} onPage={setOffset} />
          ) : undefined
        }
      >
        {reading ? <SkeletonRows rows={7} height={46} /> : null}
        {list.data && runs.length === 0 ? (
          <Empty title={asked || outcome !== 'all' ? 'No run matches' : 'Nothing has run on this machine yet'}>
            {asked || outcome !== 'all'
              ? 'Clear the search or choose another outcome.'
              : 'Each run appears here with its outcome, as soon as its plan is analysed.'}
          </Empty>
        ) : null}
        {runs.length > 0 ? (
          <RunTable
            runs={runs}
            chosen={chosen?.runId ?? null}
            onChoose={setChosenId}
            marked={marked}
            onMark={(runId) => setMarked((now) => toggle(now, runId))}
            onOpen={(run) => navigate(openHref(run))}
          />
        ) : null}
      </Panel>
      {chosen ? <DeleteRunDialog run={chosen} opened={deleting} onClose={() => setDeleting(false)} /> : null}
    </Screen>
  );
}

function openHref(run: RunRow): string {
  return run.outcome ? plainHref('history', 'report', run.runId) : runHref(run.runId, screenOfRun(run));
}

/** Two runs at most: marking a third lets go of the first. */
function toggle(marked: readonly string[], runId: string): readonly string[] {
  return marked.includes(runId) ? marked.filter((known) => known !== runId) : [...marked, runId].slice(-2);
}

function title(byOutcome: Readonly<Record<string, number>>, format: Format): string {
  const all = byOutcome.all ?? 0;
  const open = byOutcome.open ?? 0;
  if (all === 0) return 'No run yet';
  if (open === 0) return `${format.count(all, 'run')}. None is open`;
  return `${format.count(all, 'run')}. ${open === 1 ? 'One is open' : `${format.number(open)} are open`}`;
}

type FootProps = { offset: number; shown: number; total: number; onPage: (offset: number) => void };

/** Which of the runs are shown, and the way to newer and older ones. */
function Foot({ offset, shown, total, onPage }: FootProps) {
  const format = useFormat();
  const span = total > page ? `${format.number(offset + 1)} to ${format.number(offset + shown)}` : format.number(shown);
  return (
    <span className="row" style={{ justifyContent: 'space-between' }}>
      <span className="c12 t3">
        {span} of {format.number(total)} shown, newest first
      </span>
      <span className="row" style={{ gap: 12 }}>
        {offset > 0 ? (
          <button type="button" className="link c12" onClick={() => onPage(Math.max(0, offset - page))}>
            Show newer runs
          </button>
        ) : null}
        {offset + shown < total ? (
          <button type="button" className="link c12" onClick={() => onPage(offset + page)}>
            Show older runs
          </button>
        ) : null}
      </span>
    </span>
  );
}

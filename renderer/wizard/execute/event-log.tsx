import { Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { RunEvent, RunSnapshot } from '#shared/contract/run.ts';
import { isError } from '#shared/model/finding.ts';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SeverityIcon, severityWord } from '../../ui/severity-icon.tsx';
import { CallError } from '../shared/call-error.tsx';

export type EventFilter = 'all' | 'warning' | 'error';
export const eventFilters: readonly EventFilter[] = ['all', 'warning', 'error'];
const page = 200;

type Props = {
  readonly snapshot: RunSnapshot;
  readonly filter: EventFilter;
  readonly onFilter: (filter: EventFilter) => void;
};

/** What happened, newest first. New lines are announced politely; each error once, at once. */
export function EventLog({ snapshot, filter, onFilter }: Props) {
  const { warning, error } = snapshot.eventTotals;
  return (
    <Panel
      padded={false}
      title="Events"
      right={
        <SegmentedControl
          aria-label="Severity shown"
          value={filter}
          onChange={(value) => onFilter(eventFilters.find((known) => known === value) ?? 'all')}
          data={[
            { value: 'all', label: 'All' },
            { value: 'warning', label: `Warnings ${warning}` },
            { value: 'error', label: `Errors ${error}` },
          ]}
        />
      }
    >
      <EventList snapshot={snapshot} filter={filter} />
      <ErrorAlert events={snapshot.events} />
    </Panel>
  );
}

function EventList({ snapshot, filter }: { snapshot: RunSnapshot; filter: EventFilter }) {
  const { query } = useRpc();
  const [older, setOlder] = useState(0);
  const oldest = snapshot.events.at(-1)?.seq ?? null;
  // After a resume the engine tells only what came since; the log shows what led there as well.
  const few = snapshot.events.length < 12;
  const beyond = filter !== 'all' || older > 0 || few;
  const totals = `${snapshot.eventTotals.warning} ${snapshot.eventTotals.error}`;
  const stored = useQuery({
    ...query.run.events.queryOptions({
      input: { runId: snapshot.runId, before: null, limit: Math.min(1000, page * (older + 1)), severity: filter },
    }),
    enabled: beyond,
    placeholderData: (previous) => previous,
  });
  const refetch = stored.refetch;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the totals say that there is something new to read
  useEffect(() => {
    if (beyond) void refetch();
  }, [totals, beyond, refetch]);

  const shown = merge(snapshot.events, stored.data ?? []).filter((event) => fits(event, filter));
  const more = filter === 'all' && older < 4 && oldest !== null && (shown.at(-1)?.seq ?? 1) > 1;
  return (
    <div className="scroll" tabIndex={0} role="log" aria-label="Events, newest first" style={logStyle}>
      <CallError error={beyond ? stored.error : null} />
      {shown.length === 0 ? (
        <p className="empty c12">
          {filter === 'all' ? 'Nothing has happened yet' : `No ${filter === 'error' ? 'errors' : 'warnings'} so far`}
        </p>
      ) : null}
      {shown.map((event) => (
        <EventLine key={event.seq} event={event} />
      ))}
      {more ? (
        <div style={{ padding: '4px 14px' }}>
          <Button variant="quiet" onClick={() => setOlder(older + 1)}>
            Show older events
          </Button>
        </div>
      ) : null}
    </div>
  );
}

const logStyle = { flex: '1 1 0', minHeight: 80, padding: '4px 0' } as const;

function EventLine({ event }: { event: RunEvent }) {
  const format = useFormat();
  const loud = isError(event);
  return (
    <div className={`ev ${event.severity === 'warning' ? 'ev-w' : loud ? 'ev-e' : ''}`}>
      <span className="tm">{format.timeSeconds(event.at)}</span>
      <SeverityIcon severity={event.severity} size={14} />
      <span>
        {event.severity === 'info' ? null : <span className="vh">{severityWord[event.severity]}: </span>}
        {event.text}
      </span>
    </div>
  );
}

function fits(event: RunEvent, filter: EventFilter): boolean {
  if (filter === 'all') return true;
  if (filter === 'warning') return event.severity === 'warning';
  return isError(event);
}

/** Both lists hold the newest first; the snapshot is ahead of what was read. */
function merge(live: readonly RunEvent[], stored: readonly RunEvent[]): readonly RunEvent[] {
  const seen = new Map<number, RunEvent>();
  for (const event of [...live, ...stored]) seen.set(event.seq, event);
  return [...seen.values()].sort((a, b) => b.seq - a.seq);
}

/** Says an error that came after this screen was opened, once. */
function ErrorAlert({ events }: { events: readonly RunEvent[] }) {
  const said = useRef<number | null>(null);
  const [text, setText] = useState('');
  const newest = events[0]?.seq ?? 0;
  const error = events.find((event) => fits(event, 'error'));
  useEffect(() => {
    if (said.current === null) {
      said.current = newest;
      return;
    }
    if (error && error.seq > said.current) setText(error.text);
    said.current = Math.max(said.current, newest);
  }, [newest, error]);
  return (
    <div role="alert" className="vh">
      {text}
    </div>
  );
}

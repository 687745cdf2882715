import { useQuery } from '@tanstack/react-query';
import type { RunSnapshot } from '#shared/contract/run.ts';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { useRunSnapshot } from '../../rpc/use-run-snapshot.ts';
import type { Range } from '../../ui/format/format.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useNow } from '../../ui/use-now.ts';
import { isAtWork } from '../shared/at-work.ts';

/** The window of a run, where it stands now, and the work that is still to come laid into it. */
export function WindowPanel({ runId, windowSeconds }: { runId: string; windowSeconds: number | null }) {
  const format = useFormat();
  const { query } = useRpc();
  const { snapshot } = useRunSnapshot(runId);
  const window = snapshot?.window;
  const waits = snapshot !== null && phaseState(snapshot, 'execute') === 'pending';
  const planned = waits && phaseState(snapshot, 'plan') !== 'pending' && snapshot.phase !== 'plan';
  const plan = useQuery(query.plan.get.queryOptions({ input: { runId }, enabled: planned, retry: false }));
  return (
    <Panel title="Maintenance window" right={format.zone}>
      {window ? (
        <Bar
          opens={window.opens}
          closes={window.closes}
          ahead={waits ? (plan.data?.estimate ?? null) : leftOfExecute(snapshot)}
        />
      ) : (
        <Declared windowSeconds={windowSeconds} />
      )}
    </Panel>
  );
}

function phaseState(snapshot: RunSnapshot, phase: RunSnapshot['rail'][number]['name']): string | undefined {
  return snapshot.rail.find(({ name }) => name === phase)?.state;
}

function leftOfExecute(snapshot: RunSnapshot): Range | null {
  return snapshot.phase === 'execute' && isAtWork(snapshot) ? snapshot.leftSeconds : null;
}

function Declared({ windowSeconds }: { windowSeconds: number | null }) {
  const format = useFormat();
  if (windowSeconds === null)
    return <p className="t2">The profile declares none: the work may last as long as it needs.</p>;
  return (
    <>
      <div className="b">At most {format.duration(windowSeconds)}</div>
      <p className="t2 c12">What the work needs is measured by the plan.</p>
    </>
  );
}

function Bar({ opens, closes, ahead }: { opens: string; closes: string; ahead: Range | null }) {
  const format = useFormat();
  const now = useNow(10_000);
  const from = Date.parse(opens);
  const to = Date.parse(closes);
  const share = (time: number) => `${Math.min(1, Math.max(0, (time - from) / (to - from))) * 100}%`;
  const width = (seconds: number) => `${Math.min(1, (seconds * 1000) / (to - from)) * 100}%`;
  const start = Math.max(now, from);
  const clock = (time: number) => format.time(new Date(time).toISOString());
  const ends = ahead ? `ends about ${clock(start + ahead.likely * 1000)}` : '';
  return (
    <>
      <div className="row" style={{ justifyContent: 'space-between' }}>
        <span className="b">
          {format.time(opens)} to {format.time(closes)}
        </span>
        {ahead ? <span className="t2 c12">execution {format.estimate(ahead)}</span> : null}
      </div>
      <div
        className="window-bar"
        role="img"
        aria-label={`Window ${format.time(opens)} to ${format.time(closes)}. Now ${clock(now)}${ends ? `, ${ends}` : ''}.`}
      >
        <i style={{ width: share(now) }} />
        {ahead ? (
          <>
            <i className="range" style={{ left: share(start), width: width(ahead.high) }} />
            <i className="work" style={{ left: share(start), width: width(ahead.likely) }} />
          </>
        ) : null}
        <b style={{ left: share(now) }} />
      </div>
      <div className="row c12 t3" style={{ justifyContent: 'space-between' }}>
        <span>{format.time(opens)}</span>
        <span style={{ color: 'var(--text)' }}>
          now {clock(now)}
          {ends ? `, ${ends}` : ''}
        </span>
        <span>{format.time(closes)}</span>
      </div>
    </>
  );
}

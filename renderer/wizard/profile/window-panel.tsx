import { useRoute } from '../../app/route-context.tsx';
import { useRunSnapshot } from '../../rpc/use-run-snapshot.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useNow } from '../../ui/use-now.ts';

/** How long the work may last. Before there is a run only the declared length is known. */
export function WindowPanel({ windowSeconds }: { windowSeconds: number | null }) {
  const { place } = useRoute();
  const format = useFormat();
  return (
    <Panel title="Maintenance window" right={place.kind === 'run' ? format.zone : undefined}>
      {place.kind === 'run' ? <RunWindow runId={place.runId} windowSeconds={windowSeconds} /> : null}
      {place.kind === 'run' ? null : <Declared windowSeconds={windowSeconds} />}
    </Panel>
  );
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

function RunWindow({ runId, windowSeconds }: { runId: string; windowSeconds: number | null }) {
  const { snapshot } = useRunSnapshot(runId);
  if (!snapshot?.window) return <Declared windowSeconds={windowSeconds} />;
  return <Bar opens={snapshot.window.opens} closes={snapshot.window.closes} />;
}

function Bar({ opens, closes }: { opens: string; closes: string }) {
  const format = useFormat();
  const now = useNow(10_000);
  const from = Date.parse(opens);
  const to = Date.parse(closes);
  const share = Math.min(1, Math.max(0, (now - from) / (to - from)));
  const at = `${share * 100}%`;
  const clock = format.time(new Date(now).toISOString());
  return (
    <>
      <div className="b">
        {format.time(opens)} to {format.time(closes)}
      </div>
      <div
        className="window-bar"
        role="img"
        aria-label={`Window ${format.time(opens)} to ${format.time(closes)}. Now ${clock}.`}
      >
        <i style={{ width: at }} />
        <b style={{ left: at }} />
      </div>
      <div className="row c12 t3" style={{ justifyContent: 'space-between' }}>
        <span>{format.time(opens)}</span>
        <span style={{ color: 'var(--text)' }}>now {clock}</span>
        <span>{format.time(closes)}</span>
      </div>
    </>
  );
}

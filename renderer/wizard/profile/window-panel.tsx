import { useRunSnapshot } from '../../rpc/use-run-snapshot.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useNow } from '../../ui/use-now.ts';

/** The window of a run, with where it stands now. */
export function WindowPanel({ runId, windowSeconds }: { runId: string; windowSeconds: number | null }) {
  const format = useFormat();
  const { snapshot } = useRunSnapshot(runId);
  const window = snapshot?.window;
  return (
    <Panel title="Maintenance window" right={format.zone}>
      {window ? <Bar opens={window.opens} closes={window.closes} /> : <Declared windowSeconds={windowSeconds} />}
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

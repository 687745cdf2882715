import { useRunSnapshot } from '../rpc/use-run-snapshot.ts';
import { Bar } from '../ui/bar.tsx';
import { useFormat } from '../ui/format/format-context.tsx';
import { useNow } from '../ui/use-now.ts';

/** How long the maintenance window still lasts. Nothing when the profile declares none, or before it begins. */
export function WindowCountdown({ runId }: { runId: string }) {
  const { snapshot } = useRunSnapshot(runId);
  const window = snapshot?.window;
  // It opens with the first write; before that, or where the first write was refused, there is nothing to count down.
  const begun = snapshot?.rail.some(({ name, state }) => name === 'execute' && state !== 'pending');
  if (!window || snapshot.refused || !begun) return null;
  return <Countdown {...window} />;
}

function Countdown({ opens, closes, decideBy }: { opens: string; closes: string; decideBy: string | null }) {
  const format = useFormat();
  const now = useNow(1000);
  const from = Date.parse(opens);
  const to = Date.parse(closes);
  const left = (to - now) / 1000;
  const minutes = (seconds: number) => {
    const whole = Math.floor(seconds / 60);
    const hours = Math.floor(whole / 60);
    return hours > 0 ? `${hours} h ${String(whole % 60).padStart(2, '0')} min` : `${whole} min`;
  };
  const words = left >= 0 ? `${minutes(left)} left` : `${minutes(-left)} over`;
  const caption = `Window ${left >= 0 ? 'closes' : 'closed'} ${format.time(closes)}`;
  return (
    <div className="hcell window" style={{ flex: 'none', minWidth: 226 }}>
      <span className="k row" style={{ justifyContent: 'space-between', gap: 12 }}>
        <span>{caption}</span>
        {decideBy ? (
          <span title="After this, a rollback would not end within the window">
            roll back by {format.time(decideBy)}
          </span>
        ) : (
          <span>now {format.time(new Date(now).toISOString())}</span>
        )}
      </span>
      <span className={`v ${left < 0 ? 'err' : ''}`} style={{ gap: 8 }}>
        <span style={{ fontWeight: 600 }}>{words}</span>
        <Bar
          value={Math.max(0, Math.min(now, to) - from)}
          max={to - from}
          label="Maintenance window used"
          text={words}
          tone={left < 0 ? 'error' : 'done'}
        />
      </span>
    </div>
  );
}

import type { RunSnapshot, WorkState } from '#shared/contract/run.ts';
import { type Segment, SegmentedBar } from '../../ui/segmented-bar.tsx';

const tones: Readonly<Record<WorkState, Segment['tone']>> = {
  pending: 'waiting',
  skipped: 'waiting',
  running: 'running',
  paused: 'running',
  lost: 'running',
  attention: 'warning',
  failed: 'failed',
  completed: 'done',
  rolled_back: 'waiting',
};

/** One part per step, as wide as its estimated time, filled by what is committed or set aside. */
export function OverallBar({ snapshot, stale }: { snapshot: RunSnapshot; stale: boolean }) {
  const { bar, percent, condition, aboutToStop } = snapshot;
  if (bar.length === 0) return null;
  const segments = bar.map((part) => {
    const finished = part.state === 'attention' && part.done >= 1;
    const soon = part.state === 'running' && aboutToStop !== null;
    const tone = finished ? 'done' : soon ? 'warning' : tones[part.state];
    return { id: part.id, weight: part.weight, done: part.done, tone };
  });
  const words = percent === null ? 'How far it is cannot be measured yet' : `${percent} % of the estimated work`;
  return (
    <div>
      <div className="row c12" style={{ marginBottom: 5, justifyContent: 'space-between' }}>
        <span>
          {percent === null ? (
            <span className="t2">{words}</span>
          ) : (
            <>
              <span className="b" style={{ fontSize: 13 }}>
                {percent} %
              </span>{' '}
              <span className="t2">of the estimated work{stale ? ', last known' : ''}</span>
            </>
          )}
        </span>
        <span className="t3">Width: estimated time of the step. Fill: committed at the target, or set aside.</span>
      </div>
      <SegmentedBar
        segments={segments}
        label="All steps"
        text={words}
        percent={percent}
        paused={condition === 'paused'}
        stale={stale}
      />
    </div>
  );
}

export type Segment = {
  id: string;
  /** Any unit; the parts are as wide as their weights. */
  weight: number;
  /** 0 to 1. */
  done: number;
  tone: 'waiting' | 'running' | 'done' | 'warning' | 'failed';
};

type Props = {
  segments: readonly Segment[];
  label: string;
  text: string;
  percent: number | null;
  paused?: boolean | undefined;
  stale?: boolean | undefined;
};

const classes = { waiting: '', running: 'cur', done: 'done', warning: 'bad', failed: 'fail' } as const;

/** One bar over several parts, each as wide as its estimated time. Without a percentage it is not announced as progress. */
export function SegmentedBar({ segments, label, text, percent, paused, stale }: Props) {
  const total = segments.reduce((sum, segment) => sum + segment.weight, 0) || 1;
  const parts = segments.map((segment) => (
    <span
      key={segment.id}
      className={classes[segment.tone]}
      title={segment.id}
      style={{ flex: segment.weight / total }}
    >
      <i style={{ width: `${Math.min(1, segment.done) * 100}%` }} />
    </span>
  ));
  const className = `seg ${paused ? 'pause' : ''} ${stale ? 'stale' : ''}`;
  if (percent === null) {
    return (
      <div className={className} role="img" aria-label={`${label}: ${text}`}>
        {parts}
      </div>
    );
  }
  return (
    <div
      className={className}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={text}
    >
      {parts}
    </div>
  );
}

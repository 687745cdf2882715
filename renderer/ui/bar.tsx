type Props = {
  value: number;
  max: number;
  /** What is measured, for screen readers. */
  label: string;
  /** The same figure in words, for example `9,200 of 20,861 rows`. */
  text: string;
  tone?: 'running' | 'done' | 'ok' | 'warning' | 'error' | undefined;
  /** The figure is the last one known. */
  stale?: boolean | undefined;
};

const classes = { running: '', done: 'done', ok: 'ok-b', warning: 'warn-b', error: 'error-b' } as const;

/** Fills by what is committed, never by time. */
export function Bar({ value, max, label, text, tone = 'running', stale }: Props) {
  const share = max > 0 ? Math.min(100, (value / max) * 100) : 0;
  return (
    <span
      className={`bar ${classes[tone]} ${stale ? 'stale' : ''}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(value, max)}
      aria-valuetext={text}
    >
      <i style={{ width: `${share}%` }} />
    </span>
  );
}

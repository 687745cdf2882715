type Props = { low: number; likely: number; high: number; max: number; text: string };

/** An estimate with its range on a common scale: dark to the low end, light to the high end, a mark at the likely value. */
export function RangeBar({ low, likely, high, max, text }: Props) {
  const at = (value: number) => `${max > 0 ? Math.min(100, (value / max) * 100) : 0}%`;
  return (
    <span className="rng" role="img" aria-label={text}>
      <i style={{ width: at(high) }} />
      <em style={{ width: at(low) }} />
      {max > 0 && likely / max > 0.03 ? <b style={{ left: at(likely) }} /> : null}
    </span>
  );
}

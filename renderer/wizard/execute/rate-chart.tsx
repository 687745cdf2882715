import { Area, CartesianGrid, ComposedChart, ReferenceLine, ResponsiveContainer, XAxis, YAxis } from 'recharts';
import type { RunSnapshot, StepProgress } from '#shared/contract/run.ts';
import type { Format } from '../../ui/format/format.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SeverityIcon } from '../../ui/severity-icon.tsx';

type Props = {
  readonly snapshot: RunSnapshot;
  readonly step: StepProgress | undefined;
  readonly stale: boolean;
};

/** Units a second over the last seconds; the forecast of the dry run is a dashed line. */
export function RateChart({ snapshot, step, stale }: Props) {
  const format = useFormat();
  const { rate, rateForecast } = snapshot;
  const unit = step?.unit ?? 'rows';
  const capital = unit.charAt(0).toUpperCase() + unit.slice(1);
  // Before its first chunk a step has no speed; the samples are of the step before.
  const now = step && step.done > 0 ? step.rate : null;
  const slow = now !== null && rateForecast !== null && now < rateForecast / 2;
  return (
    <Panel
      padded={false}
      title={`${capital} per second${step ? `, ${step.id}` : ''}`}
      right={
        <span className={slow && !stale ? 'row warn m' : 't2'} style={{ gap: 5 }}>
          {slow && !stale ? <SeverityIcon severity="warning" size={14} /> : null}
          {rateWords(snapshot, now, stale, format)}
        </span>
      }
    >
      {rate.length < 2 ? (
        <p className="empty c12">
          {stale
            ? 'No rate is known for this part of the run.'
            : 'Nothing was measured yet. The rate appears with the second chunk.'}
        </p>
      ) : (
        <Chart snapshot={snapshot} unit={unit} stale={stale} format={format} />
      )}
    </Panel>
  );
}

function rateWords({ condition, rateForecast }: RunSnapshot, now: number | null, stale: boolean, format: Format) {
  if (stale) return 'last known';
  if (condition === 'paused') return '0 now, paused';
  if (now === null) return '';
  const share = rateForecast ? `, ${format.number(Math.floor((now / rateForecast) * 100))} % of forecast` : '';
  return `${format.number(Math.round(now))} now${share}`;
}

type ChartProps = {
  readonly snapshot: RunSnapshot;
  readonly unit: string;
  readonly stale: boolean;
  readonly format: Format;
};

function Chart({ snapshot, unit, stale, format }: ChartProps) {
  const { rate, rateForecast } = snapshot;
  const start = rate[0]?.t ?? 0;
  const data = rate.map((point) => ({ t: point.t - start, perSecond: point.perSecond }));
  const span = data.at(-1)?.t ?? 0;
  const top = niceTop(Math.max(rateForecast ?? 0, ...data.map((point) => point.perSecond)));
  const short = (value: number) =>
    value >= 1000 ? `${format.number(value / 1000, value % 1000 === 0 ? 0 : 1)} k` : format.number(value);
  const every = span < 20 ? Math.max(1, Math.ceil(span / 4)) : Math.ceil(span / 4 / 10) * 10;
  const ticks = [0, 1, 2, 3, 4].map((k) => k * every).filter((t) => t <= span);
  const forecast = rateForecast === null ? '' : `; forecast ${format.number(Math.round(rateForecast))}`;
  const last = data.at(-1)?.perSecond ?? 0;
  return (
    <figure
      role="img"
      aria-label={`${unit} per second over the last ${Math.round(span)} seconds, ${format.number(Math.round(last))} at the end${forecast}`}
      style={{ flex: '1 1 0', minHeight: 80, padding: '10px 8px 2px 0' }}
    >
      <ResponsiveContainer width="100%" height="100%" minHeight={80} initialDimension={{ width: 360, height: 160 }}>
        <ComposedChart data={data} margin={{ top: 4, right: 58, bottom: 0, left: -12 }} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="t"
            type="number"
            domain={[0, Math.max(span, 1)]}
            tickLine={false}
            axisLine={{ stroke: 'var(--line-strong)' }}
            interval={0}
            ticks={ticks}
            tickFormatter={(t: number) => `${t} s`}
            height={20}
          />
          <YAxis
            tickLine={false}
            axisLine={false}
            domain={[0, top]}
            ticks={[0, top / 2, top]}
            tickFormatter={(value: number) => (value === 0 ? '0' : short(value))}
            width={58}
          />
          {rateForecast === null ? null : (
            <ReferenceLine
              y={rateForecast}
              stroke="var(--text-3)"
              strokeDasharray="4 3"
              label={{ value: 'forecast', position: 'right', fill: 'var(--text-2)', fontSize: 11 }}
            />
          )}
          <Area
            dataKey="perSecond"
            type="linear"
            stroke={stale ? 'var(--done)' : 'var(--accent)'}
            strokeWidth={1.5}
            fill={stale ? 'var(--track)' : 'var(--accent-soft)'}
            fillOpacity={1}
            isAnimationActive={false}
            dot={false}
          />
        </ComposedChart>
      </ResponsiveContainer>
    </figure>
  );
}

/** The next 1, 2, 4 or 8 times a power of ten above the largest value, so that half of it is a round figure. */
export function niceTop(largest: number): number {
  if (largest <= 0) return 10;
  const power = 10 ** Math.floor(Math.log10(largest));
  const factor = [1, 2, 4, 8, 10].find((step) => step * power >= largest) ?? 10;
  return factor * power;
}

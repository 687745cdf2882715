import type { DryRunView } from '#shared/contract/dry-run.ts';
import { Figure, Figures } from '../../ui/figure.tsx';
import type { Format } from '../../ui/format/format.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SeverityIcon } from '../../ui/severity-icon.tsx';
import { TableHead } from '../../ui/table-head.tsx';
import { AsideCount } from '../shared/set-aside.tsx';
import { dryRunTotals, recordSteps, stepAside, type Totals } from './dry-run-totals.ts';

/** What each step would read, write, set aside and filter, and how that compares with the plan. */
export function CountsTab({ view }: { view: DryRunView }) {
  const format = useFormat();
  const total = dryRunTotals(view);
  const reasons = view.reasons.length;
  return (
    <div className="col" style={{ gap: 14 }}>
      <Figures>
        <Figure
          name="Would be read"
          value={format.number(total.read)}
          extra={view.sampled === null ? 'all records' : `a sample of ${format.number(view.sampled)} per step`}
        />
        <Figure
          name="Would be accepted"
          value={format.number(total.accepted)}
          extra={total.read > 0 ? `${format.percent(total.accepted, total.read, 3)}, exact or by a named rule` : ''}
        />
        <Figure
          name="Would be set aside"
          value={format.number(total.setAside.records)}
          extra={asideExtra(total, reasons, format)}
          tone={total.setAside.records + total.setAside.rows > 0 ? 'warn' : undefined}
        />
        <Figure name="Filtered by the profile" value={format.number(total.filtered)} extra="named in the profile" />
      </Figures>
      <PerStep view={view} />
      <Outputs view={view} />
    </div>
  );
}

function asideExtra({ setAside: { records, rows } }: Totals, reasons: number, format: Format): string {
  if (records + rows === 0) return 'no reason applies';
  const why = format.count(reasons, 'reason');
  return rows > 0 ? `and ${format.count(rows, 'row')} of others, ${why}` : why;
}

function PerStep({ view }: { view: DryRunView }) {
  const format = useFormat();
  const total = dryRunTotals(view);
  const records = new Set(recordSteps(view).map((step) => step.id));
  const balanced = view.steps.every((step) => step.read === step.accepted + stepAside(step).records + step.filtered);
  return (
    <Panel
      padded={false}
      title="Per step"
      right={
        balanced
          ? 'read = accepted + set aside + filtered holds for every step'
          : 'read = accepted + set aside + filtered does not hold for every step'
      }
    >
      <section className="scroll" aria-label="Counts per step" tabIndex={0}>
        <table className="tbl low">
          <TableHead
            heads={[
              'Step',
              { name: 'Read', numeric: true },
              { name: 'Would accept', numeric: true },
              { name: 'Set aside', numeric: true },
              { name: 'Filtered', numeric: true },
              { name: 'Measured rate', numeric: true },
              'Read, compared with the plan',
            ]}
          />
          <tbody>
            {view.steps.map((step) => (
              <tr key={step.id}>
                <td>
                  <span className="row">
                    <span className="t3 num" style={{ width: 12 }}>
                      {step.ord}
                    </span>
                    <span className="m">{step.id}</span>
                  </span>
                </td>
                <td className="num">
                  {format.number(step.read)} <span className="t3">{records.has(step.id) ? '' : step.unit}</span>
                </td>
                <td className="num">{format.number(step.accepted)}</td>
                <td className={`num ${step.setAside > 0 ? 'warn m' : 't3'}`}>
                  <AsideCount aside={stepAside(step)} />
                </td>
                <td className={`num ${step.filtered > 0 ? '' : 't3'}`}>{format.number(step.filtered)}</td>
                <td className="num t2">{step.rate === null ? '' : `${format.number(Math.round(step.rate))} /s`}</td>
                <td className="t2">
                  <span className="row">
                    <SeverityIcon severity={step.agrees ? 'ok' : 'warning'} size={14} />
                    {step.compared}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">Records in all</th>
              <td className="num">{format.number(total.read)}</td>
              <td className="num">{format.number(total.accepted)}</td>
              <td className="num">
                <AsideCount aside={total.setAside} />
              </td>
              <td className="num">{format.number(total.filtered)}</td>
              <td />
              <td className="t2" style={{ fontWeight: 400 }}>
                {format.count(records.size, 'step')} that {records.size === 1 ? 'moves' : 'move'} records
              </td>
            </tr>
          </tfoot>
        </table>
      </section>
    </Panel>
  );
}

function Outputs({ view }: { view: DryRunView }) {
  const format = useFormat();
  if (view.outputs.length === 0) return null;
  return (
    <Panel title="Rows that would be emitted" right="per table of the target">
      <dl className="row wrap" style={{ gap: '4px 28px' }}>
        {view.outputs.map((output) => (
          <div key={output.table} className="row">
            <dt className="t2">{output.table}</dt>
            <dd className="num m">{format.number(output.rows)}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

import type { DryRunView } from '#shared/contract/dry-run.ts';
import { Bar } from '../../ui/bar.tsx';
import { Empty } from '../../ui/empty.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { MiddleEllipsis } from '../../ui/middle-ellipsis.tsx';
import { Panel } from '../../ui/panel.tsx';
import { TableHead } from '../../ui/table-head.tsx';
import { dryRunTotals } from './dry-run-totals.ts';

const inside = { flex: '1 1 0', minHeight: 0 } as const;

type Reason = DryRunView['reasons'][number];

/** Why records would be set aside, how near each reason is to the limit that stops a step, and examples. */
export function RejectsTab({ view }: { view: DryRunView }) {
  const format = useFormat();
  const { records, rows } = dryRunTotals(view).setAside;
  const setAside = records + rows;
  // Long lists scroll in their panels, so that the examples stay in sight.
  const many = view.reasons.length + view.examples.length > 10;
  if (view.reasons.length === 0) {
    return (
      <Panel>
        <Empty title="No record would be set aside">
          Records that the target cannot hold, or that a rule refuses, would be listed here by reason.
        </Empty>
      </Panel>
    );
  }
  return (
    <div className="col" style={{ gap: 14, flex: 1 }}>
      <Panel
        padded={false}
        style={many ? { flex: '3 1 0', minHeight: 200 } : undefined}
        title={`${format.number(setAside)} would be set aside`}
        right="none is lost; each is kept with its key, its record and the reason"
      >
        <section className="scroll" aria-label="Reasons" tabIndex={0} style={many ? inside : undefined}>
          <table className="tbl fixed">
            <TableHead
              heads={[
                'Reason',
                { name: 'Set aside', numeric: true, width: 86 },
                { name: 'Step', width: 122 },
                { name: 'Rule', width: 244 },
                { name: 'Share of the step, of the limit', width: 236 },
              ]}
            />
            <tbody>
              {view.reasons.map((reason) => (
                <tr key={`${reason.step} ${reason.code}`}>
                  <td className="m">{reason.message}</td>
                  <td className="num">{format.number(reason.count)}</td>
                  <td>{reason.step}</td>
                  <td>
                    {reason.rule ? (
                      <MiddleEllipsis text={reason.rule} tail={15} mono />
                    ) : (
                      <span className="t3">refused by the target</span>
                    )}
                  </td>
                  <td>
                    <Share reason={reason} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </Panel>
      <Examples view={view} setAside={setAside} fill={many} />
    </div>
  );
}

function Share({ reason }: { reason: Reason }) {
  const format = useFormat();
  const share = `${format.number(reason.share * 100, 3)} %`;
  if (reason.limit === null) return <span className="t2 c12">{share}, no limit</span>;
  const limit = `${format.number(reason.limit * 100, 2)} %`;
  return (
    <span className="row">
      <Bar
        value={reason.share}
        max={reason.limit}
        label={`Share of ${reason.step}, ${reason.message}`}
        text={`${share} of the step; the limit is ${limit}`}
        tone={reason.share >= reason.limit ? 'error' : 'warning'}
      />
      <span className="num c12 t2" style={{ width: 116, flex: 'none' }}>
        {share} of {limit}
      </span>
    </span>
  );
}

function Examples({ view, setAside, fill }: { view: DryRunView; setAside: number; fill: boolean }) {
  const format = useFormat();
  if (view.examples.length === 0) return null;
  return (
    <Panel
      padded={false}
      style={fill ? { flex: '2 1 0', minHeight: 160 } : undefined}
      title="Examples"
      right={`${format.number(view.examples.length)} of ${format.number(setAside)}`}
    >
      <section className="scroll" aria-label="Examples" tabIndex={0} style={fill ? inside : undefined}>
        <table className="tbl low">
          <TableHead heads={['Source key', 'Step', 'Value', 'Reason']} />
          <tbody>
            {view.examples.map((example) => (
              <tr key={`${example.step} ${example.key} ${example.reason}`}>
                <td>
                  <code>{example.key}</code>
                </td>
                <td>{example.step}</td>
                <td style={{ maxWidth: 300 }}>
                  <code className="ell" style={{ display: 'block' }} title={example.value}>
                    {example.value}
                  </code>
                </td>
                <td className="t2">{example.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}

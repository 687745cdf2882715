import type { ConnectionReport } from '#shared/contract/connection.ts';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SeverityIcon, severityWord } from '../../ui/severity-icon.tsx';
import { TableHead } from '../../ui/table-head.tsx';

/** What the test found, beside what is needed. */
export function EndpointFacts({ report }: { report: ConnectionReport }) {
  const format = useFormat();
  const when = `${format.timeSeconds(report.checkedAt)}, took ${format.duration(report.tookMs / 1000)}`;
  return (
    <Panel padded={false} title="What the test found" right={when}>
      <section className="scroll" tabIndex={0} aria-label="What the test found">
        <table className="tbl low">
          <TableHead heads={[{ name: 'Check', width: 120 }, 'Found', 'Needed']} />
          <tbody>
            {report.facts.map((fact) => (
              <tr key={fact.check}>
                <td>
                  <span className="row nw">
                    <SeverityIcon severity={fact.state} />
                    <span className="vh">{severityWord[fact.state]}: </span>
                    {fact.check}
                  </span>
                </td>
                <td className={fact.state === 'error' ? 'err m' : ''}>{fact.found}</td>
                <td className="t3">{fact.needed}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}

import type { Finding } from '#shared/model/finding.ts';
import { Empty } from '../../ui/empty.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { MiddleEllipsis } from '../../ui/middle-ellipsis.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SeverityIcon, severityWord } from '../../ui/severity-icon.tsx';
import { TableHead } from '../../ui/table-head.tsx';

const order = { critical: 0, error: 1, warning: 2, info: 3 } as const;

/** What will not fit, and the rule that settles it. */
export function PlanForecast({ findings }: { findings: readonly Finding[] }) {
  const format = useFormat();
  // A long list scrolls in its panel; a short one leaves the rest of the screen free.
  const many = findings.length > 6;
  const sorted = [...findings].sort((a, b) => order[a.severity] - order[b.severity]);
  return (
    <Panel
      padded={false}
      title="What will not fit, and the rule that settles it"
      style={many ? { flex: 1 } : undefined}
    >
      {sorted.length === 0 ? (
        <Empty title="Nothing was found that does not fit">What the dry run sets aside is shown there.</Empty>
      ) : (
        <section
          className="scroll"
          tabIndex={0}
          aria-label="Findings"
          style={many ? { flex: '1 1 0', minHeight: 200 } : undefined}
        >
          <table className="tbl mid46 fixed">
            <TableHead
              heads={[
                { name: 'Severity', width: 40, unseen: true },
                { name: 'Found', numeric: true, width: 84 },
                'What',
                { name: 'Rule', width: 230 },
                { name: 'What is done about it', width: 260 },
              ]}
            />
            <tbody>
              {sorted.map((finding) => (
                <tr key={`${finding.step} ${finding.path} ${finding.message}`}>
                  <td>
                    <SeverityIcon severity={finding.severity} />
                    <span className="vh">{severityWord[finding.severity]}</span>
                  </td>
                  <td className="num m">{finding.count === null ? '' : format.number(finding.count)}</td>
                  <td style={{ lineHeight: 1.3 }}>
                    {finding.message}
                    <span className="sub">
                      {[
                        finding.path?.startsWith(finding.step ?? '\0') ? null : finding.step,
                        finding.path,
                        finding.basis,
                      ]
                        .filter(Boolean)
                        .join(', ')}
                    </span>
                  </td>
                  <td>{finding.rule ? <MiddleEllipsis text={finding.rule} tail={16} mono /> : null}</td>
                  <td className="t2" style={{ lineHeight: 1.3, overflowWrap: 'anywhere' }}>
                    {finding.suggestion}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Panel>
  );
}

import { useQuery } from '@tanstack/react-query';
import { plainHref } from '../app/routes.ts';
import { useRpc } from '../rpc/rpc-context.tsx';
import { useFormat } from '../ui/format/format-context.tsx';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { SeverityIcon } from '../ui/severity-icon.tsx';
import { Reading } from '../wizard/shared/reading.tsx';

const question = 'What differs between the two runs?';

/** Two runs side by side, what differs first. */
export function CompareScreen({ left, right }: { left: string; right: string }) {
  const { query } = useRpc();
  const format = useFormat();
  const comparison = useQuery(query.history.compare.queryOptions({ input: { left, right } }));
  if (!comparison.data) {
    return (
      <Reading
        question={question}
        title="Reading both runs"
        error={comparison.error}
        onRetry={() => void comparison.refetch()}
      />
    );
  }
  const lines = [...comparison.data].sort((a, b) => Number(a.same) - Number(b.same));
  const differ = lines.filter((line) => !line.same).length;
  return (
    <Screen
      question={question}
      title={`${format.number(differ)} of ${format.count(lines.length, 'property', 'properties')} differ${differ === 1 ? 's' : ''}`}
      lead="What differs comes first."
      back={{ label: 'All runs', href: plainHref('history') }}
      next={{
        label: 'Open report',
        href: plainHref('history', 'report', right),
        note: `Next: the report of ${right}. Nothing is changed.`,
      }}
    >
      <Panel padded={false}>
        <section className="scroll" aria-label="Comparison" tabIndex={0}>
          <table className="tbl">
            <thead>
              <tr>
                <th scope="col">What</th>
                <th scope="col">
                  <code>{left}</code>
                </th>
                <th scope="col">
                  <code>{right}</code>
                </th>
                <th scope="col">Result</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <tr key={line.what}>
                  <td className="m">{line.what}</td>
                  <td className="t2">{line.left}</td>
                  <td className={line.same ? 't2' : 'm'}>{line.right}</td>
                  <td>
                    <span className="row">
                      <SeverityIcon severity={line.same ? 'ok' : 'warning'} />
                      {line.same ? 'same' : 'differs'}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </Panel>
    </Screen>
  );
}

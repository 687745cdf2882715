import { useQuery } from '@tanstack/react-query';
import { plainHref } from '../app/routes.ts';
import { useRpc } from '../rpc/rpc-context.tsx';
import { ComparisonTable } from '../ui/comparison-table.tsx';
import { useFormat } from '../ui/format/format-context.tsx';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
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
        <ComparisonTable
          label="Comparison"
          heads={[<code key="left">{left}</code>, <code key="right">{right}</code>]}
          rows={lines}
          differs="warning"
        />
      </Panel>
    </Screen>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { Empty } from '../../ui/empty.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { KeyValues } from '../../ui/key-values.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SkeletonRows } from '../../ui/skeleton-rows.tsx';
import { Tag } from '../../ui/tag.tsx';
import { CallError } from '../shared/call-error.tsx';
import type { RecordDetail } from './quarantine-types.ts';

/** The whole record as it was read. Columns that the profile calls sensitive stay masked. */
export function RecordPanel({ runId, id }: { runId: string; id: number | null }) {
  const { query } = useRpc();
  const detail = useQuery({
    ...query.quarantine.record.queryOptions({ input: { runId, id: id ?? 0 } }),
    enabled: id !== null,
    placeholderData: (previous) => previous,
  });
  if (id === null) {
    return (
      <Panel title="Record">
        <Empty title="No record is chosen">Choose a record to see it whole.</Empty>
      </Panel>
    );
  }
  if (!detail.data) {
    return (
      <Panel title="Record" padded={false} busy={!detail.error}>
        {detail.error ? <CallError error={detail.error} /> : <SkeletonRows rows={4} />}
      </Panel>
    );
  }
  return <Detail detail={detail.data} />;
}

function Detail({ detail }: { detail: RecordDetail }) {
  const format = useFormat();
  const { record, source, fields } = detail;
  const rows: (readonly [string, React.ReactNode])[] = [
    ['Reason', record.message],
    ['Source', <code key="source">{source}</code>],
    ['Meant for', record.output === null ? null : <code key="output">{record.output}</code>],
    ...atFaultFirst(fields, record).map(
      (field) => [field.name, <FieldValue key={field.name} field={field} record={record} />] as const,
    ),
  ];
  return (
    <Panel
      padded={false}
      style={{ flex: '1 1 0', minHeight: 170 }}
      title={`Record ${record.key}`}
      right={
        <Tag severity={record.state === 'open' ? 'warning' : 'ok'}>
          {record.state === 'open' ? `set aside ${format.timeSeconds(record.at)}` : record.state}
        </Tag>
      }
    >
      <section className="scroll" aria-label="Record" tabIndex={0} style={{ flex: '1 1 0', padding: '12px 14px' }}>
        <KeyValues rows={rows} />
      </section>
    </Panel>
  );
}

/** A record has many columns; the one that decided comes first. */
function atFaultFirst(fields: RecordDetail['fields'], { column }: RecordDetail['record']): RecordDetail['fields'] {
  return [...fields].sort((a, b) => Number(b.name === column) - Number(a.name === column));
}

type FieldProps = { readonly field: RecordDetail['fields'][number]; readonly record: RecordDetail['record'] };

function FieldValue({ field, record }: FieldProps) {
  if (field.masked) return <span className="t3">masked by the profile</span>;
  if (field.value === null) return <span className="t3">NULL</span>;
  const long = field.value.length > 60 || field.name === record.column;
  if (!long) return field.value === '' ? <span className="t3">(empty)</span> : field.value;
  return (
    <pre
      className="code"
      tabIndex={0}
      style={{ padding: '4px 8px', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', maxHeight: 160 }}
    >
      {field.value}
    </pre>
  );
}

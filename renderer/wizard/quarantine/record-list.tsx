import { SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useRpc } from '../../rpc/rpc-context.tsx';
import { Empty } from '../../ui/empty.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SkeletonRows } from '../../ui/skeleton-rows.tsx';
import { UnreadRow } from '../../ui/unread-row.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { CallError } from '../shared/call-error.tsx';
import { usePages } from '../shared/use-pages.ts';
import type { QuarantineRecord, Reason } from './quarantine-types.ts';

type Props = {
  readonly runId: string;
  readonly reason: Reason;
  readonly onChoose: (id: number | null) => void;
};

const states = [
  { value: '', label: 'All' },
  { value: 'open', label: 'Open' },
  { value: 'replayed', label: 'Replayed' },
  { value: 'waived', label: 'Waived' },
] as const;

/** Records of one reason, by key. The first is chosen as soon as it is read. */
export function RecordList({ runId, reason, onChoose }: Props) {
  const { api } = useRpc();
  const format = useFormat();
  const [search, setSearch] = useState('');
  const [state, setState] = useState<'' | QuarantineRecord['state']>('');
  const [asked] = useDebouncedValue(search, 150);
  const [selected, setSelected] = useState(0);
  const { step, code } = reason;
  const { total, rows, error, reach } = usePages<QuarantineRecord>(
    ['quarantine', runId, step, code, asked, state],
    async (offset, limit, signal) => {
      const page = await api.quarantine.records(
        { runId, step, code, search: asked, ...(state && { state }), offset, limit },
        { signal },
      );
      return { total: page.total, rows: page.records };
    },
  );
  const chosen = rows[selected]?.id ?? null;
  useEffect(() => onChoose(chosen), [chosen, onChoose]);
  return (
    <Panel
      padded={false}
      title={reason.message}
      right={format.number(reason.count)}
      busy={total === null}
      foot={<span className="t3">{format.number(total ?? 0)} shown, by key</span>}
    >
      <div style={{ padding: '8px 12px', borderBottom: '1px solid var(--line)' }}>
        <TextInput
          data-search
          aria-label="Search records"
          placeholder="Search key or text  /"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            setSelected(0);
          }}
        />
        {reason.open < reason.count || state ? (
          <SegmentedControl
            aria-label="State of the records shown"
            style={{ marginTop: 8 }}
            value={state}
            onChange={(value) => {
              setState(states.find((known) => known.value === value)?.value ?? '');
              setSelected(0);
            }}
            data={[...states]}
          />
        ) : null}
      </div>
      <CallError error={error} />
      {total === null ? (
        <SkeletonRows rows={8} height={47} />
      ) : total === 0 ? (
        <Empty title="No record matches">Clear the search, or show all, to see every record of this reason.</Empty>
      ) : (
        <div className="list-room">
          <VirtualList
            items={rows}
            label={`${format.count(total, 'record')} set aside`}
            rowHeight={47}
            keyOf={(record, index) => record?.id ?? `row ${index}`}
            selected={selected}
            onSelect={setSelected}
            onReach={reach}
            copy={(record) => (record ? `${record.key}\t${record.message}\t${record.preview}` : '')}
          >
            {(record) => <RecordRow record={record} />}
          </VirtualList>
        </div>
      )}
    </Panel>
  );
}

function RecordRow({ record }: { record: QuarantineRecord | undefined }) {
  if (!record) return <UnreadRow />;
  const item = record.item === null ? '' : `, item ${record.item + 1}`;
  return (
    <span style={{ minWidth: 0 }}>
      <span className="row" style={{ justifyContent: 'space-between' }}>
        <code className="m ell">
          {record.key}
          {item}
        </code>
        {record.state === 'open' ? null : <span className="c12 t3">{record.state}</span>}
      </span>
      <span className="t2 c12 ell" style={{ display: 'block' }} title={record.message}>
        {record.preview === record.key ? record.message : record.preview}
      </span>
    </span>
  );
}

import { SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { PlanView } from '#shared/contract/plan.ts';
import { Empty } from '../../ui/empty.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { TableHead } from '../../ui/table-head.tsx';

type Shown = 'all' | 'read' | 'not_carried';

/** Every table and column of the sources: read by a step, or named as not carried. Nothing else exists. */
export function PlanFates({ fates }: { fates: PlanView['fates'] }) {
  const format = useFormat();
  const [shown, setShown] = useState<Shown>('all');
  const [search, setSearch] = useState('');
  const left = fates.filter((fate) => fate.fate === 'not_carried').length;
  const wanted = search.trim().toLowerCase();
  const rows = fates.filter(
    (fate) =>
      (shown === 'all' || fate.fate === shown) && `${fate.object} ${fate.column ?? ''}`.toLowerCase().includes(wanted),
  );
  return (
    <Panel
      padded={false}
      title="Every source table and column"
      right={
        <>
          <TextInput
            data-search
            aria-label="Search tables and columns"
            placeholder="Search (/)"
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
            w={150}
          />
          <SegmentedControl
            aria-label="Fates shown"
            value={shown}
            onChange={(value) => setShown(value as Shown)}
            data={[
              { value: 'all', label: `All ${format.number(fates.length)}` },
              { value: 'read', label: `Read ${format.number(fates.length - left)}` },
              { value: 'not_carried', label: `Not carried ${format.number(left)}` },
            ]}
          />
        </>
      }
      style={{ flex: 1 }}
    >
      <section className="scroll" tabIndex={0} aria-label="Fates" style={{ flex: '1 1 0', minHeight: 200 }}>
        {rows.length === 0 ? (
          <Empty title="Nothing matches" />
        ) : (
          <table className="tbl low">
            <TableHead heads={['Table', 'Column', 'Fate', 'By', 'Reason']} />
            <tbody>
              {rows.map((fate) => (
                <tr key={`${fate.object} ${fate.column}`}>
                  <td>
                    <code>{fate.object}</code>
                  </td>
                  <td>{fate.column === null ? <span className="t3">whole table</span> : <code>{fate.column}</code>}</td>
                  <td className={fate.fate === 'read' ? 't2' : 'm'}>{fate.fate === 'read' ? 'Read' : 'Not carried'}</td>
                  <td className="t2">{fate.by.join(', ')}</td>
                  <td className="t2">{fate.reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
    </Panel>
  );
}

import { SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { KeyFate } from '#shared/contract/plan.ts';
import { Empty } from '../../ui/empty.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { Panel } from '../../ui/panel.tsx';
import { TableHead } from '../../ui/table-head.tsx';

type Shown = 'all' | KeyFate['fate'];
const words = { mapped: 'Mapped', kept: 'Kept', deprecated: 'Deprecated', unknown: 'Unknown' } as const;

/** Every key of the configuration files that are read, and what becomes of it. */
export function PlanKeys({ keys }: { keys: readonly KeyFate[] }) {
  const format = useFormat();
  const [shown, setShown] = useState<Shown>('all');
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const rows = keys.filter(
    ({ key, fate, to }) =>
      (shown === 'all' || fate === shown) && `${key} ${to.join(' ')}`.toLowerCase().includes(wanted),
  );
  const label = (fate: KeyFate['fate']) =>
    `${words[fate]} ${format.number(keys.filter((one) => one.fate === fate).length)}`;
  return (
    <Panel
      padded={false}
      title="Every key of the configuration files"
      right={
        <>
          <TextInput
            data-search
            aria-label="Search keys"
            placeholder="Search (/)"
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
            w={150}
          />
          <SegmentedControl
            aria-label="Fates of keys shown"
            value={shown}
            onChange={(value) => setShown(value as Shown)}
            data={[
              { value: 'all', label: `All ${format.number(keys.length)}` },
              ...(['mapped', 'kept', 'deprecated', 'unknown'] as const).map((fate) => ({
                value: fate,
                label: label(fate),
              })),
            ]}
          />
        </>
      }
      style={{ flex: 1 }}
    >
      <section className="scroll" tabIndex={0} aria-label="Keys" style={{ flex: '1 1 0', minHeight: 200 }}>
        {rows.length === 0 ? (
          <Empty title="Nothing matches" />
        ) : (
          <table className="tbl low">
            <TableHead heads={['Key', 'Fate', 'Key of the result', 'Files', 'Advice']} />
            <tbody>
              {rows.map(({ step, key, fate, to, files, advice }) => (
                <tr key={`${step} ${fate} ${key}`}>
                  <td>
                    <code>{key}</code>
                  </td>
                  <td className={fate === 'mapped' || fate === 'kept' ? 't2' : 'm'}>{words[fate]}</td>
                  <td>{to.length > 0 ? <code>{to.join(', ')}</code> : <span className="t3">none</span>}</td>
                  <td className="t2">{format.number(files)}</td>
                  <td className="t2">{advice}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
    </Panel>
  );
}

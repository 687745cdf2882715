import { NativeSelect, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { PlanView } from '#shared/contract/plan.ts';
import { Empty } from '../../ui/empty.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { MiddleEllipsis } from '../../ui/middle-ellipsis.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SeverityIcon } from '../../ui/severity-icon.tsx';
import { TableHead } from '../../ui/table-head.tsx';

type Mapping = PlanView['types'][number];

/** Column by column: what it was, what it becomes, and whether every value fits. */
export function PlanTypes({ types }: { types: readonly Mapping[] }) {
  const format = useFormat();
  const steps = [...new Set(types.map((type) => type.step))];
  const [step, setStep] = useState('');
  const [shown, setShown] = useState<'all' | 'special'>('all');
  const ofStep = types.filter((type) => step === '' || type.step === step);
  const special = ofStep.filter((type) => type.fit !== 'exact');
  const rows = shown === 'all' ? ofStep : special;
  const from = onlyConnection(types.map((type) => (isColumn(type) ? type.column : null)));
  const to = onlyConnection(types.map((type) => type.target));
  return (
    <Panel
      padded={false}
      title="Source to target"
      right={
        <>
          {steps.length > 1 ? (
            <NativeSelect
              aria-label="Step"
              value={step}
              onChange={(event) => setStep(event.currentTarget.value)}
              data={[{ value: '', label: 'All steps' }, ...steps]}
            />
          ) : null}
          <SegmentedControl
            aria-label="Columns shown"
            value={shown}
            onChange={(value) => setShown(value as 'all' | 'special')}
            data={[
              { value: 'all', label: `All ${format.number(ofStep.length)}` },
              { value: 'special', label: `Rule or widened ${format.number(special.length)}` },
            ]}
          />
        </>
      }
      style={{ flex: 1 }}
      foot="Exact: arrives as it was, or as the profile computes it. Widened: exact, in a larger type. Rule: values that the named rule changes."
    >
      <section className="scroll" tabIndex={0} aria-label="Type mapping" style={{ flex: '1 1 0', minHeight: 200 }}>
        {rows.length === 0 ? (
          <Empty title={types.length ? 'No column needs a rule or a larger type' : 'No columns are mapped'} />
        ) : (
          <table className="tbl fixed">
            <TableHead
              heads={[
                { name: from ? `Column of ${from}` : 'Column', width: '23%' },
                { name: 'Source type', width: '96px' },
                { name: to ? `Target in ${to}` : 'Target', width: '23%' },
                { name: 'Target type', width: '96px' },
                { name: 'Fit', width: '76px' },
                'Rule',
                { name: 'In the data', width: '13%' },
              ]}
            />
            <tbody>
              {rows.map((type) => (
                <tr key={`${type.step} ${type.column} ${type.target}`}>
                  <td>
                    <Name text={isColumn(type) ? within(type.column, from) : type.column} />
                  </td>
                  <td>
                    <code className="t2">{type.sourceType}</code>
                  </td>
                  <td>
                    <Name text={within(type.target, to)} />
                  </td>
                  <td>
                    <code className="t2">{type.targetType}</code>
                  </td>
                  <td>
                    <Fit fit={type.fit} />
                  </td>
                  <td>{type.rule ? <Name text={type.rule} /> : null}</td>
                  <td className="t2 c12 ell" style={{ maxWidth: 230 }} title={type.seen}>
                    {type.seen}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
    </Panel>
  );
}

/** Expressions and constants stand where a column would. */
function isColumn({ sourceType }: Mapping): boolean {
  return sourceType !== 'computed' && sourceType !== 'constant';
}

/** The connection that all names begin with; null where there are several. */
function onlyConnection(names: readonly (string | null)[]): string | null {
  const known = new Set(names.filter((name) => name !== null).map((name) => name.split('.')[0] ?? ''));
  const [only] = known;
  return known.size === 1 && only ? only : null;
}

/** `task_breakdowns.context` of `legacy.task_breakdowns.context`: what the head of the column says is not repeated in each row. */
function within(name: string, connection: string | null): string {
  return connection && name.startsWith(`${connection}.`) ? name.slice(connection.length + 1) : name;
}

/** A column or a key of the profile: its end tells it from its neighbours. */
function Name({ text }: { text: string }) {
  return (
    <span style={{ display: 'flex' }}>
      <MiddleEllipsis text={text} tail={13} mono />
    </span>
  );
}

function Fit({ fit }: { fit: Mapping['fit'] }) {
  if (fit === 'exact') return <span className="t2">Exact</span>;
  if (fit === 'widened') return <span className="t2">Widened</span>;
  return (
    <span className="row warn" style={{ gap: 5 }}>
      <SeverityIcon severity="warning" size={14} />
      Rule
    </span>
  );
}

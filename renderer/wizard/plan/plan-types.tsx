import { NativeSelect, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useMigration } from '../../profiles/use-migration.ts';
import { Empty } from '../../ui/empty.tsx';
import { useFormat } from '../../ui/format/format-context.tsx';
import { MiddleEllipsis } from '../../ui/middle-ellipsis.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SeverityIcon } from '../../ui/severity-icon.tsx';
import { TableHead } from '../../ui/table-head.tsx';
import { RuleDialog } from './rule-dialog.tsx';
import { isRuled, type Mapping, needsRule, type RuledMapping, tableOf } from './type-rule.ts';

type Props = {
  types: readonly Mapping[];
  runId: string;
  /** Whether rules can still be changed. */
  open: boolean;
};
type Shown = 'all' | 'special' | 'unfit';

/** Column by column: what it was, what it becomes, whether every value fits, and the rule that decides. */
export function PlanTypes({ types, runId, open }: Props) {
  const format = useFormat();
  const { bundle } = useMigration();
  const [step, setStep] = useState('');
  const [table, setTable] = useState('');
  const [shown, setShown] = useState<Shown>('all');
  const [ruled, setRuled] = useState<RuledMapping | null>(null);
  const steps = [...new Set(types.map((type) => type.step))];
  const ofStep = types.filter((type) => step === '' || type.step === step);
  const tables = [...new Set(ofStep.filter(isColumn).map(tableOf))];
  const inTable = ofStep.filter((type) => table === '' || (isColumn(type) && tableOf(type) === table));
  const lists = {
    all: inTable,
    special: inTable.filter((type) => type.fit !== 'exact'),
    unfit: inTable.filter(needsRule),
  };
  const rows = lists[shown];
  const editable = open && bundle !== undefined && types.some(isRuled);
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
              onChange={(event) => {
                setStep(event.currentTarget.value);
                setTable('');
              }}
              data={[{ value: '', label: 'All steps' }, ...steps]}
            />
          ) : null}
          {tables.length > 1 ? (
            <NativeSelect
              aria-label="Table"
              value={table}
              onChange={(event) => setTable(event.currentTarget.value)}
              data={[{ value: '', label: 'All tables' }, ...tables]}
            />
          ) : null}
          <SegmentedControl
            aria-label="Columns shown"
            value={shown}
            onChange={(value) => setShown(value as Shown)}
            data={[
              { value: 'all', label: `All ${format.number(lists.all.length)}` },
              { value: 'special', label: `Rule or widened ${format.number(lists.special.length)}` },
              ...(types.some(isRuled)
                ? [{ value: 'unfit', label: `Needs a rule ${format.number(lists.unfit.length)}` }]
                : []),
            ]}
          />
        </>
      }
      style={{ flex: 1 }}
      foot="Exact: arrives as it was, or as the profile computes it. Widened: exact, in a larger type. Rule: some values are changed by it. Not all: some would be set aside."
    >
      <section className="scroll" tabIndex={0} aria-label="Type mapping" style={{ flex: '1 1 0', minHeight: 200 }}>
        {rows.length === 0 ? (
          <Empty title={types.length === 0 ? 'No columns are mapped' : nothing[shown]} />
        ) : (
          <table className="tbl fixed">
            <TableHead
              heads={[
                { name: from ? `Column of ${from}` : 'Column', width: editable ? '18%' : '23%' },
                { name: 'Source type', width: editable ? '112px' : '96px' },
                { name: to ? `Target in ${to}` : 'Target', width: editable ? '18%' : '23%' },
                { name: 'Target type', width: editable ? '112px' : '96px' },
                { name: 'Fit', width: '84px' },
                'Rule',
                { name: 'In the data', width: editable ? '20%' : '13%' },
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
                    <Fit fit={type.fit} unfit={needsRule(type)} />
                  </td>
                  <td>
                    {editable && isRuled(type) ? (
                      <button
                        type="button"
                        className="link"
                        style={{ maxWidth: '100%' }}
                        onClick={() => setRuled(type)}
                      >
                        {type.rule ? <Name text={withinTypes(type.rule)} /> : 'Add...'}
                        <span className="vh"> rule for {type.rules.place}</span>
                      </button>
                    ) : type.rule ? (
                      <Name text={type.rule} />
                    ) : null}
                  </td>
                  <td
                    className={`c12 ell ${needsRule(type) ? 'warn' : 't2'}`}
                    style={{ maxWidth: 230 }}
                    title={type.seen}
                  >
                    {type.seen}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
      {ruled && bundle ? (
        <RuleDialog
          mapping={ruled}
          types={types}
          runId={runId}
          bundlePath={bundle.path}
          onClose={() => setRuled(null)}
        />
      ) : null}
    </Panel>
  );
}

const nothing: Readonly<Record<Shown, string>> = {
  all: 'No column is among these',
  special: 'No column needs a rule or a larger type',
  unfit: 'Every value that was read fits; no column needs a rule',
};

/** `"orders.note"` of `steps.shop.types."orders.note"`: all rules of a copy stand in one table. */
function withinTypes(rule: string): string {
  return rule.replace(/steps\.[^.]+\.types\./g, '');
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

function Fit({ fit, unfit }: { fit: Mapping['fit']; unfit: boolean }) {
  if (unfit)
    return (
      <span className="row warn nw" style={{ gap: 5 }}>
        <SeverityIcon severity="warning" size={14} />
        Not all
      </span>
    );
  if (fit === 'exact') return <span className="t2">Exact</span>;
  if (fit === 'widened') return <span className="t2">Widened</span>;
  return (
    <span className="row warn" style={{ gap: 5 }}>
      <SeverityIcon severity="warning" size={14} />
      Rule
    </span>
  );
}

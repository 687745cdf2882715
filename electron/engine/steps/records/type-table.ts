import { figure } from '#shared/model/figures.ts';
import type { CanonicalType } from '#shared/model/value.ts';
import { decodeValue } from '../../values/encode.ts';
import type { Planned } from '../step-kind.ts';
import type { Compiled, Output } from './compiled.ts';
import type { Forecast } from './forecast.ts';
import type { RecordsPlan } from './plan-types.ts';
import type { SourceFacts } from './source.ts';
import type { ColumnSpec, ValueSpec } from './spec.ts';

type TypeRow = Planned<unknown>['types'][number];

/** What becomes of each column's type: carried or computed as it stands, into a wider type, or changed by a rule of the profile. */
export function typeTable(plan: RecordsPlan, compiled: Compiled, facts: SourceFacts, seen: Forecast): TypeRow[] {
  return compiled.outputs.flatMap((output) => outputRows(plan, compiled, facts, seen, output));
}

function outputRows(
  plan: RecordsPlan,
  { mapping }: Compiled,
  facts: SourceFacts,
  seen: Forecast,
  output: Output,
): TypeRow[] {
  const { connection, from } = plan.spec.source;
  const object =
    from.kind === 'table'
      ? `${connection}.${from.table}`
      : `${connection}.${plan.source.from.kind === 'query' ? plan.source.from.name : ''}`;
  const origins = mapping.outputs[output.index]!.from;
  const rules = new Map(
    plan.spec.outputs.find((one) => one.table === output.table)?.set.map((set) => [set.column, set]) ?? [],
  );
  return output.spec.columns.map((name, at) => {
    const target = output.info.columns.find((column) => column.name === name)!;
    const origin = origins[at] ?? null;
    const source = origin === null ? undefined : facts.columns.find((column) => column.name === origin);
    const set = rules.get(name);
    const rule = set?.key ?? null;
    const place = { target: `${plan.spec.target.connection}.${output.table}.${name}`, targetType: target.declaredType };
    if (origin === null || !source) {
      return {
        column: set ? valueText(set.value) : '',
        sourceType: set?.value.kind === 'literal' ? 'constant' : 'computed',
        ...place,
        fit: set && changesValues(set) ? 'rule' : 'exact',
        rule,
        seen: '',
      };
    }
    return {
      column: `${object}.${origin}`,
      sourceType: source.declared ?? source.type.t,
      ...place,
      fit: set && changesValues(set) ? 'rule' : sameType(source.type, target.type) ? 'exact' : 'widened',
      rule,
      seen: seenText(seen, mapping.columns.indexOf(origin)),
    };
  });
}

/** A value may leave such a rule as another one than came in: mapped, cast, stripped, or put in place of null. */
function changesValues({ map, cast, nul, default: instead }: ColumnSpec): boolean {
  return map !== null || cast !== null || nul === 'remove' || instead !== null;
}

/** As the profile has it: `= record.title`, or the constant. */
function valueText(value: ValueSpec): string {
  if (value.kind === 'expression') return `= ${value.text}`;
  const literal = decodeValue(value.value);
  return typeof literal === 'string' ? `"${literal}"` : String(literal);
}

function sameType(a: CanonicalType, b: CanonicalType): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function seenText(seen: Forecast, column: number): string {
  const facts = seen.columns[column];
  if (!facts || seen.records === 0) return '';
  const parts: string[] = [];
  if (facts.longest > 0) parts.push(`longest ${figure(facts.longest)}`);
  if (facts.nulls > 0) parts.push(`${figure(facts.nulls)} null`);
  return parts.join(', ');
}

import { counted, figure } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { TableInfo } from '../../../../drivers/relational.ts';
import { clashWords } from '../../../copy/collation.ts';
import { faultWords, settledBy } from '../../../copy/forecast-words.ts';
import type { MappingProblem } from '../../../values/mapping-types.ts';
import { sentence } from '../../../values/sentence.ts';
import type { ReadEnv, StepHead } from '../../step-kind.ts';
import type { Misfits, TableForecast } from './forecast.ts';
import type { WholePlan, WholeTable } from './plan-types.ts';
import type { WholeSpec } from './spec-types.ts';

/** What the data runs into: values that do not fit, rows above the limit. */
export function forecastFindings(
  plan: WholePlan,
  seen: readonly TableForecast[],
  step: StepHead,
  env: ReadEnv,
): Finding[] {
  const limit = env.policy.limits.rowBytes;
  return plan.tables.flatMap((table, at) => {
    const own = seen[at]!;
    const basis = basisOf(own, table.records);
    const wide =
      own.largestBytes <= limit
        ? []
        : [
            makeFinding({
              severity: 'warning',
              category: 'row_too_big',
              step: step.id,
              path: table.copy.source,
              message: `The largest row of ${table.copy.source} has ${figure(own.largestBytes)} bytes, more than the limit of ${figure(limit)}; such rows would be set aside.`,
              suggestion: 'Raise policy.limits.row_bytes when memory allows it.',
              rule: 'policy.limits.row_bytes',
              basis,
            }),
          ];
    return [
      ...wide,
      ...own.misfits.map((misfits) => misfitFinding(misfits, table, step, basis)),
      ...clashFindings(own, table, step, basis),
    ];
  });
}

function misfitFinding(misfits: Misfits, { copy }: WholeTable, step: StepHead, basis: string): Finding {
  const { table, column, code, message, rule, example, count } = misfits;
  const planned = copy.columns.find((one) => one.source === column);
  const converted = planned !== undefined && rule !== null && !/\.(?:set|where)\b/.test(rule);
  const settles = converted ? settledBy(planned, code) : [];
  return makeFinding({
    severity: 'warning',
    category: code,
    step: step.id,
    path: example,
    message: converted
      ? faultWords(table, planned.source, code, count)
      : sentence(`${counted(count, 'row')} of ${table}: ${message}`),
    suggestion:
      settles.length === 0
        ? 'Such rows are set aside whole, and can be replayed.'
        : `Such rows are set aside. Settled by "${table}.${planned?.source}" = { ${settles[0]} }${others(settles)} in [steps.${step.id}.types].`,
    count,
    rule,
    basis,
  });
}

function others(settles: readonly string[]): string {
  return settles.length === 1 ? '' : `, or ${settles.slice(1).join(', or ')},`;
}

/** Keys that are different in the source and the same in the target. */
function clashFindings(seen: TableForecast, { copy }: WholeTable, step: StepHead, basis: string): Finding[] {
  return seen.clashes
    .filter((counter) => counter.clashes > 0)
    .map((counter) =>
      makeFinding({
        severity: 'warning',
        category: 'key_clash',
        step: step.id,
        path: `${copy.source} / ${counter.key.columns.join(', ')}`,
        message: clashWords(copy.source, counter),
        suggestion: 'All but the first of them are set aside. Change the values, or give the column another type.',
        count: counter.clashes,
        basis,
      }),
    );
}

export function basisOf(seen: TableForecast, total: number): string {
  return seen.sampled
    ? `sample of the first ${figure(seen.records)} of ${figure(total)} rows`
    : `read in full, ${counted(seen.records, 'row')}`;
}

/** Tables that hold rows before the run. */
export function filledFindings(plan: WholePlan, step: StepHead): Finding[] {
  const { mode, connection } = plan.spec.target;
  const words = {
    create: '',
    insert: 'A record whose key is already there is set aside; no row of others is changed.',
    upsert: 'A row with the same key is updated; its old content is kept for the way back.',
    replace: 'A row with the same key is replaced; its old content is kept for the way back.',
  } as const;
  return plan.tables
    .filter((table) => table.rowsBefore > 0)
    .map(({ copy, rowsBefore }) =>
      makeFinding({
        severity: 'warning',
        category: 'target_not_empty',
        step: step.id,
        path: `${connection}.${copy.target}`,
        message: `${copy.target} already holds ${counted(rowsBefore, 'row')}. ${words[mode]}`,
        suggestion: 'Check that this is the right target.',
        count: rowsBefore,
      }),
    );
}

/** Where foreign keys are there before the rows, an order that keeps them all does not exist. */
export function circleFindings(plan: WholePlan, circles: readonly (readonly string[])[], step: StepHead): Finding[] {
  if (plan.spec.target.mode === 'create') return [];
  return circles.map((circle) =>
    makeFinding({
      severity: 'warning',
      category: 'circular_references',
      step: step.id,
      path: circle.join(', '),
      message: `${circle.join(', ')} refer to each other in a circle. Rows that come before the row they refer to are refused and set aside.`,
      suggestion: 'Replay them when the step is done, or make their foreign keys deferrable.',
    }),
  );
}

/** Parts of the structure that do not come along, each with its text. */
export function notCarriedFindings(plan: WholePlan, chosen: readonly TableInfo[], step: StepHead): Finding[] {
  const parts = plan.tables.flatMap(({ copy }) =>
    copy.notCarried.map((part) =>
      makeFinding({
        severity: 'warning',
        category: 'structure_not_copied',
        step: step.id,
        path: part.name === copy.source ? copy.source : `${copy.source}.${part.name}`,
        message: `The ${part.kind.replaceAll('_', ' ')} ${part.name} of ${copy.source} is not copied: ${part.why}`,
        oldValue: part.text,
        suggestion: 'Bring it over by a schema step in the words of the target, if it is needed.',
      }),
    ),
  );
  const notes = plan.tables.flatMap(({ copy }) => copy.notes.map((note) => ({ table: copy.source, note })));
  const left = chosen.flatMap((table) =>
    (table.details?.notCarried ?? []).map((note) => ({ table: table.name, note })),
  );
  const told = [...notes, ...left].map(({ table, note }) =>
    makeFinding({
      severity: 'info',
      category: 'structure_note',
      step: step.id,
      path: table,
      message: `${table}: ${note}`,
    }),
  );
  return [...parts, ...told];
}

/** Rules of a table that do not fit it. */
export function ruleProblems(
  problems: readonly MappingProblem[],
  { copy }: WholeTable,
  step: StepHead,
  spec: WholeSpec,
): Finding[] {
  return problems.map((problem) =>
    makeFinding({
      severity: 'critical',
      category: problem.code,
      step: step.id,
      path: [spec.source.connection, copy.source, problem.column].filter((part) => part !== null).join('.'),
      message: problem.message,
      suggestion: problem.advice,
      rule: problem.key,
    }),
  );
}

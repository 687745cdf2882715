import { counted, figure } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { MappingProblem } from '../../values/mapping-types.ts';
import type { ReadEnv, StepHead } from '../step-kind.ts';
import type { Forecast } from './forecast.ts';
import type { PlannedOutput, RecordsPlan } from './plan-types.ts';
import type { RecordsSpec } from './spec.ts';

export function mappingFindings(problems: readonly MappingProblem[], spec: RecordsSpec, step: StepHead): Finding[] {
  const { from, connection: source } = spec.source;
  const sourceName = from.kind === 'table' ? `${source}.${from.table}` : from.file;
  return withoutRepeats(problems).map((problem) => {
    const unknown = problem.code === 'unknown_source_column';
    const object = unknown ? [sourceName] : [spec.target.connection, problem.table];
    const place = [...object, problem.column].filter((part) => part !== null).join('.');
    const has = from.kind === 'table' ? `Table ${sourceName} has` : `The query ${sourceName} on ${source} gives`;
    return makeFinding({
      severity: 'critical',
      category: problem.code,
      step: step.id,
      path: problem.column === null ? problem.key : place,
      message: unknown ? `${has} no column ${problem.column}.` : problem.message,
      suggestion: problem.advice,
      rule: problem.key,
    });
  });
}

/** A column that is not there is told once, however many rules name it. */
function withoutRepeats(problems: readonly MappingProblem[]): MappingProblem[] {
  const told = new Set<string | null>();
  return problems.filter(({ code, column }) => {
    if (code !== 'unknown_source_column') return true;
    if (told.has(column)) return false;
    told.add(column);
    return true;
  });
}

/** What the data will run into: records set aside by reason, rows above the limit, target tables that are not empty. */
export function forecastFindings(
  plan: RecordsPlan,
  seen: Forecast,
  step: StepHead,
  env: ReadEnv,
  sampledLookups: readonly string[],
): Finding[] {
  const basis = basisOf(seen, plan.records);
  const sure = sampledLookups.length === 0 ? seen.reasons : seen.reasons.filter((reason) => !restsOnRows(reason));
  const reasons = sure.map((reason) =>
    makeFinding({
      severity: 'warning',
      category: reason.code,
      step: step.id,
      path: `${step.id} / ${reason.example}`,
      message: `${counted(reason.count, reason.item ? 'item' : 'record')} would be set aside: ${reason.message}`,
      suggestion: reason.rule
        ? 'Kept whole in quarantine; the rule can be changed and they are replayed.'
        : 'Kept whole in quarantine.',
      count: reason.count,
      rule: reason.rule,
      basis,
    }),
  );
  return [
    ...filledTargets(plan, step),
    ...wideRows(seen, step, env, basis),
    ...reasons,
    ...notForecast(sampledLookups, step),
  ];
}

/** Whether a reason depends on rows that earlier steps write, so that a sample of them says nothing. */
function restsOnRows(reason: Forecast['reasons'][number]): boolean {
  return reason.code === 'foreign_key_missing' || (reason.rule?.includes('.reject[') ?? false);
}

function notForecast(sampledLookups: readonly string[], step: StepHead): Finding[] {
  if (sampledLookups.length === 0) return [];
  return [
    makeFinding({
      severity: 'info',
      category: 'not_forecast',
      step: step.id,
      path: sampledLookups.join(', '),
      message: `What ${step.id} looks up in ${sampledLookups.join(', ')} is not forecast: the plan holds only a sample of these rows.`,
      suggestion: 'The dry run reads all of them and says what would be set aside.',
    }),
  ];
}

export function basisOf(seen: Forecast, total: number): string {
  return seen.sampled
    ? `sample of the first ${figure(seen.records)} of ${figure(total)} records`
    : `read in full, ${counted(seen.records, 'record')}`;
}

function wideRows(seen: Forecast, step: StepHead, env: ReadEnv, basis: string): Finding[] {
  const limit = env.policy.limits.rowBytes;
  if (seen.largestBytes <= limit) return [];
  return [
    makeFinding({
      severity: 'warning',
      category: 'row_too_big',
      step: step.id,
      path: 'policy.limits.row_bytes',
      message: `The largest record has ${figure(seen.largestBytes)} bytes, more than the limit of ${figure(limit)}; such records would be set aside.`,
      suggestion: 'Raise policy.limits.row_bytes when memory allows it.',
      basis,
    }),
  ];
}

function filledTargets(plan: RecordsPlan, step: StepHead): Finding[] {
  return plan.outputs
    .filter((output) => output.rowsBefore > 0)
    .map((output) =>
      makeFinding({
        severity: 'warning',
        category: 'target_not_empty',
        step: step.id,
        path: `${plan.spec.target.connection}.${output.table}`,
        message: `${output.table} already holds ${counted(output.rowsBefore, 'row')}. ${whatHappens(plan, output)}`,
        suggestion: 'Check that this is the right target.',
        count: output.rowsBefore,
      }),
    );
}

function whatHappens(plan: RecordsPlan, output: PlannedOutput): string {
  const key = plan.spec.outputs.find((one) => one.table === output.table)?.keyColumns.join(', ') ?? 'key';
  switch (plan.spec.target.mode) {
    case 'insert':
      return `A record whose ${key} is already there is set aside; no row of others is changed.`;
    case 'upsert':
      return `A row with the same ${key} is updated; its old content is kept for the way back.`;
    case 'replace':
      return `A row with the same ${key} is replaced; its old content is kept for the way back.`;
  }
}

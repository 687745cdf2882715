import { duration, figure } from '#shared/model/figures.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import { findRun, isInterrupted } from '../../run/run-lock.ts';
import { outcomeName } from '../../validation/report/outcome-name.ts';
import { type RunFacts, readRunFacts } from '../../validation/report/run-facts.ts';
import { shortHash, utc } from '../../validation/report/words.ts';
import { workedMs } from './run-list.ts';

export type Comparison = { what: string; left: string; right: string; same: boolean };

/** Two runs side by side, from the journal. A figure that one of them does not have is empty. */
export function compareRuns(context: EngineContext, left: string, right: string): Comparison[] {
  const [a, b] = [left, right].map((id) => {
    const run = findRun(context, id);
    return readRunFacts(context.journal, run, isInterrupted(run, context.environment.identity));
  }) as [RunFacts, RunFacts];
  const rows = [
    ...general.map(([what, of]) => compared(what, of(a, context), of(b, context))),
    ...union(a.steps, b.steps, (step) => step.record.id).flatMap((id) => stepRows(id, a, b)),
    ...union(reasonCounts(context, left), reasonCounts(context, right), ([name]) => name).map((name) =>
      compared(`Set aside: ${name}`, reasonCount(context, left, name), reasonCount(context, right, name)),
    ),
  ];
  return rows;
}

const general: readonly (readonly [string, (facts: RunFacts, context: EngineContext) => string])[] = [
  ['Outcome', ({ run }) => outcomeName(run.outcome)],
  ['Bundle', ({ run }) => `${run.profile_id} ${run.profile_version}`],
  ['Bundle content', ({ run }) => shortHash(run.bundle_hash)],
  ['Plan', ({ run }) => (run.plan_hash === null ? '' : shortHash(run.plan_hash))],
  ['Overland', ({ run }) => run.engine_version],
  ['Person', ({ run }) => run.person],
  ['Machine', ({ run }) => run.machine],
  ['Started', ({ run }) => utc(run.started_at)],
  ['Took', ({ run }, context) => millis(workedMs(context, run.id))],
  ['Target', ({ target }) => target],
  ['Read', ({ counts }) => figure(counts.read)],
  ['Accepted', ({ counts }) => figure(counts.accepted)],
  ['Filtered', ({ counts }) => figure(counts.filtered)],
  ['Set aside', ({ setAside }) => figure(setAside.records + setAside.items)],
  ['Validation', ({ validation }) => (validation?.passed == null ? '' : validation.passed ? 'passed' : 'not passed')],
];

function stepRows(id: string, a: RunFacts, b: RunFacts): Comparison[] {
  const [left, right] = [a, b].map((facts) => facts.steps.find((step) => step.record.id === id));
  const read = (step: typeof left) => (step?.counts ? figure(step.counts.read) : '');
  const aside = (step: typeof left) => (step?.counts ? figure(step.setAside) : '');
  const took = (step: typeof left) => millis(step?.executedMs ?? null);
  return [
    compared(`${id}: read`, read(left), read(right)),
    compared(`${id}: set aside`, aside(left), aside(right)),
    compared(`${id}: took`, took(left), took(right)),
  ];
}

function reasonCounts(context: EngineContext, run: string): (readonly [string, number])[] {
  return context.journal.db
    .all<{ step: string; code: string; n: number }>(
      'SELECT step, code, count(*) AS n FROM quarantine WHERE run = ? GROUP BY step, code ORDER BY step, code',
      run,
    )
    .map(({ step, code, n }) => [`${code} in ${step}`, n] as const);
}

function reasonCount(context: EngineContext, run: string, name: string): string {
  return figure(reasonCounts(context, run).find(([one]) => one === name)?.[1] ?? 0);
}

function union<T>(a: readonly T[], b: readonly T[], key: (one: T) => string): string[] {
  return [...new Set([...a, ...b].map(key))];
}

function compared(what: string, left: string, right: string): Comparison {
  return { what, left, right, same: left === right };
}

function millis(value: number | null): string {
  return value === null ? '' : duration(value);
}

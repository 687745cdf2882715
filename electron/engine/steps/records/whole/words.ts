import type { StepWords } from '../../step-kind.ts';
import type { WholeSpec } from './spec-types.ts';

export function describeWhole(spec: WholeSpec): StepWords {
  const { source, target } = spec;
  const from = source.schema === null ? source.connection : `${source.connection}.${source.schema}`;
  const to = target.schema === null ? target.connection : `${target.connection}.${target.schema}`;
  return { from, to, words: `${verbs[target.mode]} ${tablesText(spec)} of ${from} in ${to}.`, undo: spec.undo };
}

/** `every table`, `every table but tmp_*`, `orders and items`. */
function tablesText({ source }: WholeSpec): string {
  const named = source.tables.includes('*') ? 'every table' : source.tables.join(', ');
  return source.except.length === 0 ? named : `${named} but ${source.except.join(', ')}`;
}

const verbs = {
  create: 'Makes and fills',
  insert: 'Adds the rows of',
  upsert: 'Inserts or updates the rows of',
  replace: 'Inserts or replaces the rows of',
} as const;

export const wholeCommitText =
  'Each range of a table is one transaction: its rows, its counts and its mark as done commit together. A range that was committed is never written again.';
export const wholeProbeText =
  'Rows as in a transaction each: rows, counts and mark as done commit together. This engine commits each change of a structure by itself, so after a crash it is looked at what is there.';

import type { RelationalSession } from '../../../drivers/relational.ts';
import type { StepWords } from '../step-kind.ts';
import type { RecordsSpec } from './spec.ts';

export function describeRecords(spec: RecordsSpec): StepWords {
  const { source, target, outputs } = spec;
  const from = source.from.kind === 'table' ? source.from.table : source.from.file;
  const tables = outputs.map((output) => output.table);
  const modes = { insert: 'inserts into', upsert: 'inserts or updates', replace: 'inserts or replaces' } as const;
  return {
    from: `${source.connection}.${from}`,
    to: `${target.connection}: ${fewOf(tables)}`,
    words: `Reads ${from} and ${modes[target.mode]} ${listed(tables)}.`,
    undo: spec.undo,
  };
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** One line for a table: the name of one, the number of more. */
export function fewOf(tables: readonly string[]): string {
  return tables.length > 1 ? `${tables.length} tables` : tables.join(', ');
}

export const recordsCommitText =
  'Each chunk is one transaction: its rows, its counts and its mark as done commit together. A chunk that was committed is never written again.';

/** How the source is kept from being changed by us. */
export function readByText(source: RelationalSession): string {
  const how = {
    role: 'read by a role that can only read',
    session: 'read in a read-only session',
    file: 'file opened read-only',
    copy: 'read from a private copy of the file',
  } as const;
  return how[source.can.readOnlyBy];
}

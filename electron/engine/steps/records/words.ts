import type { StepWords } from '../step-kind.ts';
import type { RecordsSpec } from './spec.ts';

export function describeRecords(spec: RecordsSpec): StepWords {
  const { source, target, outputs } = spec;
  const from = source.from.kind === 'table' ? source.from.table : source.from.file;
  const to = outputs.map((output) => output.table).join(', ');
  const modes = { insert: 'Inserts', upsert: 'Inserts or updates', replace: 'Inserts or replaces' } as const;
  return {
    from: `${source.connection}.${from}`,
    to: `${target.connection}: ${to}`,
    words: `Reads ${from} and maps each record to ${to}. ${modes[target.mode]}; what cannot be written is set aside with its reason.`,
    undo: spec.undo,
  };
}

export const recordsCommitText =
  'Each chunk is one transaction: its rows, its counts and its mark as done commit together. A chunk that was committed is never written again.';

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

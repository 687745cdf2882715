import type { DryRunView } from '#shared/contract/dry-run.ts';

export type Sample = DryRunView['samples'][number];
type Line = { readonly name: string; readonly value: string | null };

/**
 * A record before and after as two texts whose lines a comparison aligns: what comes from a
 * source field stands first and in its order, what is new comes after it, values are padded to a column.
 */
export function sampleTexts(sample: Sample): { readonly before: string; readonly after: string } {
  const [first, ...others] = sample.outputs;
  const fields = first?.fields ?? [];
  const right: readonly Line[] = [
    ...fields.filter(({ from }) => from !== null),
    ...fields.filter(({ from }) => from === null),
  ];
  const left = orderLike(sample, fields);
  const indented = others.flatMap((output) => output.fields.map((field) => field.name.length + 2));
  const width = Math.max(0, ...[...left, ...right].map((line) => line.name.length), ...indented) + 2;
  const text = (lines: readonly Line[]) => lines.map((line) => `${line.name.padEnd(width)}${shown(line.value)}`);
  const more = others.flatMap((output) => [
    '',
    `+ ${output.table}`,
    ...text(output.fields.map((field) => ({ name: `  ${field.name}`, value: field.value }))),
  ]);
  return { before: text(left).join('\n'), after: [...text(right), ...more].join('\n') };
}

/** Source fields in the order in which the output takes them; what it does not take comes last. */
function orderLike(sample: Sample, fields: readonly { readonly from: string | null }[]): readonly Line[] {
  const taken = fields
    .map((field) => sample.source.fields.find((source) => source.name === field.from))
    .filter((source) => source !== undefined);
  const ordered = [...new Set(taken)];
  return [...ordered, ...sample.source.fields.filter((source) => !ordered.includes(source))];
}

/** NULL is written as such; control characters are made visible, a line break stays within its line. */
function shown(value: string | null): string {
  if (value === null) return 'NULL';
  return value
    .replace(/\n/g, '↵')
    .replace(/\r/g, '␍')
    .replace(/\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

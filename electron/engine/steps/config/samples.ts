import type { DryRunSample } from '../step-kind.ts';
import type { Converted } from './convert-file.ts';
import type { ConfigSpec } from './spec-types.ts';

const mostCharacters = 64 * 1024;

/** A file before and after: its text, and its effective values side by side. */
export function sampleOf({ source, target, before, after, changes, anew }: Converted, spec: ConfigSpec): DryRunSample {
  const text = { before: before.slice(0, mostCharacters), after: after.slice(0, mostCharacters) };
  return {
    key: source,
    picked: anew ? 'written anew' : 'changed where it stands',
    source: {
      object: source,
      fields: changes.filter(({ from }) => from !== null).map(({ key, from }) => ({ name: key, value: from })),
    },
    outputs: [
      {
        table: `${spec.target.connection} / ${target}`,
        fields: changes
          .filter(({ to }) => to !== null)
          .map(({ key, from, to }) => ({
            name: key,
            value: to,
            change: from === null ? ('new' as const) : ('changed' as const),
            from: from === null ? null : key,
          })),
      },
    ],
    text,
  };
}

import { parseKey } from '../../profile/key-path.ts';
import { profileName } from '../../profile/load-profile.ts';
import { parseToml, type TomlTable } from '../../profile/toml-source.ts';
import type { QuarantineRecordRow } from '../../run/journal/rows.ts';
import { at, entries, isTable } from './toml-walk.ts';

type SetAside = Pick<QuarantineRecordRow, 'step' | 'rule' | 'output' | 'column_name'>;
export type DecidingColumns = (row: SetAside) => readonly string[];

/**
 * Source columns that a rule reads, in the order of its text: those that it names, those by which it looks up what it names, and
 * for an output column those that it is made of. The profile is parsed once; each rule is looked at once.
 */
export function decidingColumnsOf(source: string): DecidingColumns {
  const toml = parseToml(source, profileName);
  if ('problem' in toml) return () => [];
  const known = new Map<string, readonly string[]>();
  return (row) => {
    const id = JSON.stringify([row.step, row.rule, row.output, row.column_name]);
    const columns = known.get(id) ?? [...new Set(textsOf(toml.value, row).flatMap(columnsIn))];
    known.set(id, columns);
    return columns;
  };
}

function textsOf(profile: TomlTable, { step, rule, output, column_name: column }: SetAside): string[] {
  const path = rule === null ? null : parseKey(rule);
  const decided = path === null || path[0] === 'maps' ? [] : strings(at(profile, path));
  const lookups = [at(profile, ['steps', step, 'lookups']), ...outputsOf(profile, step, output).map(lookupsIn)];
  const lookedUp = lookups.flatMap((table) =>
    entries(table).flatMap(([name, lookup]) =>
      decided.some((text) => new RegExp(`\\b${name}\\b`).test(text)) ? strings(at(lookup, ['on'])) : [],
    ),
  );
  const made =
    column === null ? [] : outputsOf(profile, step, output).flatMap((one) => strings(at(one, ['set', column])));
  const items =
    output === null ? [] : outputsOf(profile, step, output).flatMap((one) => strings(at(one, ['each', 'of'])));
  return [...decided, ...lookedUp, ...made, ...items];
}

/** The output that a row was meant for; all of the step for a whole record. */
function outputsOf(profile: TomlTable, step: string, output: string | null): unknown[] {
  const into = at(profile, ['steps', step, 'into']);
  return output === null ? entries(into).map(([, one]) => one) : [at(into, [output])];
}

function lookupsIn(output: unknown): unknown {
  return at(output, ['lookups']);
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(strings);
  return isTable(value) ? Object.values(value).flatMap(strings) : [];
}

function columnsIn(text: string): string[] {
  return [...text.matchAll(/\brow\.([A-Za-z_]\w*)/g)].map((found) => found[1] ?? '');
}

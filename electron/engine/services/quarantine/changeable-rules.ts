import type * as z from 'zod';
import type { rule as ruleSchema } from '#shared/contract/quarantine.ts';
import { type KeyPath, keyText, parseKey } from '../../profile/key-path.ts';
import { profileName } from '../../profile/load-profile.ts';
import { parseToml, type TomlTable } from '../../profile/toml-source.ts';
import { tomlText } from './toml-text.ts';
import { at, entries, isTable } from './toml-walk.ts';

export type Rule = z.infer<typeof ruleSchema>;

/**
 * The rules of a step that a replay may change, as they stand in the profile: reject conditions, set values, fan-out and the
 * maps that they use. The one that decided (`decided` is its key) and what it draws on come first.
 */
export function changeableRules(source: string, step: string, decided: string | null): Rule[] {
  const toml = parseToml(source, profileName);
  if ('problem' in toml) return [];
  const found = [...ofStep(toml.value, step), ...usedMaps(toml.value, step, decided)].map(
    ({ path, value }): Rule => ({
      key: keyText(path),
      file: profileName,
      line: toml.at.at(path)?.line ?? null,
      text: typeof value === 'string' && value.startsWith('=') ? value : tomlText(value),
      kind: path[0] === 'maps' ? 'map' : typeof value === 'string' && value.startsWith('=') ? 'expression' : 'value',
    }),
  );
  const first = decided === null ? null : decidingKeys(toml.value, decided);
  if (first === null) return found;
  return found.toSorted((a, b) => nearness(a.key, first) - nearness(b.key, first));
}

type Place = { readonly path: KeyPath; readonly value: unknown };

function ofStep(profile: TomlTable, id: string): Place[] {
  const base: KeyPath = ['steps', id];
  const step = at(profile, base);
  if (!isTable(step)) return [];
  const places: Place[] = [];
  if (step.where !== undefined) places.push({ path: [...base, 'where'], value: step.where });
  places.push(...rejectsOf(step, base));
  for (const [table, output] of entries(step.into)) {
    const into: KeyPath = [...base, 'into', table];
    if (!isTable(output)) continue;
    places.push(...rejectsOf(output, into));
    for (const [column, value] of entries(output.set)) places.push({ path: [...into, 'set', column], value });
    for (const [fan, keys] of [
      ['each', ['of', 'bad', 'repeated']],
      ['unpivot', ['rows', 'bad']],
    ] as const) {
      for (const [name, value] of entries(output[fan])) {
        if ((keys as readonly string[]).includes(name)) places.push({ path: [...into, fan, name], value });
      }
    }
  }
  return places;
}

function rejectsOf(table: TomlTable, base: KeyPath): Place[] {
  const rejects = table.reject;
  if (!Array.isArray(rejects)) return [];
  return rejects.flatMap((one, index) =>
    isTable(one) && one.when !== undefined ? [{ path: [...base, 'reject', index, 'when'], value: one.when }] : [],
  );
}

/** Maps that columns of the step name, and one that decided by itself. */
function usedMaps(profile: TomlTable, step: string, decided: string | null): Place[] {
  const names = new Set(ofStep(profile, step).flatMap(({ value }) => mapOf(value)));
  const path = decided === null ? null : parseKey(decided);
  if (path?.[0] === 'maps' && typeof path[1] === 'string') names.add(path[1]);
  return [...names].flatMap((name) => {
    const value = at(profile, ['maps', name]);
    return isTable(value) ? [{ path: ['maps', name], value }] : [];
  });
}

function mapOf(value: unknown): string[] {
  return isTable(value) && typeof value.map === 'string' ? [value.map] : [];
}

/** The key that decided, and the map that it draws on. */
function decidingKeys(profile: TomlTable, decided: string): readonly string[] {
  const path = parseKey(decided);
  if (path === null) return [decided];
  for (let length = path.length; length > 0; length -= 1) {
    const [map] = mapOf(at(profile, path.slice(0, length)));
    if (map !== undefined) return [keyText(['maps', map]), decided];
  }
  return [decided];
}

/** 0 for what decided, more for the rest; rules of equal distance keep the order of the file. */
function nearness(key: string, deciding: readonly string[]): number {
  for (const [index, one] of deciding.entries()) {
    if (key === one || key.startsWith(`${one}.`) || one.startsWith(`${key}.`) || one.startsWith(`${key}[`))
      return index;
  }
  const table = deciding.at(-1)?.replace(/\.(set|each|unpivot|reject)\b.*$/, '');
  return table !== undefined && key.startsWith(`${table}.`) ? deciding.length : deciding.length + 1;
}

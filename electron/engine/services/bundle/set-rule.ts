import { join } from 'node:path';
import { parse, patch } from '@decimalturn/toml-patch';
import type { Services } from '#shared/contract/services.ts';
import { OverlandError } from '#shared/model/error.ts';
import { loadProfile, profileName } from '../../profile/load-profile.ts';
import { openBundle } from '../../profile/open-bundle.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import { isWhole } from '../../steps/records/whole/spec-shape.ts';
import { failed, invalidInput, messageOf } from '../failure.ts';
import { keyName, tomlText } from '../quarantine/toml-text.ts';
import { at, isTable } from '../quarantine/toml-walk.ts';
import { bundleFolder, overridesOf } from './bundle-folder.ts';

type SetRule = Services['bundle']['setRule'];
type Rule = Readonly<Record<string, string>>;

/** Shows, and on request writes, what a rule of `[steps.X.types]` changes in profile.toml. Comments and layout stay. */
export function setRule(context: EngineContext, bundle: Pick<Services['bundle'], 'open'>): SetRule {
  return async ({ path, step, place, rule, write }, call) => {
    const folder = await bundleFolder(context, path);
    const options = { kinds: context.kinds, overrides: overridesOf(context, folder) };
    const { source } = await openBundle(folder, options);
    if (!isWhole(at(parse(source), ['steps', step]))) {
      throw invalidInput('step', `Step ${step} has no rules of types.`, 'Only steps that copy whole tables have.');
    }
    const changed = withRule(source, step, place, rule);
    const loaded = await loadProfile(folder, { ...options, text: changed.text });
    if ('problems' in loaded) {
      throw new OverlandError('INVALID_INPUT', 'The profile does not take this rule.', {
        problems: [...loaded.problems],
      });
    }
    const shown = { line: `${keyName(place)} = ${tomlText(changed.rule)}`, before: source, after: changed.text };
    if (write === null) return { ...shown, bundle: null };
    if (write !== source) {
      throw invalidInput('write', 'profile.toml was changed meanwhile.', 'Look at the difference again.', profileName);
    }
    await replaceProfile(context, folder, changed.text);
    return { ...shown, bundle: await bundle.open({ path: folder }, call) };
  };
}

/** The text with the words of the rule laid over those that stand there; null takes a word out. */
function withRule(
  source: string,
  step: string,
  place: string,
  words: Readonly<Record<string, string | null>>,
): { readonly text: string; readonly rule: Rule } {
  const profile = parse(source) as Record<string, unknown>;
  const table = at(profile, ['steps', step]) as Record<string, unknown>;
  const types = isTable(table['types']) ? (table['types'] as Record<string, unknown>) : {};
  const before = (isTable(types[place]) ? types[place] : {}) as Rule;
  const rule = Object.fromEntries(
    Object.entries({ ...before, ...words }).filter((entry): entry is [string, string] => entry[1] !== null),
  );
  if (Object.keys(rule).length === 0) delete types[place];
  else types[place] = rule;
  if (Object.keys(types).length === 0) delete table['types'];
  else table['types'] = types;
  return { text: patch(source, profile), rule };
}

/** In place of the old file, with its mode; a folder that may not be written stays as it is. */
async function replaceProfile({ environment: { fs } }: EngineContext, folder: string, text: string): Promise<void> {
  const file = join(folder, profileName);
  const mode = (await fs.stat(file))?.mode;
  try {
    await fs.writeDurable(file, text, mode === undefined ? undefined : mode & 0o777);
  } catch (error) {
    throw failed(
      'not_writable',
      `profile.toml cannot be written: ${messageOf(error)}.`,
      {
        path: file,
        suggestion: 'Give the line to the team that wrote the bundle, or copy the bundle to a folder of yours.',
      },
      error,
    );
  }
}

import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Problem } from '#shared/model/finding.ts';
import type { StepKind } from '../steps/step-kind.ts';
import { sentence } from '../values/sentence.ts';
import { applyChanges, type ProfileChange } from './apply-changes.ts';
import { decodeText } from './decode-text.ts';
import { parseConnections } from './parse-connections.ts';
import { parseRules, parseSteps } from './parse-steps.ts';
import { toPolicy } from './policy.ts';
import { inFileOrder, ProblemList } from './problems.ts';
import type { BundleFiles, Overrides, Profile } from './profile.ts';
import { readBundle } from './read-bundle.ts';
import { type ProfileShape, profileShape } from './shape.ts';
import { didYouMean } from './suggest.ts';
import { parseToml, type TomlTable } from './toml-source.ts';

export const profileName = 'profile.toml';
const maxProfileBytes = 1024 ** 2;

export type LoadOptions = {
  readonly kinds: ReadonlyMap<string, StepKind>;
  /** Connection fields set on this machine. */
  readonly overrides?: Overrides;
  /** Rules changed for a replay; the files stay as they are. */
  readonly changes?: readonly ProfileChange[];
  /** Text that is tried in the place of profile.toml. */
  readonly text?: string;
};

export type LoadedProfile = {
  readonly profile: Profile;
  readonly files: BundleFiles;
  /** The bundle's, see `BundleFiles.hash`. */
  readonly hash: string;
  /** Text of profile.toml, without a byte order mark. */
  readonly source: string;
};

/** Reads and parses a bundle: `path` is its folder or its profile.toml. All problems together, in the order of the file. */
export async function loadProfile(
  path: string,
  options: LoadOptions,
): Promise<LoadedProfile | { readonly problems: readonly Problem[] }> {
  const folder = basename(path) === profileName ? dirname(resolve(path)) : resolve(path);
  const read = options.text === undefined ? await readProfile(folder) : { text: options.text };
  if ('problem' in read) return { problems: [read.problem] };
  const toml = parseToml(read.text, profileName);
  if ('problem' in toml) return { problems: [toml.problem] };
  const problems = new ProblemList(profileName, toml.at);
  const raw = applyChanges(toml.value, options.changes ?? [], problems);
  const bundle = await readBundle(folder, dataPaths(raw, options.overrides ?? {}));
  if ('problems' in bundle) return { problems: bundle.problems };
  const profile = parseProfile(raw, bundle.files, toml.at, problems, options);
  if (!profile) return { problems: inFileOrder(problems.all) };
  return { profile, files: bundle.files, hash: bundle.files.hash, source: read.text };
}

function parseProfile(
  raw: TomlTable,
  files: BundleFiles,
  at: Parameters<typeof parseSteps>[0]['at'],
  problems: ProblemList,
  { kinds, overrides = {} }: LoadOptions,
): Profile | null {
  const parsed = profileShape.safeParse(raw);
  if (!parsed.success) problems.addIssues(parsed.error, profileShape, raw);
  const connections = parseConnections(tableAt(raw, 'connections'), overrides, problems);
  const names = new Set(Object.keys(tableAt(raw, 'connections')));
  // What is sound of a profile that is not is looked at all the same, so that all problems are told at once.
  const maps = partOf('maps', raw) ?? {};
  const constants = partOf('constants', raw) ?? {};
  const steps = parseSteps({
    raw: tableAt(raw, 'steps'),
    at,
    problems,
    kinds,
    connections,
    context: { connections: names, maps, constants, files, file: profileName },
  });
  const rules = parseRules(partOf('rules', raw) ?? {}, names, files, problems);
  checkReferences(partOf('policy', raw)?.sensitive ?? [], partOf('not_carried', raw) ?? {}, names, problems);
  if (!parsed.success || !problems.none) return null;
  const { data } = parsed;
  return {
    format: 1,
    id: data.id,
    version: data.version,
    title: data.title ?? data.id,
    description: data.description.trim(),
    author: data.author ?? null,
    reviewed: data.reviewed ?? null,
    constants,
    connections,
    policy: toPolicy(data.policy),
    sensitive: new Set(data.policy.sensitive),
    notCarried: new Map(Object.entries(data.not_carried)),
    maps,
    steps,
    rules,
  };
}

function partOf<K extends keyof ProfileShape>(key: K, raw: TomlTable): ProfileShape[K] | undefined {
  return profileShape.shape[key].safeParse(raw[key]).data as ProfileShape[K] | undefined;
}

/** Columns named by connection and table begin with a connection that is there. */
function checkReferences(
  sensitive: readonly string[],
  notCarried: Readonly<Record<string, string>>,
  names: ReadonlySet<string>,
  problems: ProblemList,
): void {
  const check = (text: string, path: readonly (string | number)[], parts: readonly number[]): void => {
    const [connection = '', ...rest] = text.split('.');
    if (!names.has(connection)) {
      problems.add(path, `There is no connection \`${connection}\``, didYouMean(connection, names));
    } else if (!parts.includes(rest.length + 1) || rest.includes('')) {
      const advice = 'Write "connection.table" or "connection.table.column".';
      problems.add(path, `\`${text}\` does not name a table or column`, advice);
    }
  };
  sensitive.forEach((text, index) => {
    check(text, ['policy', 'sensitive', index], [3]);
  });
  for (const text of Object.keys(notCarried)) check(text, ['not_carried', text], [2, 3]);
}

async function readProfile(folder: string): Promise<{ readonly text: string } | { readonly problem: Problem }> {
  const file = join(folder, profileName);
  const problem = (message: string, advice: string): { readonly problem: Problem } => ({
    problem: { file: profileName, line: null, column: null, key: null, message: sentence(message), advice },
  });
  const found = await stat(folder).catch(() => null);
  if (!found) return problem(`There is no folder ${folder}`, 'Check the path.');
  if (!found.isDirectory())
    return problem(`${folder} is a file, not a bundle`, 'A bundle is a folder with a profile.toml.');
  const info = await stat(file).catch(() => null);
  if (!info?.isFile())
    return problem(
      'The folder has no profile.toml',
      'Open the folder of a bundle, or make a sample with `overland init`.',
    );
  if (info.size > maxProfileBytes) {
    return problem(`The file has ${info.size} bytes, more than 1 MiB`, 'Put long texts into files of the bundle.');
  }
  const bytes = await readFile(file).catch((error: Error) => error);
  if (bytes instanceof Error) return problem(`The file cannot be read: ${bytes.message}`, 'Check its permissions.');
  const decoded = decodeText(bytes);
  return 'text' in decoded ? { text: decoded.text } : problem(decoded.fault, decoded.advice);
}

/** Files that connections point to, as the profile and as this machine have them. */
function dataPaths(raw: TomlTable, overrides: Overrides): string[] {
  const given = Object.values(tableAt(raw, 'connections')).map((one) => (one as { path?: unknown } | null)?.path);
  const set = Object.values(overrides).map((fields) => fields['path']);
  return [...given, ...set].filter((path): path is string => typeof path === 'string' && path !== '' && path !== '.');
}

function tableAt(raw: TomlTable, key: string): Readonly<Record<string, unknown>> {
  const value = raw[key];
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

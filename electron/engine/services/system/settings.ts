import { type Settings, settings as settingsSchema } from '#shared/contract/system.ts';
import { OverlandError } from '#shared/model/error.ts';
import type { Problem } from '#shared/model/finding.ts';
import type { Environment } from '../../../platform/environment.ts';
import { invalidInput, messageOf } from '../failure.ts';

export const defaultSettings: Settings = {
  theme: 'system',
  timeZone: 'local',
  numberFormat: '1,234,567.8',
  notifyStops: true,
  notifyWindow: true,
  notifyPhases: false,
  keepAwake: true,
  continueWhenClosed: true,
  pointsFolder: null,
};

const stored = settingsSchema.partial().strict();
const advice = 'Correct the key, or delete the file: all settings then have their defaults.';

/**
 * The settings of this machine, `settings.json` in the data folder; what it does not name has its default. A file that is not
 * JSON, or names an unknown key or value, fails with INVALID_INPUT and all problems: it is never overwritten or half read.
 */
export async function loadSettings(environment: Pick<Environment, 'fs' | 'paths'>): Promise<Settings> {
  const file = environment.paths.settings;
  if (!(await environment.fs.exists(file))) return defaultSettings;
  let raw: unknown;
  try {
    raw = JSON.parse(await environment.fs.readText(file));
  } catch (error) {
    throw refused(file, [{ key: null, message: `The file cannot be read as JSON: ${messageOf(error)}` }]);
  }
  const parsed = stored.safeParse(raw);
  if (!parsed.success) throw refused(file, parsed.error.issues.flatMap(problemsOf));
  return { ...defaultSettings, ...withoutUndefined(parsed.data) };
}

/** Writes the changed settings durably and returns all of them. */
export async function saveSettings(
  environment: Pick<Environment, 'fs' | 'paths'>,
  change: Partial<Settings>,
): Promise<Settings> {
  if (change.pointsFolder != null) await checkPointsFolder(environment, change.pointsFolder);
  const next: Settings = { ...(await loadSettings(environment)), ...withoutUndefined(change) };
  await environment.fs.writeDurable(environment.paths.settings, `${JSON.stringify(next, null, 2)}\n`);
  return next;
}

async function checkPointsFolder(environment: Pick<Environment, 'fs'>, folder: string): Promise<void> {
  const stat = await environment.fs.stat(folder);
  if (stat?.kind === 'folder') return;
  throw invalidInput(
    'pointsFolder',
    stat === null ? `There is no folder ${folder}.` : `${folder} is not a folder.`,
    'Choose a folder that exists; rollback points of later runs are kept in it.',
  );
}

type Issue = { readonly key: string | null; readonly message: string };

function problemsOf(issue: {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}): Issue[] {
  if (issue.code === 'unrecognized_keys') {
    return (issue.keys ?? []).map((key) => ({ key, message: `Unknown setting ${key}.` }));
  }
  const key = issue.path.map(String).join('.') || null;
  return [{ key, message: key === null ? issue.message : `Setting ${key}: ${issue.message}.` }];
}

function refused(file: string, issues: readonly Issue[]): OverlandError<'INVALID_INPUT'> {
  const problems: Problem[] = issues.map(({ key, message }) => ({
    file,
    line: null,
    column: null,
    key,
    message,
    advice,
  }));
  return new OverlandError('INVALID_INPUT', `The settings in ${file} cannot be used.`, { problems }, { advice });
}

function withoutUndefined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

import { createHash } from 'node:crypto';
import type { Problem } from '#shared/model/finding.ts';
import type { BundleFiles } from '../../profile/profile.ts';
import { readJsonMigration } from './migration-json.ts';
import { orderMigrations } from './migration-order.ts';
import { compareText, problemAt } from './migration-problem.ts';
import { readSections, readWhole, type Script } from './migration-sections.ts';

/** One migration of a bundle, both directions. */
export type Migration = {
  /** The digits in front of the name, `001`, or the id that a JSON file gives. */
  readonly id: string;
  readonly name: string;
  /** What a person reads: `001_create_tables`. */
  readonly title: string;
  readonly description: string | null;
  /** File of the up script in the bundle, and the line before its first one (a section of a file starts later). */
  readonly file: string;
  readonly upOffset: number;
  readonly up: string;
  readonly downFile: string | null;
  readonly downOffset: number;
  /** Null when there is no way back. */
  readonly down: string | null;
  /** The scripts are values in a JSON file: their lines are not those of the file. */
  readonly inJson: boolean;
  /** Declared: its statements are not one transaction. */
  readonly noTransaction: { readonly up: boolean; readonly down: boolean };
  readonly needs: readonly string[];
  readonly needsLine: number | null;
  /** sha256 of the up script; the same for any line ending and any trailing space. */
  readonly checksum: string;
};

const namePattern = /^(\d+)[_-](.+?)(?:\.(up|down))?\.sql$/;
const needsPattern = /^--\s*needs:\s*(.*)$/i;
const engines = ['sqlite', 'postgres', 'mysql'] as const;

/**
 * The folder in which the migrations for an engine lie: `<folder>/<engine>` where there is one, else the folder itself, else
 * `<folder>/common`. Null when none holds a migration.
 */
export function migrationsFolder(files: BundleFiles, folder: string, engine: string): string | null {
  const plain = folder.replace(/\/+$/, '');
  const places = [`${plain}/${engine}`, plain, `${plain}/common`];
  return places.find((place) => files.list(place).some(isMigrationFile)) ?? null;
}

/** Engines that the folder has a folder of their own for. */
export function dialectsOf(files: BundleFiles, folder: string): string[] {
  return engines.filter((engine) => files.list(`${folder.replace(/\/+$/, '')}/${engine}`).some(isMigrationFile));
}

/**
 * Reads the migrations of a folder, in the order in which they run: by what they need, then by number. A migration is
 * `NNN_name.up.sql` with `NNN_name.down.sql`, one `NNN_name.sql` with a section for each direction, or a JSON file.
 */
export function readMigrations(
  files: BundleFiles,
  folder: string,
): { readonly migrations: readonly Migration[] } | { readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const drafts = new Map<string, Draft>();
  const found: Migration[] = [];
  for (const file of [...files.list(folder)].sort(compareText)) {
    if (!isMigrationFile(file)) continue;
    const text = files.text(file);
    if (text === null) problems.push(problemAt(file, null, `${file} is not text in UTF-8.`, 'Save it as UTF-8.'));
    else if (file.endsWith('.json')) addJson(file, text, found, problems);
    else problems.push(...addFile(file, text, drafts));
  }
  for (const draft of drafts.values()) {
    const migration = complete(draft);
    if ('message' in migration) problems.push(migration);
    else found.push(migration);
  }
  if (found.length === 0 && problems.length === 0) {
    const advice = 'Add a file such as 001_create_tables.up.sql.';
    problems.push(problemAt(folder, null, `The folder ${folder} holds no migration.`, advice));
  }
  const ordered = orderMigrations(found);
  if (problems.length === 0) return ordered;
  return { problems: [...problems, ...('problems' in ordered ? ordered.problems : [])] };
}

/** sha256 of a script as the tracking table keeps it: LF line ends, no space at the end of a line or of the file. */
export function scriptChecksum(text: string): string {
  const normal = text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd();
  return createHash('sha256').update(normal, 'utf8').digest('hex');
}

type Draft = { readonly id: string; readonly name: string; up: Script | null; down: Script | null };

function isMigrationFile(file: string): boolean {
  return /\.(?:sql|json)$/.test(file);
}

function addJson(file: string, text: string, found: Migration[], problems: Problem[]): void {
  const read = readJsonMigration(file, text);
  if ('problems' in read) {
    problems.push(...read.problems);
    return;
  }
  const { id, name, description, up, down, needs, needsLine } = read.migration;
  if (isEmptyScript(up.text)) {
    problems.push(problemAt(file, up.offset + 1, `The sql of migration ${id} holds no statement.`, null));
    return;
  }
  found.push({ ...fromScripts({ id, name, up, down }), title: id, description, needs, needsLine });
}

function addFile(file: string, raw: string, drafts: Map<string, Draft>): Problem[] {
  const match = namePattern.exec(file.slice(file.lastIndexOf('/') + 1));
  if (!match) {
    const advice = 'Name it NNN_name.up.sql, NNN_name.down.sql or NNN_name.sql.';
    return [problemAt(file, null, `${file} has no number in front of its name.`, advice)];
  }
  const id = match[1]!;
  const name = match[2]!;
  const text = raw.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const scripts = scriptsOf(file, text, match[3] as 'up' | 'down' | undefined);
  if ('problem' in scripts) return [scripts.problem];
  const draft = drafts.get(`${id}_${name}`) ?? { id, name, up: null, down: null };
  drafts.set(`${id}_${name}`, draft);
  for (const way of ['up', 'down'] as const) {
    const script = scripts[way];
    if (!script) continue;
    if (draft[way]) {
      const message = `Migration ${id}_${name} has two ${way} scripts: ${draft[way].file} and ${file}.`;
      return [problemAt(file, null, message, 'Keep one of them.')];
    }
    draft[way] = script;
  }
  return [];
}

function scriptsOf(file: string, text: string, way: 'up' | 'down' | undefined): ReturnType<typeof readSections> {
  if (way === undefined) return readSections(file, text);
  const whole = readWhole(file, text);
  return 'problem' in whole ? whole : { [way]: whole.script };
}

function complete(draft: Draft): Migration | Problem {
  const { id, name, up, down } = draft;
  if (!up) {
    return problemAt(
      down!.file,
      null,
      `Migration ${id}_${name} has a down script but no up script.`,
      `Add ${id}_${name}.up.sql, or remove ${down!.file}.`,
    );
  }
  if (isEmptyScript(up.text)) {
    return problemAt(up.file, up.offset + 1, `The up script of migration ${id}_${name} holds no statement.`, null);
  }
  const lines = up.text.split('\n');
  const needsAt = lines.findIndex((line) => needsPattern.test(line.trim()));
  return {
    ...fromScripts({ id, name, up, down }),
    title: `${id}_${name}`,
    description: null,
    needs: lines.flatMap((line) => {
      const match = needsPattern.exec(line.trim());
      return match ? match[1]!.split(/[\s,]+/).filter((one) => one !== '') : [];
    }),
    needsLine: needsAt < 0 ? null : up.offset + needsAt + 1,
  };
}

function fromScripts(parts: { id: string; name: string; up: Script; down: Script | null }) {
  const { id, name, up, down } = parts;
  return {
    id,
    name,
    file: up.file,
    upOffset: up.offset,
    up: up.text,
    downFile: down?.file ?? null,
    downOffset: down?.offset ?? 0,
    down: down && !isEmptyScript(down.text) ? down.text : null,
    inJson: up.inJson,
    noTransaction: { up: up.noTransaction, down: down?.noTransaction ?? false },
    checksum: scriptChecksum(up.text),
  };
}

/** Only comments and blank lines; a migration without statements has no effect that could be undone. */
function isEmptyScript(text: string): boolean {
  return text
    .replace(/\/\*(?!M?!)[\s\S]*?\*\//g, '')
    .split('\n')
    .every((line) => line.trim() === '' || line.trim().startsWith('--') || line.trim() === ';');
}

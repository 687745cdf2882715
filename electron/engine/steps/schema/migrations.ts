import { createHash } from 'node:crypto';
import type { Problem } from '#shared/model/finding.ts';
import type { BundleFiles } from '../../profile/profile.ts';

/** One numbered migration of a bundle, both directions. */
export type Migration = {
  /** The digits in front of the name: `001`. */
  readonly id: string;
  readonly name: string;
  /** File of the up script in the bundle, and the line before its first one (a section of a file starts later). */
  readonly file: string;
  readonly upOffset: number;
  readonly up: string;
  readonly downFile: string | null;
  readonly downOffset: number;
  /** Null when there is no way back. */
  readonly down: string | null;
  readonly needs: readonly string[];
  /** sha256 of the up script; the same for any line ending and any trailing space. */
  readonly checksum: string;
};

const namePattern = /^(\d+)[_-](.+?)(?:\.(up|down))?\.sql$/;
const sectionPattern = /^--\s*(up|down)\s*$/i;
const needsPattern = /^--\s*needs:\s*(.*)$/i;

/**
 * Reads the migrations of a folder, in the order in which they run: by `-- needs:`, then by number.
 * A migration is `NNN_name.up.sql` with `NNN_name.down.sql`, or one `NNN_name.sql` with the sections `-- up` and `-- down`.
 */
export function readMigrations(
  files: BundleFiles,
  folder: string,
): { readonly migrations: readonly Migration[] } | { readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const drafts = new Map<string, Draft>();
  for (const file of [...files.list(folder)].sort(compareText)) {
    if (!file.endsWith('.sql')) continue;
    const problem = addFile(files, file, drafts);
    if (problem) problems.push(problem);
  }
  const found = [...drafts.values()].flatMap((draft) => {
    const migration = complete(draft);
    if ('message' in migration) problems.push(migration);
    return 'message' in migration ? [] : [migration];
  });
  if (drafts.size === 0 && problems.length === 0) {
    problems.push({
      file: folder,
      line: null,
      column: null,
      key: null,
      message: `The folder ${folder} holds no migration.`,
      advice: 'Add a file such as 001_create_tables.up.sql.',
    });
  }
  problems.push(...sameNumbers(found), ...unknownNeeds(found, files));
  const ordered = problems.length === 0 ? inOrder(found) : { cycle: null };
  if ('migrations' in ordered) return ordered;
  if (ordered.cycle) problems.push(cycleProblem(ordered.cycle, found, files));
  return { problems };
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

type Script = { readonly file: string; readonly offset: number; readonly text: string };
type Draft = { readonly id: string; readonly name: string; up: Script | null; down: Script | null };

function addFile(files: BundleFiles, file: string, drafts: Map<string, Draft>): Problem | null {
  const match = namePattern.exec(file.slice(file.lastIndexOf('/') + 1));
  if (!match) {
    return problemAt(
      file,
      null,
      `${file} has no number in front of its name.`,
      'Name it NNN_name.up.sql, NNN_name.down.sql or NNN_name.sql.',
    );
  }
  const id = match[1]!;
  const name = match[2]!;
  const text = (files.text(file) ?? '').replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const scripts =
    match[3] === undefined ? sections(file, text) : { [match[3] as 'up' | 'down']: { file, offset: 0, text } };
  if ('line' in scripts) return scripts;
  const draft = drafts.get(`${id}_${name}`) ?? { id, name, up: null, down: null };
  drafts.set(`${id}_${name}`, draft);
  for (const way of ['up', 'down'] as const) {
    const script = scripts[way];
    if (!script) continue;
    if (draft[way]) {
      return problemAt(
        file,
        null,
        `Migration ${id}_${name} has two ${way} scripts: ${draft[way].file} and ${file}.`,
        'Keep one of them.',
      );
    }
    draft[way] = script;
  }
  return null;
}

function sections(file: string, text: string): { up?: Script; down?: Script } | Problem {
  const lines = text.split('\n');
  const marks = lines.flatMap((line, index) => {
    const match = sectionPattern.exec(line.trim());
    return match ? [{ way: match[1]!.toLowerCase() as 'up' | 'down', index }] : [];
  });
  if (marks.length === 0) {
    return problemAt(
      file,
      1,
      `${file} has neither a section "-- up" nor a section "-- down".`,
      'Begin each direction with a line of its own: -- up, then -- down.',
    );
  }
  const found: { up?: Script; down?: Script } = {};
  for (const [at, mark] of marks.entries()) {
    if (found[mark.way]) {
      return problemAt(
        file,
        mark.index + 1,
        `${file} has a second section "-- ${mark.way}".`,
        'Join the two sections.',
      );
    }
    const end = marks[at + 1]?.index ?? lines.length;
    // What stands above the first section (a header with `needs`, a licence) belongs to it.
    const start = at === 0 ? 0 : mark.index + 1;
    found[mark.way] = { file, offset: start, text: lines.slice(start, end).join('\n') };
  }
  return found;
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
  return {
    id,
    name,
    file: up.file,
    upOffset: up.offset,
    up: up.text,
    downFile: down?.file ?? null,
    downOffset: down?.offset ?? 0,
    down: down && !isEmptyScript(down.text) ? down.text : null,
    needs: neededIds(up.text),
    checksum: scriptChecksum(up.text),
  };
}

/** Only comments and blank lines; a migration without statements has no effect that could be undone. */
function isEmptyScript(text: string): boolean {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .split('\n')
    .every((line) => line.trim() === '' || line.trim().startsWith('--'));
}

function neededIds(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const match = needsPattern.exec(line.trim());
    return match ? match[1]!.split(/[\s,]+/).filter((id) => id !== '') : [];
  });
}

function sameNumbers(migrations: readonly Migration[]): Problem[] {
  const first = new Map<bigint, Migration>();
  return migrations.flatMap((migration) => {
    const earlier = first.get(BigInt(migration.id));
    first.set(BigInt(migration.id), earlier ?? migration);
    if (!earlier) return [];
    return [
      problemAt(
        migration.file,
        null,
        `Migrations ${earlier.id}_${earlier.name} and ${migration.id}_${migration.name} have the same number.`,
        'Give each migration a number of its own.',
      ),
    ];
  });
}

function unknownNeeds(migrations: readonly Migration[], files: BundleFiles): Problem[] {
  const known = new Set(migrations.map((migration) => migration.id));
  return migrations.flatMap((migration) =>
    migration.needs
      .filter((id) => !known.has(id))
      .map((id) =>
        problemAt(
          migration.file,
          needsLine(migration, files),
          `Migration ${migration.id}_${migration.name} needs ${id}, which is not in the folder.`,
          `Known are ${[...known].join(', ')}.`,
        ),
      ),
  );
}

/** Kahn's order; among those that are free the smallest number goes first. */
function inOrder(
  migrations: readonly Migration[],
): { migrations: readonly Migration[] } | { cycle: readonly Migration[] } {
  const left = [...migrations].sort((a, b) => compareNumbers(a.id, b.id));
  const done = new Set<string>();
  const ordered: Migration[] = [];
  while (left.length > 0) {
    const at = left.findIndex((migration) => migration.needs.every((id) => done.has(id)));
    if (at < 0) return { cycle: left };
    const [next] = left.splice(at, 1);
    ordered.push(next!);
    done.add(next!.id);
  }
  return { migrations: ordered };
}

function cycleProblem(left: readonly Migration[], all: readonly Migration[], files: BundleFiles): Problem {
  const byId = new Map(all.map((migration) => [migration.id, migration]));
  const inCycle = new Set(left.map((migration) => migration.id));
  const path: string[] = [];
  let at = left[0]!;
  while (!path.includes(at.id)) {
    path.push(at.id);
    at = byId.get(at.needs.find((id) => inCycle.has(id))!)!;
  }
  const cycle = [...path.slice(path.indexOf(at.id)), at.id];
  return problemAt(
    at.file,
    needsLine(at, files),
    `The migrations need each other in a circle: ${cycle.join(' needs ')}.`,
    'Remove one of these "-- needs:" lines.',
  );
}

function needsLine(migration: Migration, files: BundleFiles): number | null {
  const lines = (files.text(migration.file) ?? '').replace(/\r\n?/g, '\n').split('\n');
  const index = lines.findIndex((line, at) => at >= migration.upOffset && needsPattern.test(line.trim()));
  return index < 0 ? null : index + 1;
}

function problemAt(file: string, line: number | null, message: string, advice: string | null): Problem {
  return { file, line, column: line === null ? null : 1, key: null, message, advice };
}

function compareNumbers(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import { posix } from 'node:path';
import { bytes as bytesText, counted } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { FolderSession } from '../../../drivers/files.ts';
import { foldersOf } from '../folder/missing-folders.ts';
import { nameClashes } from './name-clashes.ts';
import { isTaken, isWritten, type PlannedFile, type TakenFile } from './plan-types.ts';
import type { FilesSpec } from './spec-types.ts';

/** Targets that meet: one name for two files, names that are one where case does not count, a name that another needs as a folder. */
export function clashFindings(files: readonly PlannedFile[]): Finding[] {
  const taken = files.filter(isTaken);
  const sources = new Map<string, string[]>();
  for (const { source, target } of taken) sources.set(target, [...(sources.get(target) ?? []), source]);
  const folds = process.platform === 'win32' || process.platform === 'darwin';
  const told = new Set<string>();
  return nameClashes(taken.map(({ target }) => target)).flatMap((paths) => {
    const names = [...new Set(paths)];
    const key = names.join('\0');
    if (told.has(key)) return [];
    told.add(key);
    const [first = '', second] = names;
    const from = names.flatMap((name) => sources.get(name) ?? []).join(', ');
    if (second === undefined) return [clash('error', 'target_clash', `${from} would all become ${first}.`, first)];
    const isFolder = names.some((name) => names.some((other) => other.startsWith(`${name}/`)));
    if (isFolder)
      return [clash('error', 'target_clash', `${first} would be a file and the folder of ${second}.`, first)];
    const message = `${names.join(' and ')} differ only in case or in how letters are composed; on some systems they are one file.`;
    return [clash(folds ? 'error' : 'warning', 'name_clash', message, first)];
  });
}

function clash(severity: 'error' | 'warning', category: string, message: string, path: string): Finding {
  return makeFinding({ severity, category, message, path, suggestion: 'Tell them apart by `into`, or leave one out.' });
}

/** A target that another file is taken from: which is read first would be chance. */
export function crossingFindings({ source, target }: FilesSpec, files: readonly PlannedFile[]): Finding[] {
  if (source.connection !== target.connection) return [];
  const sources = new Set(files.map((file) => file.source));
  return files
    .filter(isWritten)
    .filter((file) => sources.has(file.target))
    .map((file) => {
      const message = `${file.source} would become ${file.target}, which is itself a source of this step.`;
      return clash('error', 'target_is_source', message, file.target);
    });
}

/** Names of models that no rule knows, each with the number of its files. */
export function unknownNameFindings(spec: FilesSpec, asked: ReadonlyMap<string, number>): Finding[] {
  return [...asked].map(([name, count]) =>
    makeFinding({
      severity: 'error',
      category: 'unknown_name',
      message: `${counted(count, 'file')} of ${name}: it has no new name.`,
      path: name,
      count,
      rule: `${spec.key}.names`,
      suggestion: `Add \`${name}\` to names, or say unknown_name = "keep" or "leave".`,
    }),
  );
}

/** A database whose log lies beside it has lately been written to, and is whole only together with it. */
export function openDatabaseFindings(files: readonly PlannedFile[]): Finding[] {
  const logs = new Set(
    files.filter(({ source, bytes }) => /-(?:wal|journal)$/.test(source) && bytes > 0).map((one) => one.source),
  );
  return files
    .filter(({ source }) => logs.has(`${source}-wal`) || logs.has(`${source}-journal`))
    .map(({ source }) =>
      makeFinding({
        severity: 'warning',
        category: 'file_in_use',
        message: `${source} looks like a database that a program holds open: its log lies beside it.`,
        path: source,
        suggestion: 'End the program first, so that the database is whole in its file.',
      }),
    );
}

/** Links that are kept and would lead to nothing at their new place. */
export async function danglingFindings(files: readonly PlannedFile[], to: FolderSession): Promise<Finding[]> {
  const targets = new Set(files.filter(isTaken).map(({ target }) => target));
  const folders = new Set([...targets].flatMap(foldersOf));
  const found: Finding[] = [];
  for (const { link, target, source } of files.filter(isTaken)) {
    if (link === null) continue;
    const leads = posix.join(posix.dirname(target), link).replace(/\/$/, '');
    if (targets.has(leads) || folders.has(leads) || (await to.stat(leads)) !== null) continue;
    found.push(
      makeFinding({
        severity: 'warning',
        category: 'link_dangling',
        message: `The link ${source} leads to ${link}, where nothing will be at its new place.`,
        path: source,
      }),
    );
  }
  return found;
}

export type Room = { readonly neededBytes: number; readonly findings: readonly Finding[] };

/** What has to be written at the target's volume, and what forbids it. */
export async function roomFor(
  { how, key }: FilesSpec,
  files: readonly TakenFile[],
  from: FolderSession,
  to: FolderSession,
): Promise<Room> {
  const [source, target] = [await from.volume(), await to.volume()];
  const together = source.id === target.id;
  const total = files.reduce((sum, file) => sum + (file.kind === 'file' ? file.bytes : 0), 0);
  const neededBytes = how === 'copy' || (how === 'move' && !together) ? total : 0;
  const finding = (severity: 'error' | 'warning', category: string, message: string, suggestion: string) =>
    makeFinding({ severity, category, message, path: to.absolute('.'), rule: `${key}.how`, suggestion });
  const findings: Finding[] = [];
  if (how === 'hardlink' && !together)
    findings.push(finding('error', 'other_volume', 'Hard links lead to no other volume.', 'Say how = "copy".'));
  if (how === 'clone' && target.clones === false)
    findings.push(
      finding(
        'error',
        'no_clones',
        'The file system of the target cannot clone files.',
        'Say how = "copy" or "hardlink".',
      ),
    );
  if (how === 'clone' && target.clones === null)
    findings.push(
      finding(
        'warning',
        'clones_not_known',
        'The file system of the target does not say whether it can clone files; where it cannot, the step ends at its first file.',
        'Say how = "copy" to be sure.',
      ),
    );
  if (target.freeBytes !== null && neededBytes > target.freeBytes) {
    const message = `The files take ${bytesText(neededBytes)} at the target, where ${bytesText(target.freeBytes)} are free.`;
    findings.push(finding('error', 'no_space', message, 'Free space, or choose another volume.'));
  }
  return { neededBytes, findings };
}

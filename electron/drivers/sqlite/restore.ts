import { basename, dirname, join } from 'node:path';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Fingerprint, ProtectedItem, RestoreRequest, RestoreResult } from '../relational.ts';
import { checkSaved } from '../shared/saved-copies.ts';
import { processesWith } from './check.ts';
import { lookAt } from './file-look.ts';
import { holdExclusively } from './hold.ts';
import { contentOf } from './proof.ts';
import { connectionError } from './unfit-file.ts';

const sideSuffixes = ['-wal', '-shm', '-journal'] as const;

/**
 * Brings a database file back. Stale side files go before the swap: a -wal of the run would otherwise bring its rows back
 * at the next open. Then the copy is swapped in by rename, hashed, looked into, and hashed again. Every step may be the last
 * one before a crash; starting again ends in the same state.
 */
export async function restoreFile(request: RestoreRequest, env: Environment): Promise<RestoreResult> {
  const items = request.items.filter((item) => item.subject === request.endpoint.name);
  const main = items.find((item) => !/-(wal|journal)$/.test(item.originalPath) || item.how === 'absent');
  if (!main) throw new Error(`The rollback point holds nothing for ${request.endpoint.name}`);
  await checkSaved(request, items, env);
  await refuseInUse(request, main, env);
  const goOn = request.whenOthersWrote === 'replace' || (await isOurs(request, items, main, env));
  const others = goOn ? [] : await writtenByOthers(main, env, request.signal);
  if (others.length > 0) return { findings: others, proof: [] };
  if (main.how === 'absent') return restoreAbsence(main, env);

  const temporary = join(dirname(main.originalPath), `.${basename(main.originalPath)}.overland-restore`);
  if (!(await isBack(items, env))) {
    await copyBack(request, main, temporary, env);
    await env.fs.writeDurable(markerOf(request, main), JSON.stringify(await hashesOf(main, env)));
    env.failpoints.hit('restore.swap.before');
    for (const suffix of sideSuffixes) await env.fs.remove(main.originalPath + suffix);
    await env.fs.rename(temporary, main.originalPath);
    for (const item of items) {
      if (item === main) continue;
      await copyBack(request, item, temporary, env);
      await env.fs.rename(temporary, item.originalPath);
    }
    env.failpoints.hit('restore.swap.after');
  }
  await env.fs.remove(temporary);
  await env.fs.remove(markerOf(request, main));

  const findings: Finding[] = [];
  for (const item of items) await compareHash(item, 'after the swap', findings, env);
  const content = await contentOf(main.originalPath, env, request.signal);
  if (main.fingerprint && content.value !== main.fingerprint.value) {
    findings.push(
      damage(main, 'The restored content differs from the saved one.', main.fingerprint.value, content.value),
    );
  }
  for (const item of items) await compareHash(item, 'after it was opened', findings, env);
  return {
    findings,
    proof: [
      ...(await Promise.all(items.map((item) => hashProof(item, env)))),
      {
        object: `${main.object}: content`,
        before: main.fingerprint?.value ?? '',
        after: content.value,
        how: 'read in full',
      },
    ],
  };
}

/** Written before the first change: the hashes of what was there, so that an attempt after a crash knows its own work. */
function markerOf(request: RestoreRequest, main: ProtectedItem): string {
  return join(request.folder, `restoring-${request.endpoint.name}-${basename(main.originalPath)}.json`);
}

const contentSuffixes = ['', '-wal', '-journal'] as const;

async function hashesOf(main: ProtectedItem, env: Environment): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const suffix of contentSuffixes) {
    const path = main.originalPath + suffix;
    if (await env.fs.exists(path)) hashes[suffix] = (await env.fs.digest(path, {})).sha256;
  }
  return hashes;
}

/**
 * Whether what is there is our own doing: the files of an interrupted attempt (as they were, or removed by it), or the
 * saved main file already swapped in. Then a difference in content is no sign of somebody else.
 */
async function isOurs(
  request: RestoreRequest,
  items: readonly ProtectedItem[],
  main: ProtectedItem,
  env: Environment,
): Promise<boolean> {
  const now = await hashesOf(main, env);
  const saved = Object.fromEntries(
    items.map((item) => [item.originalPath.slice(main.originalPath.length), item.sha256]),
  );
  const matches = (known: Readonly<Record<string, string | null | undefined>>): boolean =>
    Object.entries(now).every(([suffix, hash]) => known[suffix] === hash);
  if (now[''] !== undefined && matches(saved)) return true;
  if (!(await env.fs.exists(markerOf(request, main)))) return false;
  return (
    now[''] !== undefined &&
    matches(JSON.parse(await env.fs.readText(markerOf(request, main))) as Record<string, string>)
  );
}

async function hashProof(item: ProtectedItem, env: Environment): Promise<RestoreResult['proof'][number]> {
  return {
    object: item.object,
    before: `sha256 ${item.sha256}`,
    after: await shortHash(item.originalPath, env),
    how: item.how === 'byte_copy' ? 'the same bytes' : 'the saved online copy',
  };
}

/**
 * Tables whose structure or rows are neither what was saved nor undone: somebody else wrote there, and replacing the file
 * would take that away. Sequences and the file's own counters are not looked at; they come back with the bytes.
 */
async function writtenByOthers(main: ProtectedItem, env: Environment, signal?: AbortSignal): Promise<Finding[]> {
  if (!(await env.fs.exists(main.originalPath))) return [];
  const saved = contentByTable(main.fingerprint);
  const now = contentByTable(await contentOf(main.originalPath, env, signal));
  const names = [...new Set([...saved.keys(), ...now.keys()])].filter((name) => saved.get(name) !== now.get(name));
  return names.map((name) =>
    makeFinding({
      severity: 'error',
      category: 'written_by_others',
      message: `${name} in ${main.object} is not as the backup saved it, although everything of this run is undone: somebody else changed it.`,
      path: `${main.object} / ${name}`,
      oldValue: saved.get(name) ?? 'was not there',
      newValue: now.get(name) ?? 'is gone',
      suggestion: 'The file is left as it is now. Decide whether these changes may be given up, then roll back again.',
    }),
  );
}

/** Structure and content of each table, without its sequence. */
function contentByTable(fingerprint: Fingerprint | null): Map<string, string> {
  const tables = (fingerprint?.parts ?? []).filter((part) => /^[0-9a-f]{16} \d+:[0-9a-f]{16}/.test(part.value));
  return new Map(tables.map((part) => [part.object, part.value.split(' ').slice(0, 2).join(' ')]));
}

async function refuseInUse(request: RestoreRequest, main: ProtectedItem, env: Environment): Promise<void> {
  const path = main.originalPath;
  const look = await lookAt(path, env);
  const others = (await processesWith(path, env.identity.pid)) ?? [];
  const refuse = (by: string): Error =>
    connectionError(
      request.endpoint.name,
      path,
      `The file cannot be replaced while others use it: ${by}.`,
      'Stop the application, then start the rollback again. Nothing was changed.',
    );
  if (others.length > 0) throw refuse(others.join(', '));
  if (look.kind !== 'sqlite' || look.hotJournal) return;
  const hold = await holdExclusively(path, env, request.signal);
  // A damaged file cannot be held, and may be replaced all the same.
  if ('refused' in hold) {
    if (hold.refused === 'another process has it open') throw refuse(hold.refused);
    return;
  }
  await hold.release();
}

async function restoreAbsence(main: ProtectedItem, env: Environment): Promise<RestoreResult> {
  env.failpoints.hit('restore.swap.before');
  for (const suffix of sideSuffixes) await env.fs.remove(main.originalPath + suffix);
  await env.fs.remove(main.originalPath);
  env.failpoints.hit('restore.swap.after');
  const after = (await env.fs.exists(main.originalPath)) ? 'is there' : 'absent';
  return {
    findings: [],
    proof: [{ object: main.object, before: 'absent', after, how: 'the file did not exist before the run' }],
  };
}

/** Whether main and side files are as saved already: an earlier attempt came this far. */
async function isBack(items: readonly ProtectedItem[], env: Environment): Promise<boolean> {
  const saved = new Set(items.map((item) => item.originalPath));
  for (const item of items) {
    if (!(await env.fs.exists(item.originalPath))) return false;
    if ((await env.fs.digest(item.originalPath, {})).sha256 !== item.sha256) return false;
  }
  const [main] = [...saved].sort((a, b) => a.length - b.length);
  for (const suffix of sideSuffixes) {
    if (!saved.has(`${main}${suffix}`) && (await env.fs.exists(`${main}${suffix}`))) return false;
  }
  return true;
}

async function copyBack(
  request: RestoreRequest,
  item: ProtectedItem,
  temporary: string,
  env: Environment,
): Promise<void> {
  const digest = await env.fs.copy(join(request.folder, item.file ?? ''), temporary, signalOf(request));
  if (digest.sha256 !== item.sha256) throw new Error(`The copy of ${item.object} changed while it was being restored`);
  if (item.mode !== null) await env.fs.setMode(temporary, item.mode);
}

async function compareHash(item: ProtectedItem, when: string, findings: Finding[], env: Environment): Promise<void> {
  const found = (await env.fs.exists(item.originalPath))
    ? (await env.fs.digest(item.originalPath, {})).sha256
    : 'absent';
  if (found !== item.sha256) findings.push(damage(item, `The bytes of the file differ ${when}.`, item.sha256, found));
}

function damage(item: ProtectedItem, message: string, oldValue: string | null, newValue: string): Finding {
  return makeFinding({
    severity: 'critical',
    category: 'restore',
    message,
    path: item.originalPath,
    oldValue,
    newValue,
    suggestion: 'Keep the rollback point, and restore by the commands in its RESTORE.md.',
  });
}

async function shortHash(path: string, env: Environment): Promise<string> {
  if (!(await env.fs.exists(path))) return 'absent';
  return `sha256 ${(await env.fs.digest(path, {})).sha256}`;
}

function signalOf(request: RestoreRequest): { signal?: AbortSignal } {
  return request.signal ? { signal: request.signal } : {};
}

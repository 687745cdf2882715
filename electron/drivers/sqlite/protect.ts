import { basename, join } from 'node:path';
import { OverlandError } from '#shared/model/error.ts';
import type { Environment } from '../../platform/environment.ts';
import type { FileDigest } from '../../platform/file-system.ts';
import type { ProtectEvent, ProtectedItem, ProtectRequest } from '../relational.ts';
import { processesWith } from './check.ts';
import { codeOf, dbFailure, kindOf } from './errors.ts';
import { lookAt } from './file-look.ts';
import { type Part, partsOf } from './file-parts.ts';
import { holdExclusively } from './hold.ts';
import { contentOf } from './proof.ts';
import { writeRestoreGuide } from './restore-guide.ts';
import { connectionError, refuseUnfit } from './unfit-file.ts';

const progressEveryMs = 100;

/**
 * Saves a database file. Held exclusively: the bytes of main file, -wal and -journal, so that rollback gives back the same
 * bytes. While others use it: SQLite's online backup, which gives back the same content. Every copy is read back and hashed.
 */
export async function* protectFile(request: ProtectRequest, env: Environment): AsyncGenerator<ProtectEvent> {
  const { endpoint } = request;
  if (endpoint.engine !== 'sqlite') throw new Error(`Not a SQLite endpoint: ${endpoint.name}`);
  const given = endpoint.path;
  const look = await lookAt(given, env);
  if (look.kind === 'missing') {
    yield { kind: 'item', item: { ...itemOf(endpoint.name, given, null), how: 'absent' }, tookMs: 0 };
    await writeRestoreGuide(
      request.folder,
      endpoint.name,
      [{ ...itemOf(endpoint.name, given, null), how: 'absent' }],
      env,
    );
    return;
  }
  refuseUnfit(look, given, endpoint.name, 'write');
  await env.fs.makeFolder(request.folder);
  const path = await env.fs.realPath(given);
  const existed = new Set((await partsOf(path, env)).map((part) => part.suffix));
  // Holding a file in WAL mode makes an empty -wal, which is no part of it.
  const parts = async (): Promise<Part[]> =>
    (await partsOf(path, env)).filter((part) => existed.has(part.suffix) || part.bytes > 0);
  const hold = await holdFor(path, look.hotJournal || look.kind === 'empty', env, request.signal);
  const saved: ProtectedItem[] = [];
  try {
    const events = 'refused' in hold ? onlineCopy(request, path, env) : byteCopies(request, path, parts, env);
    for await (const event of events) {
      if (event.kind === 'item') saved.push(event.item);
      yield event;
    }
  } catch (error) {
    throw await saveFailure(error, request, path, env);
  } finally {
    if ('release' in hold) await hold.release();
  }
  await writeRestoreGuide(request.folder, endpoint.name, saved, env);
}

/**
 * Opening a file with a hot journal would roll it back, and holding one of 0 bytes gives it a -journal; for these it is enough
 * that nobody has them open.
 */
async function holdFor(path: string, leaveClosed: boolean, env: Environment, signal?: AbortSignal) {
  if (!leaveClosed) return holdExclusively(path, env, signal);
  const others = await processesWith(path, env.identity.pid);
  if (others !== null && others.length > 0) return { refused: `in use by ${others.join(', ')}` };
  return { release: async () => undefined };
}

async function* byteCopies(
  request: ProtectRequest,
  path: string,
  list: () => Promise<Part[]>,
  env: Environment,
): AsyncGenerator<ProtectEvent> {
  const { name } = request.endpoint;
  const parts = await list();
  const total = parts.reduce((sum, part) => sum + part.bytes, 0);
  const made: { part: Part; digest: FileDigest; tookMs: number }[] = [];
  let before = 0;
  for (const part of parts) {
    const started = env.clock.monotonic();
    const file = join(request.folder, fileOf(name, path, part.suffix));
    const copy = (onBytes: (bytes: number) => void) =>
      env.fs.copy(path + part.suffix, file, { ...signalOf(request), onBytes });
    const digest = yield* progressing(
      copy,
      (bytes) => ({ subject: name, doing: 'saving', bytes: before + bytes, total }),
      env,
    );
    before += part.bytes;
    made.push({ part, digest, tookMs: env.clock.monotonic() - started });
  }
  const after = await list();
  if (JSON.stringify(after) !== JSON.stringify(parts)) {
    throw connectionError(
      name,
      path,
      'The file changed while it was being saved.',
      'Stop the application that writes it, then take the backup again.',
    );
  }
  yield* verified(request, made, path, 'byte_copy', total, env);
}

async function* onlineCopy(request: ProtectRequest, path: string, env: Environment): AsyncGenerator<ProtectEvent> {
  const { name } = request.endpoint;
  const started = env.clock.monotonic();
  const file = join(request.folder, fileOf(name, path, ''));
  const total = (await env.fs.stat(path))?.bytes ?? 0;
  await env.fs.remove(file);
  const copy = (onBytes: (bytes: number) => void) =>
    env.helpers.run(
      'sqlite.backup',
      { from: path, to: file },
      {
        ...signalOf(request),
        onProgress: ({ done, total: pages }) => onBytes(pages ? Math.floor((total * done) / pages) : 0),
      },
    );
  yield* progressing(copy, (bytes) => ({ subject: name, doing: 'saving', bytes, total }), env);
  const digest = await env.fs.digest(file, signalOf(request));
  const part: Part = { suffix: '', bytes: digest.bytes, modifiedMs: 0 };
  yield* verified(
    request,
    [{ part, digest, tookMs: env.clock.monotonic() - started }],
    path,
    'online_backup',
    digest.bytes,
    env,
  );
}

/** Reads every copy back, compares its hash, and looks into the saved database. */
async function* verified(
  request: ProtectRequest,
  made: readonly { readonly part: Part; readonly digest: FileDigest; readonly tookMs: number }[],
  path: string,
  how: 'byte_copy' | 'online_backup',
  total: number,
  env: Environment,
): AsyncGenerator<ProtectEvent> {
  const { name } = request.endpoint;
  let before = 0;
  for (const { part, digest } of made) {
    const file = join(request.folder, fileOf(name, path, part.suffix));
    // Production data; the mode of the original is in the manifest, and comes back with it.
    await env.fs.setMode(file, 0o600);
    const read = (onBytes: (bytes: number) => void) => env.fs.digest(file, { ...signalOf(request), onBytes });
    const again = yield* progressing(
      read,
      (bytes) => ({ subject: name, doing: 'reading back', bytes: before + bytes, total }),
      env,
    );
    if (again.sha256 !== digest.sha256 || again.bytes !== digest.bytes) {
      throw new Error(
        `The copy ${file} does not read back as it was written: the disk of the rollback point is not reliable`,
      );
    }
    before += part.bytes;
  }
  const fingerprint = await contentOf(join(request.folder, fileOf(name, path, '')), env, request.signal);
  for (const { part, digest, tookMs } of made) {
    const stat = await env.fs.stat(path + part.suffix);
    const item: ProtectedItem = {
      ...itemOf(name, path + part.suffix, stat?.mode ?? null),
      object: part.suffix === '' ? basename(path) : basename(path) + part.suffix,
      how,
      file: fileOf(name, path, part.suffix),
      bytes: digest.bytes,
      sha256: digest.sha256,
      fingerprint: part.suffix === '' ? fingerprint : null,
    };
    env.failpoints.hit('point.item.after');
    yield { kind: 'item', item, tookMs };
  }
}

/** Runs work that reports bytes, and yields how far it is now and then. */
async function* progressing<T>(
  work: (onBytes: (bytes: number) => void) => Promise<T>,
  words: (bytes: number) => Omit<Extract<ProtectEvent, { kind: 'progress' }>, 'kind'>,
  env: Environment,
): AsyncGenerator<ProtectEvent, T> {
  let bytes = 0;
  const running = work((soFar) => {
    bytes = soFar;
  });
  const done = running.then(
    () => true,
    () => true,
  );
  yield { kind: 'progress', ...words(0) };
  while (!(await Promise.race([done, env.clock.sleep(progressEveryMs).then(() => false)]))) {
    yield { kind: 'progress', ...words(bytes) };
  }
  return running;
}

function itemOf(subject: string, originalPath: string, mode: number | null): ProtectedItem {
  return {
    subject,
    object: basename(originalPath),
    how: 'byte_copy',
    file: null,
    originalPath,
    bytes: 0,
    sha256: null,
    mode: mode === null ? null : mode & 0o7777,
    verifiedBy: 'hash',
    fingerprint: null,
  };
}

function fileOf(name: string, path: string, suffix: string): string {
  return `${name.replace(/[^A-Za-z0-9._-]/g, '_')}-${basename(path)}${suffix}`;
}

function signalOf(request: ProtectRequest): { signal?: AbortSignal } {
  return request.signal ? { signal: request.signal } : {};
}

async function saveFailure(error: unknown, request: ProtectRequest, path: string, env: Environment): Promise<unknown> {
  if (request.signal?.aborted || error instanceof OverlandError) return error;
  const kind = kindOf(codeOf(error));
  if (kind === 'space') {
    const neededBytes = (await partsOf(path, env)).reduce((sum, part) => sum + part.bytes, 0);
    return new OverlandError(
      'SPACE',
      `The copy of ${path} does not fit into ${request.folder}.`,
      {
        where: request.folder,
        neededBytes,
        freeBytes: (await env.fs.freeBytes(request.folder)) ?? 0,
        advice: 'Free space there, or choose another folder for rollback points.',
      },
      { cause: error },
    );
  }
  if (kind === 'locked') {
    return connectionError(
      request.endpoint.name,
      path,
      'Another process holds the file exclusively, so it cannot be saved.',
      'Stop the application that uses it, then take the backup again.',
      error,
    );
  }
  return codeOf(error) === null ? error : dbFailure(error);
}

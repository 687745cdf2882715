import { dirname, join } from 'node:path';
import type { Environment } from '../../platform/environment.ts';
import type { FileStat } from '../../platform/file-system.ts';
import { unfinishedName } from '../../platform/resumable-copy.ts';
import type { Access, FolderEndpoint } from '../endpoint.ts';
import type { FolderSession } from '../files.ts';
import { openSidecar } from '../sidecar.ts';
import { connectionError } from '../sqlite/unfit-file.ts';
import { checkFolder } from './check.ts';
import { contentOf, entriesBelow } from './content.ts';
import { folderFingerprint } from './fingerprint.ts';
import { failureWords, filesBelow, folderFailure, globTest, insideOf, ownFolder, targetOf } from './paths.ts';
import { placeInFolder } from './place.ts';

/** Opens a folder. The books are made with the first write. */
export async function openFolder(
  endpoint: FolderEndpoint,
  access: Access,
  env: Environment,
  signal?: AbortSignal,
): Promise<FolderSession> {
  const root = endpoint.path;
  const { under } = endpoint;
  const stat = await env.fs.stat(root);
  if (stat !== null && stat.kind !== 'folder' && !(stat.kind === 'link' && (await leadsToFolder(root, env))))
    throw connectionError(endpoint.name, root, 'The path is no folder.', 'Choose the folder that holds the files.');
  if (stat === null && access === 'read')
    throw connectionError(
      endpoint.name,
      root,
      'There is no folder at this path.',
      'Check the path, and that the disk or share is mounted.',
    );
  if (stat === null) await env.fs.makeFolder(root, 0o755);
  const books = await openSidecar(join(root, ownFolder, 'control.db'), endpoint.name, access, env, signal);
  const writes = access !== 'read';

  /** Where a path is read from: what was written to scratch hides what lies under it. */
  async function rootOf(path: string): Promise<string> {
    if (under === undefined) return root;
    return (await env.fs.exists(await insideOf(root, path, env))) ? root : under;
  }

  async function statAt(path: string): Promise<FileStat | null> {
    return env.fs.stat(await insideOf(await rootOf(path), path, env));
  }

  async function writable(path: string): Promise<string> {
    if (!writes) throw folderFailure(path, `The folder ${endpoint.name} was opened for reading.`);
    const whole = await insideOf(root, path, env);
    const there = await statAt(path);
    if (there !== null && there.kind !== 'file')
      throw folderFailure(
        path,
        there.kind === 'link' ? `${path} is a link; links are not written to.` : `${path} is no file.`,
      );
    return whole;
  }

  return {
    holds: 'files',
    endpoint,
    strength: 'file',
    books,
    control: books.control,
    check: () => checkFolder(endpoint, access, env),
    fingerprint: (objects, strength, stop = signal) => folderFingerprint(endpoint, objects, strength, env, stop),
    leaseHolder: (name) => books.leaseHolder(name),
    lease: (name, holder) => books.lease(name, holder),
    stop: async () => ({ undoing: false }),
    absolute: (path) => join(root, path),
    stat: statAt,
    async read(path) {
      const from = await rootOf(path);
      const whole = await targetOf(from, path, env);
      const found = await env.fs.stat(whole);
      if (found === null) throw folderFailure(path, `There is no file ${path}.`);
      if (found.kind !== 'file') throw folderFailure(path, `${path} is no file.`);
      try {
        return await env.fs.read(whole);
      } catch (error) {
        throw folderFailure(path, `${path} cannot be read: ${failureWords(error)}.`, error);
      }
    },
    async list(below, patterns, stop = signal) {
      const tests = patterns.map(globTest);
      const found = new Set<string>();
      for (const from of under === undefined ? [root] : [root, under]) {
        const start = await insideOf(from, below === '' ? '.' : below, env);
        for await (const path of filesBelow(start, env, stop)) {
          const isOurs = below === '' && path.split('/')[0] === ownFolder;
          if (!isOurs && tests.some((test) => test(path))) found.add(below === '' ? path : `${below}/${path}`);
        }
      }
      return [...found].sort();
    },
    async write(files) {
      const placed = [];
      for (const file of files) {
        const path = await writable(file.path);
        // In scratch the file that is replaced lies under it: its mode is taken from there.
        const mode = file.mode ?? (await statAt(file.path))?.mode;
        placed.push({ ...file, path, ...(mode === undefined ? {} : { mode }) });
      }
      try {
        await env.fs.writeGroup(placed);
      } catch (error) {
        const [first] = files;
        throw folderFailure(
          first?.path ?? '',
          `Files of ${endpoint.name} cannot be written: ${failureWords(error)}.`,
          error,
        );
      }
    },
    async remove(path) {
      const isLink = (await statAt(path))?.kind === 'link';
      await env.fs.remove(isLink && writes ? await insideOf(root, path, env) : await writable(path));
    },
    walk: (below, stop = signal) => entriesBelow(under ?? root, below, env, stop),
    async content(path, stop = signal) {
      return contentOf(await insideOf(await rootOf(path), path, env), path, env, stop);
    },
    async readPart(path, at, bytes) {
      return env.fs.readPart(await targetOf(await rootOf(path), path, env), at, bytes);
    },
    locate: async (path) => targetOf(await rootOf(path), path, env),
    async place(file) {
      return placeInFolder(file, await writable(file.path), env);
    },
    async makeLink(path, text) {
      if ((await statAt(path)) !== null) throw folderFailure(path, `Something has the name ${path} already.`);
      const whole = await writable(path);
      try {
        await env.fs.makeFolders(dirname(whole));
        await env.fs.makeLink(whole, text);
      } catch (error) {
        throw folderFailure(path, `The link ${path} cannot be made: ${failureWords(error)}.`, error);
      }
    },
    async setTime(path, mode, modifiedMs) {
      const whole = await writable(path);
      await env.fs.setMode(whole, mode);
      await env.fs.setModified(whole, modifiedMs);
    },
    async removeUnfinished(path, token) {
      await env.fs.remove(unfinishedName(await insideOf(root, path, env), token));
    },
    async syncName(path) {
      await env.fs.syncFolder(dirname(await insideOf(root, path, env)));
    },
    async volume() {
      const real = under ?? root;
      return { ...(await env.fs.volume(real)), freeBytes: await env.fs.freeBytes(real) };
    },
    async removeEmpty(path) {
      const whole = await insideOf(root, path, env);
      if ((await env.fs.stat(whole))?.kind === 'folder' && (await env.fs.list(whole)).length === 0)
        await env.fs.remove(whole);
    },
    [Symbol.asyncDispose]: () => books[Symbol.asyncDispose](),
  };
}

async function leadsToFolder(path: string, env: Environment): Promise<boolean> {
  const real = await env.fs.realPath(path).catch(() => null);
  return real !== null && (await env.fs.stat(real))?.kind === 'folder';
}

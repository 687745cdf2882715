import { join } from 'node:path';
import type { Driver } from '../driver.ts';
import type { Endpoint, FolderEndpoint } from '../endpoint.ts';
import type { FolderSession } from '../files.ts';
import { bytesToProtect, protectFolder } from './protect.ts';
import { restoreFolder } from './restore.ts';
import { openFolder } from './session.ts';

/** Folders of files. */
export const folderDriver: Driver<FolderSession> = {
  engine: 'folder',
  holds: 'files',
  connect: async (to, access, env, signal) => openFolder(folderEndpoint(to), access, env, signal),
  protect: (request, env) => protectFolder(request, folderEndpoint(request.endpoint), env),
  protectedBytes: async (request, env) => bytesToProtect(request, folderEndpoint(request.endpoint), env),
  restore: restoreFolder,
  exists: (endpoint, env) => env.fs.exists(folderEndpoint(endpoint).path),
  async makeScratch(of, folder, env) {
    const { name, path } = folderEndpoint(of);
    const scratch = join(folder, `${name.replace(/[^A-Za-z0-9._-]/g, '_')}-scratch`);
    await env.fs.remove(scratch);
    await env.fs.makeFolder(scratch, 0o700);
    return { engine: 'folder', name, path: scratch, under: path };
  },
};

function folderEndpoint(endpoint: Endpoint): FolderEndpoint {
  if (endpoint.engine !== 'folder') throw new Error(`Not a folder: ${endpoint.name}`);
  return endpoint;
}

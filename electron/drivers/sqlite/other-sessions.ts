import type { Environment } from '../../platform/environment.ts';
import type { Endpoint, Others } from '../relational.ts';
import { processesWith } from './check.ts';

/**
 * Other processes that have the file open, as far as this user may look at them; nobody tells since when. What cannot be seen
 * is met again by the backup, which holds the file exclusively or says that it could not.
 */
export async function otherSessions(to: Endpoint, env: Environment): Promise<Others> {
  if (to.engine !== 'sqlite') throw new Error(`Not a SQLite endpoint: ${to.name}`);
  const path = await env.fs.realPath(to.path).catch(() => to.path);
  const found = await processesWith(path, env.identity.pid);
  const sessions = (found ?? []).map((application) => ({ application, user: null, since: null }));
  return { sessions, complete: true, needed: null };
}

import type { Access } from '../relational.ts';
import type { Link } from './link.ts';
import { connectionError, openLink, type PostgresEndpoint } from './open.ts';

/**
 * Refuses a pooler that gives each transaction another session: settings, session locks and temporary tables would be lost or
 * land in somebody else's. Asked only when the server that answers is not the one that greeted.
 */
export async function refuseUnfitPooler(link: Link, endpoint: PostgresEndpoint, access: Access): Promise<void> {
  if (!link.pooled || !(await changesSession(link, endpoint, access))) return;
  throw connectionError(
    endpoint,
    'A pooler in transaction mode stands before the server.',
    'Connect to the server itself, or to a pool in session mode.',
  );
}

/** While another connection of ours holds the session that answered, the first one must still be answered by the same. */
async function changesSession(link: Link, endpoint: PostgresEndpoint, access: Access): Promise<boolean> {
  const other = await openLink(endpoint, access);
  try {
    await other.query('BEGIN');
    const held = await other.cell('SELECT pg_backend_pid()');
    const now = await link.cell('SELECT pg_backend_pid()');
    return held === String(link.pid) || now !== String(link.pid);
  } finally {
    await other.query('ROLLBACK').catch(() => undefined);
    await other.end();
  }
}

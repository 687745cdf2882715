import type { Endpoint, Others } from '../relational.ts';
import type { Link } from './link.ts';
import { connectionFailure, openLink, postgresEndpoint } from './open.ts';

/** Who else is connected to the database. Overland's own sessions are left out: the lease keeps other runs away. */
export async function otherSessions(to: Endpoint, signal?: AbortSignal): Promise<Others> {
  const endpoint = postgresEndpoint(to);
  const link = await openLink(endpoint, 'read', signal).catch((error: unknown) => {
    throw connectionFailure(endpoint, error);
  });
  try {
    return await othersOf(link);
  } finally {
    await link.end();
  }
}

/** A user without the right to see them all still sees that they are there: kind and time of a session are empty then. */
export async function othersOf(link: Link): Promise<Others> {
  const rows = await link.rows(
    `SELECT coalesce(nullif(application_name, ''), 'unnamed'), usename::text,
            to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
       FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL
        AND (backend_type IS NULL OR backend_type = 'client backend') AND application_name <> 'overland'
      ORDER BY 1, 2, 3`,
  );
  const sessions = rows.map(([application, user, since]) => ({
    application: application as string,
    user: user as string | null,
    since: since as string | null,
  }));
  return { sessions, complete: true, needed: null };
}

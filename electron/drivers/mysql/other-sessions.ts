import type { Environment } from '../../platform/environment.ts';
import type { Endpoint, Others } from '../relational.ts';
import type { MysqlConnection } from './connection.ts';
import { mysqlEndpoint, openConnection } from './open.ts';

/** Who else has chosen the database. Called while no session of our own is open. */
export async function otherSessions(to: Endpoint, env: Environment, signal?: AbortSignal): Promise<Others> {
  const { connection } = await openConnection(mysqlEndpoint(to), 'read', env, signal);
  try {
    return await othersOf(connection);
  } finally {
    await connection.close();
  }
}

/** `since` is when the session began what it does now, idling included: the server keeps no other time. */
export async function othersOf(connection: MysqlConnection): Promise<Others> {
  const rows = await connection.rows(
    `SELECT p.USER, p.HOST, CAST(DATE_SUB(UTC_TIMESTAMP(), INTERVAL p.TIME SECOND) AS CHAR)
       FROM information_schema.PROCESSLIST p WHERE p.DB = DATABASE() AND p.ID <> CONNECTION_ID() ORDER BY 1, 2`,
  );
  const grants = (await connection.rows('SHOW GRANTS')).map(([text]) => String(text));
  const complete = grants.some((text) => /^GRANT (?:ALL PRIVILEGES|.*\bPROCESS\b).* ON \*\.\* /.test(text));
  return {
    sessions: rows.map(([user, host, since]) => ({
      application: `a client on ${String(host).replace(/:\d+$/, '')}`,
      user: String(user),
      since: since === null ? null : `${String(since).slice(0, 19).replace(' ', 'T')}Z`,
    })),
    complete,
    needed: complete ? null : 'GRANT PROCESS ON *.* TO the user',
  };
}

import type { Environment } from '../../platform/environment.ts';
import type { Endpoint } from '../relational.ts';
import { tableFacts } from './catalog.ts';
import type { MysqlConnection } from './connection.ts';
import { dbFailure, errnoOf } from './errors.ts';
import { quote } from './names.ts';
import { connectionError, mysqlEndpoint, openConnection } from './open.ts';
import { inAnyOrder, otherObjects } from './other-objects.ts';
import { relation } from './relation.ts';

const prefix = 'overland_scratch_';

/**
 * A database `overland_scratch_<id>` on the same server with the structure of all tables, views, triggers and routines, and
 * no rows. The user needs the right to create it; `dropScratch` removes it.
 */
export async function makeScratch(
  of: Endpoint,
  _folder: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<Endpoint> {
  const endpoint = mysqlEndpoint(of);
  const name = `${prefix}${env.random.id(12)}`;
  const scratch = { ...endpoint, fields: { ...endpoint.fields, database: name } };
  const { connection, server } = await openConnection(endpoint, 'write', env, signal);
  try {
    const [charset, collation] =
      (await connection.rows('SELECT @@character_set_database, @@collation_database'))[0] ?? [];
    await connection
      .run(`CREATE DATABASE ${quote(name)} CHARACTER SET ${charset} COLLATE ${collation}`)
      .catch((error) => {
        if (![1044, 1227, 1142].includes(errnoOf(error) ?? 0)) throw error;
        throw connectionError(
          endpoint,
          `The user may not create the database ${name}, in which the run is rehearsed.`,
          `GRANT ALL ON \`overland\\_scratch\\_%\`.* TO the user.`,
          error,
        );
      });
    const tables: string[] = [];
    for (const { name: table } of await tableFacts(connection)) tables.push(await createTableText(connection, table));
    const others = await otherObjects(connection, server);
    await connection.run(`USE ${quote(name)}`);
    await connection.run('SET SESSION foreign_key_checks = 0');
    for (const sql of tables) await connection.run(sql);
    // A view or routine may be older than what it refers to; it is then missing in the rehearsal as it is broken in the target.
    for (const kind of ['sequence', 'routine', 'view', 'trigger'])
      await inAnyOrder(
        connection,
        others.filter((one) => one.kind === kind).map((one) => one.sql),
      );
    await refuseIncomplete(connection, tables.length);
    return scratch;
  } catch (error) {
    await connection.run(`DROP DATABASE IF EXISTS ${quote(name)}`).catch(() => undefined);
    throw signal?.aborted ? error : error instanceof Error && 'data' in error ? error : dbFailure(error);
  } finally {
    await connection.close();
  }

  async function refuseIncomplete(made: MysqlConnection, count: number): Promise<void> {
    const found = (await tableFacts(made)).length;
    if (found !== count) throw new Error(`The scratch database has ${found} of ${count} tables`);
    for (const { name: table } of await tableFacts(made)) {
      if (!(await relation(made, server, table))) throw new Error(`The scratch database lacks ${table}`);
    }
  }
}

/** Drops a scratch database. Idempotent; refuses any other name. */
export async function dropScratch(scratch: Endpoint, env: Environment): Promise<void> {
  const endpoint = mysqlEndpoint(scratch);
  const { database = '' } = endpoint.fields;
  if (!new RegExp(`^${prefix}[a-z0-9]+$`).test(database)) {
    throw new Error(`${database} is no scratch database, so it is not dropped`);
  }
  const { database: _gone, ...fields } = endpoint.fields;
  const { connection } = await openConnection({ ...endpoint, fields }, 'write', env);
  try {
    await connection.run(`DROP DATABASE IF EXISTS ${quote(database)}`);
  } finally {
    await connection.close();
  }
}

export async function createTableText(connection: MysqlConnection, table: string): Promise<string> {
  const [row] = await connection.rows(`SHOW CREATE TABLE ${quote(table)}`);
  return String(row?.[1] ?? '');
}

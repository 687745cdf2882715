import type { OtherObject } from '../relational.ts';
import type { MysqlConnection } from './connection.ts';
import { quote } from './names.ts';
import type { Server } from './open.ts';

/**
 * Views, triggers, routines, events and sequences with their text. Who defined them and the database's name are left out,
 * unless it is wanted `asStored`, to make them again as they were.
 */
export async function otherObjects(
  connection: MysqlConnection,
  server: Server,
  {
    form = 'neutral',
    isWanted = () => true,
  }: { readonly form?: 'neutral' | 'asStored'; readonly isWanted?: (name: string) => boolean } = {},
): Promise<OtherObject[]> {
  const database = String(await connection.cell('SELECT DATABASE()'));
  const found = await connection.rows(
    `SELECT 'view', TABLE_NAME, NULL FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()
     UNION ALL SELECT 'trigger', TRIGGER_NAME, NULL FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
     UNION ALL SELECT 'routine', ROUTINE_NAME, ROUTINE_TYPE FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()
     UNION ALL SELECT 'event', EVENT_NAME, NULL FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()
     ${server.maria ? `UNION ALL SELECT 'sequence', TABLE_NAME, NULL FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'SEQUENCE'` : ''}
     ORDER BY 1, 2, 3`,
  );
  const objects: OtherObject[] = [];
  for (const [kind, name, routine] of found) {
    if (!isWanted(String(name))) continue;
    const object = kind === 'routine' ? String(routine) : String(kind).toUpperCase();
    const sql = await createText(connection, object, String(name));
    objects.push({ kind: String(kind), name: String(name), sql: form === 'neutral' ? neutral(sql, database) : sql });
  }
  return objects;
}

/** The column with the text stands at another place for each kind. */
async function createText(connection: MysqlConnection, object: string, name: string): Promise<string> {
  try {
    const { fields, rows } = await connection.query(`SHOW CREATE ${object} ${quote(name)}`);
    const at = fields.findIndex((field) => /^(create |sql original statement)/i.test(field.name));
    const text = rows[0]?.[at];
    return typeof text === 'string' ? text : '(its text is hidden from this user)';
  } catch {
    return '(its text is hidden from this user)';
  }
}

function neutral(sql: string, database: string): string {
  return sql
    .replace(/\bDEFINER\s*=\s*(?:`(?:[^`]|``)*`@`(?:[^`]|``)*`|\S+)\s*/i, '')
    .replaceAll(`${quote(database)}.`, '')
    .trim();
}

/** Runs statements that may refer to each other, again while that brings any of them further; what is left, with its error. */
export async function inAnyOrder(
  connection: MysqlConnection,
  statements: readonly string[],
): Promise<{ readonly sql: string; readonly error: unknown }[]> {
  let left = statements.map((sql): { sql: string; error: unknown } => ({ sql, error: null }));
  for (;;) {
    const failed: { sql: string; error: unknown }[] = [];
    for (const { sql } of left) await connection.run(sql).catch((error: unknown) => failed.push({ sql, error }));
    if (failed.length === 0 || failed.length === left.length) return failed;
    left = failed;
  }
}

import { join } from 'node:path';
import { OverlandError } from '#shared/model/error.ts';
import type { Environment } from '../../platform/environment.ts';
import type { OtherObject, ProtectEvent, ProtectedItem, ProtectRequest } from '../relational.ts';
import { tableFacts } from './catalog.ts';
import type { MysqlConnection } from './connection.ts';
import { dumpReader, dumpSettings } from './dump.ts';
import { dbFailure } from './errors.ts';
import { exactFingerprint, othersObject, othersPart } from './fingerprint.ts';
import { literal, quote } from './names.ts';
import { mysqlEndpoint, openConnection, whereOf } from './open.ts';
import { otherObjects } from './other-objects.ts';
import { relation } from './relation.ts';
import { writeRestoreGuide } from './restore-guide.ts';
import { createTableText } from './scratch.ts';

/** First line of the file with views, triggers and routines: what `restore` reads. */
export const objectsMark = '-- overland objects ';

/**
 * Saves the database, a file for each table, all in one consistent snapshot: the statements that make it and its rows, every
 * value exact (mariadb-dump and mysqldump round FLOAT columns to six digits, so they are not used). The files run in any
 * client.
 */
export async function* protectDatabase(request: ProtectRequest, env: Environment): AsyncGenerator<ProtectEvent> {
  const endpoint = mysqlEndpoint(request.endpoint);
  const { folder, signal } = request;
  await env.fs.makeFolder(folder);
  const { connection, server } = await openConnection(endpoint, 'read', env, signal);
  const where = whereOf(endpoint);
  const items: ProtectedItem[] = [];
  const cancel = async (): Promise<void> => connection.destroy();
  try {
    await connection.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    const tables = await tableFacts(connection);
    const total = tables.reduce((sum, table) => sum + (table.bytes ?? 0), 0);
    let before = 0;
    const progress = (doing: 'saving' | 'reading back', bytes: number): ProtectEvent => ({
      kind: 'progress',
      subject: endpoint.name,
      doing,
      bytes: Math.min(before + bytes, total),
      total,
    });
    for (const [index, { name, bytes }] of tables.entries()) {
      const started = env.clock.monotonic();
      const file = `${String(index + 1).padStart(4, '0')}-${name.replace(/[^A-Za-z0-9._-]/g, '_')}.sql`;
      const draft = join(folder, `${file}.part`);
      await env.fs.remove(draft);
      const head = [...dumpSettings, `DROP TABLE IF EXISTS ${quote(name)}`, await createTableText(connection, name)];
      await env.fs.append(draft, head.map((statement) => `${statement};\n`).join(''), 0o600);
      const found = await relation(connection, server, name);
      if (!found) throw new Error(`The table ${name} is gone`);
      const { sql, sink } = dumpReader(found);
      let written = 0;
      for await (const text of connection.stream(sql, sink, cancel, signal)) {
        await env.fs.append(draft, text);
        written += text.length;
        yield progress('saving', written);
      }
      const saved = await settle(draft, join(folder, file), env, signal);
      before += bytes ?? written;
      yield progress('reading back', 0);
      const item = { ...itemOf(endpoint.name, name, `${where} / ${name}`), file, ...saved };
      items.push({ ...item, fingerprint: await fingerprintOf(connection, name) });
      env.failpoints.hit('point.item.after');
      yield { kind: 'item', item: items.at(-1) as ProtectedItem, tookMs: env.clock.monotonic() - started };
    }
    const started = env.clock.monotonic();
    const objects = await otherObjects(connection, server, { form: 'asStored' });
    const file = 'objects.sql';
    const draft = join(folder, `${file}.part`);
    await env.fs.remove(draft);
    const modes = await sqlModes(connection);
    const readable = objects
      .map(
        (one) =>
          `SET sql_mode = ${literal(modes.get(`${one.kind} ${one.name}`) ?? '')}$$\n${dropText(one)}$$\n${one.sql}$$\n`,
      )
      .join('');
    await env.fs.append(
      draft,
      `${objectsMark}${JSON.stringify(objects)}\nDELIMITER $$\n${readable}DELIMITER ;\n`,
      0o600,
    );
    const saved = await settle(draft, join(folder, file), env, signal);
    const part = await othersPart(connection, server);
    const others = { strength: 'exact' as const, value: part.value, parts: [part] };
    const item = { ...itemOf(endpoint.name, othersObject, where), file, ...saved, fingerprint: others };
    items.push(item);
    env.failpoints.hit('point.item.after');
    yield { kind: 'item', item, tookMs: env.clock.monotonic() - started };
    await writeRestoreGuide(folder, endpoint, items, env);
  } catch (error) {
    if (signal?.aborted || error instanceof OverlandError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
      throw new OverlandError(
        'SPACE',
        `The copy of ${where} does not fit into ${folder}.`,
        {
          where: folder,
          neededBytes: (await tableFacts(connection).catch(() => [])).reduce((sum, one) => sum + (one.bytes ?? 0), 0),
          freeBytes: (await env.fs.freeBytes(folder)) ?? 0,
          advice: 'Free space there, or choose another folder for rollback points.',
        },
        { cause: error },
      );
    }
    throw error instanceof Error && !('errno' in error) ? error : dbFailure(error);
  } finally {
    await connection.close();
  }

  async function fingerprintOf(of: MysqlConnection, table: string): Promise<ProtectedItem['fingerprint']> {
    return exactFingerprint(of, server, [table], streamOn(of, signal));
  }
}

export function streamOn(connection: MysqlConnection, signal?: AbortSignal) {
  return <T>(sql: string, sink: Parameters<typeof connection.stream<T>>[1]): AsyncIterable<T> =>
    connection.stream(sql, sink, async () => connection.destroy(), signal);
}

/** A routine, trigger or event works, and shows its text, under the mode that it was made with. */
async function sqlModes(connection: MysqlConnection): Promise<ReadonlyMap<string, string>> {
  const rows = await connection.rows(
    `SELECT CONCAT('routine ', ROUTINE_NAME), SQL_MODE FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()
     UNION ALL SELECT CONCAT('trigger ', TRIGGER_NAME), SQL_MODE FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
     UNION ALL SELECT CONCAT('event ', EVENT_NAME), SQL_MODE FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()`,
  );
  return new Map(rows.map(([name, mode]) => [String(name), String(mode)]));
}

/** A view that is there still, or a routine, makes way for its saved text. */
function dropText({ kind, name, sql }: OtherObject): string {
  const word = kind === 'routine' ? (/\b(PROCEDURE|FUNCTION)\b/i.exec(sql)?.[1] ?? 'PROCEDURE') : kind.toUpperCase();
  return `DROP ${word} IF EXISTS ${quote(name)}`;
}

/** The draft becomes the file: copied with fsync, read back, its hash compared. */
async function settle(
  draft: string,
  file: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<{ bytes: number; sha256: string }> {
  const options = signal ? { signal } : {};
  const written = await env.fs.copy(draft, file, options);
  await env.fs.setMode(file, 0o600);
  await env.fs.remove(draft);
  const again = await env.fs.digest(file, options);
  if (again.sha256 !== written.sha256) {
    throw new Error(
      `The copy ${file} does not read back as it was written: the disk of the rollback point is not reliable`,
    );
  }
  return again;
}

function itemOf(subject: string, object: string, originalPath: string): Omit<ProtectedItem, 'fingerprint'> {
  return {
    subject,
    object,
    how: 'dump',
    file: null,
    originalPath,
    bytes: 0,
    sha256: null,
    mode: null,
    verifiedBy: 'hash',
  };
}

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { OverlandError } from '#shared/model/error.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Fingerprint, OtherObject, ProtectedItem, RestoreRequest, RestoreResult } from '../relational.ts';
import { checkSaved } from '../shared/saved-copies.ts';
import type { MysqlConnection } from './connection.ts';
import { dumpSettings } from './dump.ts';
import { dbFailure } from './errors.ts';
import { exactFingerprint, othersObject } from './fingerprint.ts';
import { releaseSnapshots } from './links.ts';
import { quote } from './names.ts';
import { mysqlEndpoint, openConnection, type Server, whereOf } from './open.ts';
import { inAnyOrder, otherObjects } from './other-objects.ts';
import { objectsMark, streamOn } from './protect.ts';

/**
 * Brings back the tables that are not as they were saved, each by its own statements, and drops those that were not there.
 * A table that is as it was is not touched. There is no transaction over DDL: an attempt that was cut short leaves a marker
 * in the point, and the next one begins again and ends in the same state.
 */
export async function restoreDatabase(request: RestoreRequest, env: Environment): Promise<RestoreResult> {
  const endpoint = mysqlEndpoint(request.endpoint);
  const items = request.items.filter((item) => item.subject === endpoint.name);
  if (items.length === 0) throw new Error(`The rollback point holds nothing for ${endpoint.name}`);
  await checkSaved(request, items, env);
  await releaseSnapshots(endpoint);
  const { connection, server } = await openConnection(endpoint, 'write', env, request.signal);
  const onAbort = (): void => connection.destroy();
  request.signal?.addEventListener('abort', onAbort);
  try {
    const saved = savedParts(items);
    const before = await partsNow(connection, server, request.signal);
    const changed = differing(saved, before);
    const marker = join(request.folder, `restoring-${endpoint.name.replace(/[^A-Za-z0-9._-]/g, '_')}.json`);
    const ours = request.whenOthersWrote === 'replace' || (await env.fs.exists(marker));
    const foreign = changed.filter((object) => contentOf(saved.get(object)) !== contentOf(before.get(object)));
    if (foreign.length > 0 && !ours) {
      return {
        findings: foreign.map((object) => writtenByOthers(object, saved, before, whereOf(endpoint))),
        proof: [],
      };
    }
    if (changed.length > 0) {
      await env.fs.writeDurable(marker, JSON.stringify(changed), 0o600);
      env.failpoints.hit('restore.swap.before');
      for (const setting of dumpSettings) await connection.run(setting);
      for (const object of changed) {
        if (object !== othersObject) await bringBack(connection, object, items, saved, before, request.folder);
      }
      await bringObjectsBack(connection, server, items, request.folder);
      env.failpoints.hit('restore.swap.after');
    }
    const after = await partsNow(connection, server, request.signal);
    await env.fs.remove(marker);
    const findings = differing(saved, after).map((object) => damage(object, saved, after, whereOf(endpoint)));
    const proof = [...new Set([...saved.keys(), ...after.keys()])].map((object) => ({
      object,
      before: saved.get(object) ?? 'absent',
      after: after.get(object) ?? 'absent',
      how: changed.includes(object) ? 'made again from the rollback point, read in full' : 'as it was, read in full',
    }));
    return { findings, proof };
  } catch (error) {
    request.signal?.throwIfAborted();
    throw error instanceof OverlandError
      ? error
      : error instanceof Error && 'errno' in error
        ? dbFailure(error)
        : error;
  } finally {
    request.signal?.removeEventListener('abort', onAbort);
    await connection.close();
  }
}

type Parts = ReadonlyMap<string, string>;

function savedParts(items: readonly ProtectedItem[]): Parts {
  return new Map(items.flatMap((item) => item.fingerprint?.parts ?? []).map((part) => [part.object, part.value]));
}

async function partsNow(connection: MysqlConnection, server: Server, signal?: AbortSignal): Promise<Parts> {
  const now: Fingerprint = await exactFingerprint(connection, server, null, streamOn(connection, signal));
  return new Map(now.parts.map((part) => [part.object, part.value]));
}

function differing(saved: Parts, now: Parts): string[] {
  return [...new Set([...saved.keys(), ...now.keys()])].filter((object) => saved.get(object) !== now.get(object));
}

/** Without the next number, which moves with every attempt to insert. */
function contentOf(value: string | undefined): string | undefined {
  return value?.replace(/ next \d+$/, '');
}

async function bringBack(
  connection: MysqlConnection,
  table: string,
  items: readonly ProtectedItem[],
  saved: Parts,
  now: Parts,
  folder: string,
): Promise<void> {
  const item = items.find((one) => one.object === table);
  if (!item?.file) {
    await connection.run(`DROP TABLE IF EXISTS ${quote(table)}`);
    return;
  }
  const next = / next (\d+)$/.exec(saved.get(table) ?? '')?.[1];
  if (contentOf(saved.get(table)) === contentOf(now.get(table))) {
    await connection.run(`ALTER TABLE ${quote(table)} AUTO_INCREMENT = ${next ?? 1}`);
    return;
  }
  for await (const statement of statementsIn(join(folder, item.file))) await connection.run(statement);
}

/** A statement ends with a semicolon at the end of a line; no text holds a line end. */
async function* statementsIn(file: string): AsyncGenerator<string> {
  const input = createReadStream(file, { encoding: 'utf8' });
  try {
    let lines: string[] = [];
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      lines.push(line);
      if (!line.endsWith(';')) continue;
      yield lines.join('\n').slice(0, -1);
      lines = [];
    }
  } finally {
    input.destroy();
  }
}

/** Drops and makes again what differs: first what depends on others goes, then it comes back in the reverse order. */
async function bringObjectsBack(
  connection: MysqlConnection,
  server: Server,
  items: readonly ProtectedItem[],
  folder: string,
): Promise<void> {
  const item = items.find((one) => one.object === othersObject);
  if (!item?.file) return;
  let saved: OtherObject[] = [];
  for await (const line of createInterface({ input: createReadStream(join(folder, item.file), 'utf8') })) {
    if (line.startsWith(objectsMark)) saved = JSON.parse(line.slice(objectsMark.length)) as OtherObject[];
    break;
  }
  const now = await otherObjects(connection, server, { form: 'asStored' });
  const same = (a: OtherObject, b: OtherObject): boolean => a.kind === b.kind && a.name === b.name && a.sql === b.sql;
  const gone = now.filter((one) => !saved.some((other) => same(one, other)));
  const missing = saved.filter((one) => !now.some((other) => same(one, other)));
  const order = ['sequence', 'routine', 'view', 'trigger', 'event'];
  for (const kind of [...order].reverse()) {
    for (const one of gone.filter((object) => object.kind === kind)) {
      const word = kind === 'routine' ? (/^CREATE[\s\S]*?\b(PROCEDURE|FUNCTION)\b/i.exec(one.sql)?.[1] ?? '') : kind;
      await connection.run(`DROP ${word.toUpperCase()} IF EXISTS ${quote(one.name)}`);
    }
  }
  for (const kind of order) {
    const own = missing.filter((object) => object.kind === kind).map((object) => object.sql);
    const [failed] = await inAnyOrder(connection, own);
    if (failed) throw failed.error;
  }
}

function writtenByOthers(object: string, saved: Parts, now: Parts, where: string): Finding {
  return makeFinding({
    severity: 'error',
    category: 'written_by_others',
    message: `${object} in ${where} is not as the backup saved it, although everything of this run is undone: somebody else changed it.`,
    path: `${where} / ${object}`,
    oldValue: saved.get(object) ?? 'was not there',
    newValue: now.get(object) ?? 'is gone',
    suggestion: 'It is left as it is now. Decide whether these changes may be given up, then roll back again.',
  });
}

function damage(object: string, saved: Parts, now: Parts, where: string): Finding {
  return makeFinding({
    severity: 'critical',
    category: 'restore',
    message: `${object} is not as it was saved after it was restored.`,
    path: `${where} / ${object}`,
    oldValue: saved.get(object) ?? 'was not there',
    newValue: now.get(object) ?? 'is gone',
    suggestion: 'Keep the rollback point, and restore by the commands in its RESTORE.md.',
  });
}

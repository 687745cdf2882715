import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Fingerprint, ProtectedItem, RestoreRequest, RestoreResult } from '../relational.ts';
import { checkSaved } from '../shared/saved-copies.ts';
import { tableNames } from './catalog.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Link } from './link.ts';
import { quote } from './names.ts';
import { connectionError, connectionFailure, openLink, type PostgresEndpoint, postgresEndpoint } from './open.ts';
import { runDump } from './own-dump.ts';
import { findRelation } from './relation.ts';
import { sequencesOf } from './sequences.ts';
import { runInAnyOrder } from './structure-script.ts';
import { findTools, runTool } from './tools.ts';

/**
 * Brings a schema back. Content that is as it was saved stays, and only sequences are set back; content that is not is left
 * alone unless told to replace it. Tables that came later are dropped then, and all others replaced in one transaction, so that
 * starting again after a crash ends the same.
 */
export async function restoreSchema(request: RestoreRequest, env: Environment): Promise<RestoreResult> {
  const endpoint = postgresEndpoint(request.endpoint);
  const item = request.items.find((one) => one.subject === endpoint.name);
  if (!item?.file) throw new Error(`The rollback point holds nothing for ${endpoint.name}`);
  const file = join(request.folder, item.file);
  await checkSaved(request, [item], env);
  const schema = item.object.replace(/^schema /, '');
  const link = await openLink(endpoint, 'write', request.signal).catch((error: unknown) => {
    throw connectionFailure(endpoint, error);
  });
  try {
    const before = await fingerprintOf(link, schema, null, 'exact', request.signal);
    const apart = differences(item.fingerprint, before);
    if (apart.length > 0 && request.whenOthersWrote !== 'replace')
      return { findings: apart.map((name) => writtenByOthers(item, name, before)), proof: [] };
    env.failpoints.hit('restore.swap.before');
    if (apart.length > 0) await replace(link, endpoint, item, schema, file, request.signal);
    else if (before.value !== item.fingerprint?.value) await setSequences(link, item, schema);
    env.failpoints.hit('restore.swap.after');
    const after = await fingerprintOf(link, schema, null, 'exact', request.signal);
    return { findings: damages(item, after), proof: proofOf(item, after) };
  } finally {
    await link.end();
  }
}

/** Structure and content of each object, without where its sequences stand. */
function contentOf(fingerprint: Fingerprint | null): Map<string, string> {
  return new Map((fingerprint?.parts ?? []).map((part) => [part.object, part.value.replace(/ next .*$/, '')]));
}

function differences(saved: Fingerprint | null, now: Fingerprint): string[] {
  const [then, here] = [contentOf(saved), contentOf(now)];
  return [...new Set([...then.keys(), ...here.keys()])].filter((name) => then.get(name) !== here.get(name));
}

function writtenByOthers(item: ProtectedItem, name: string, now: Fingerprint): Finding {
  return makeFinding({
    severity: 'error',
    category: 'written_by_others',
    message: `${name} in ${item.object} is not as the backup saved it, although everything of this run is undone: somebody else changed it.`,
    path: `${item.originalPath} / ${name}`,
    oldValue: contentOf(item.fingerprint).get(name) ?? 'was not there',
    newValue: contentOf(now).get(name) ?? 'is gone',
    suggestion: 'It is left as it is now. Decide whether these changes may be given up, then roll back again.',
  });
}

async function replace(
  link: Link,
  endpoint: PostgresEndpoint,
  item: ProtectedItem,
  schema: string,
  file: string,
  signal?: AbortSignal,
): Promise<void> {
  if (file.endsWith('.sql')) {
    await link.query('BEGIN');
    await runDump(link, file, (statements) => runInAnyOrder(link, statements));
    await link.query('COMMIT');
    return;
  }
  const tools = await findTools(link.serverVersion);
  if (!tools)
    throw connectionError(
      endpoint,
      'The rollback point was written by pg_dump, and there is no pg_restore here that is not older than the server.',
      'Install the client programs of PostgreSQL, then roll back again. Nothing was changed.',
    );
  // Tables that came later may refer to those that are replaced.
  const saved = contentOf(item.fingerprint);
  const later = (await tableNames(link, schema)).filter((name) => !saved.has(name));
  for (const name of later) await link.query(`DROP TABLE ${quote(schema)}.${quote(name)} CASCADE`);
  const database = endpoint.fields['database'] ?? endpoint.fields['user'] ?? 'postgres';
  const list = await tableOfContents(tools.restore, endpoint, file, () => true, signal);
  const how = ['--clean', '--if-exists', '--single-transaction', '--exit-on-error', '-d', database];
  await withList(list, file, (path) => runTool(tools.restore, [...how, '-L', path, file], endpoint, signal));
}

/** The schema itself stays, with its grants; PostgreSQL lets nobody drop it while others use it. */
async function tableOfContents(
  program: string,
  endpoint: PostgresEndpoint,
  file: string,
  wanted: (line: string) => boolean,
  signal?: AbortSignal,
): Promise<string> {
  const lines = (await runTool(program, ['--list', file], endpoint, signal)).split('\n');
  return lines
    .filter((line) => !/^\d+; \d+ \d+ (?:SCHEMA|COMMENT|ACL) - (?:SCHEMA )?/.test(line) && wanted(line))
    .join('\n');
}

async function withList<T>(list: string, file: string, work: (path: string) => Promise<T>): Promise<T> {
  const path = `${file}.list`;
  await writeFile(path, list, { mode: 0o600 });
  try {
    return await work(path);
  } finally {
    await rm(path, { force: true });
  }
}

/** Undone rows leave numbers behind; the states are in the fingerprint, in the order of the sequences of each table. */
async function setSequences(link: Link, item: ProtectedItem, schema: string): Promise<void> {
  await link.query('BEGIN');
  for (const part of item.fingerprint?.parts ?? []) {
    const states = / next (.*)$/.exec(part.value)?.[1]?.split(', ');
    const relation = states && (await findRelation(link, schema, part.object));
    if (!states || !relation) continue;
    for (const [index, { sequence }] of (await sequencesOf(link, relation.oid)).entries()) {
      const state = /^(-?\d+)( unused)?$/.exec(states[index] ?? '');
      if (state)
        await link.query('SELECT setval($1::regclass, $2::bigint, $3::bool)', [
          sequence,
          state[1]!,
          state[2] ? 'f' : 't',
        ]);
    }
  }
  await link.query('COMMIT');
}

function damages(item: ProtectedItem, after: Fingerprint): Finding[] {
  if (after.value === item.fingerprint?.value) return [];
  return [
    makeFinding({
      severity: 'critical',
      category: 'restore',
      message: `The restored ${item.object} is not what was saved.`,
      path: item.originalPath,
      oldValue: item.fingerprint?.value ?? null,
      newValue: after.value,
      suggestion: 'Keep the rollback point, and restore by the commands in its RESTORE.md.',
    }),
  ];
}

function proofOf(item: ProtectedItem, after: Fingerprint): RestoreResult['proof'] {
  const now = new Map(after.parts.map((part) => [part.object, part.value]));
  const tables = (item.fingerprint?.parts ?? []).map((part) => ({
    object: part.object,
    before: part.value,
    after: now.get(part.object) ?? 'is gone',
    how: 'structure, rows and sequences, read in full',
  }));
  return [
    ...tables,
    {
      object: `${item.object}: content`,
      before: item.fingerprint?.value ?? '',
      after: after.value,
      how: 'read in full',
    },
  ];
}

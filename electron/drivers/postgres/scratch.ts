import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Environment } from '../../platform/environment.ts';
import type { Endpoint } from '../relational.ts';
import { tableNames } from './catalog.ts';
import { copyOut } from './copy-out.ts';
import { copyRaw } from './copy-raw.ts';
import { ownFailure } from './errors.ts';
import type { Link } from './link.ts';
import { literal, quote, quoteAll, scratchPrefix } from './names.ts';
import { connectionError, connectionFailure, openLink, type PostgresEndpoint, postgresEndpoint } from './open.ts';
import { requireRelation } from './relation.ts';
import { restoreSequences } from './sequences.ts';
import { runInAnyOrder, structureScript } from './structure-script.ts';
import { findTools, runTool, type Tools } from './tools.ts';

/** All rows of a database that is smaller come along; of a larger one only the lists of applied migrations. */
const mostContentBytes = 64 << 20;
const trackingTables = ['overland_migrations', 'schema_migrations', '_migrations'];

/**
 * A private copy on the same server for a dry run: a database of its own where the user may make one, so that even names with
 * a schema reach nothing else; otherwise a schema, in which scripts must not name the real one. The name follows from
 * `folder`, so that making it again replaces what a crash left.
 */
export async function makeScratch(
  of: Endpoint,
  folder: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<PostgresEndpoint> {
  const endpoint = postgresEndpoint(of);
  const link = await openLink(endpoint, 'write', signal).catch((error: unknown) => {
    throw connectionFailure(endpoint, error);
  });
  try {
    await env.fs.makeFolder(folder, 0o700);
    const digest = createHash('sha256')
      .update(JSON.stringify([folder, endpoint.name]))
      .digest('hex');
    const name = `${scratchPrefix}${digest.slice(0, 16)}`;
    const schema = endpoint.fields['schema'] ?? (await link.cell('SELECT current_schema()')) ?? 'public';
    const [rights] = await link.rows(
      `SELECT rolcreatedb OR rolsuper, has_database_privilege(current_database(), 'CREATE'), current_database()
         FROM pg_roles WHERE rolname = current_user`,
    );
    const [createDatabase, createSchema, database] = rights as [string, string, string];
    if (createDatabase === 't') {
      const fields = { ...endpoint.fields, database: name, schema, scratch_of: database };
      const scratch: PostgresEndpoint = { ...endpoint, fields };
      await dropScratch(scratch, env);
      await link.query(
        `CREATE DATABASE ${quote(name)} TEMPLATE template0 ENCODING ${literal(link.encoding)} ${await localeOf(link)}`,
      );
      await fillDatabase(link, endpoint, scratch, schema, folder, env, signal);
      return scratch;
    }
    if (createSchema !== 't') {
      throw connectionError(
        endpoint,
        'This user may make neither a database nor a schema for a scratch copy.',
        `GRANT CREATE ON DATABASE ${quote(database)} TO ${quote(endpoint.fields['user'] ?? 'user')};`,
      );
    }
    const scratch: PostgresEndpoint = { ...endpoint, fields: { ...endpoint.fields, schema: name, scratch_of: schema } };
    await dropScratch(scratch, env);
    await fillSchema(link, scratch, schema, name, signal);
    return scratch;
  } finally {
    await link.end();
  }
}

async function localeOf(link: Link): Promise<string> {
  const [row] = await link.rows('SELECT datcollate, datctype FROM pg_database WHERE datname = current_database()');
  const [collate, ctype] = row as [string, string];
  return `LC_COLLATE ${literal(collate)} LC_CTYPE ${literal(ctype)}`;
}

async function fillDatabase(
  link: Link,
  endpoint: PostgresEndpoint,
  scratch: PostgresEndpoint,
  schema: string,
  folder: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<void> {
  const tools = await findTools(link.serverVersion);
  if (tools) await dumpAndRestore(tools, endpoint, scratch, join(folder, 'structure.dump'), env, signal);
  const to = await openLink({ ...scratch, fields: { ...scratch.fields } }, 'scratch', signal);
  try {
    if (!tools) await makeStructure(link, to, schema, signal);
    else await copyContent(link, to, schema, schema, signal);
  } finally {
    await to.end();
  }
}

async function dumpAndRestore(
  tools: Tools,
  endpoint: PostgresEndpoint,
  scratch: PostgresEndpoint,
  file: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<void> {
  const plain = ['--no-owner', '--no-privileges', '--no-publications', '--no-subscriptions', '--no-tablespaces'];
  const dump = [
    '-Fc',
    '--schema-only',
    ...plain,
    '--exclude-schema=overland',
    `--exclude-schema=${scratchPrefix}*`,
    '-f',
    file,
  ];
  try {
    await runTool(tools.dump, dump, endpoint, signal);
    // The schema public is there already; a second CREATE of it is no reason to stop.
    const list = (await runTool(tools.restore, ['--list', file], endpoint, signal)).split('\n');
    const wanted = list.filter(
      (line) => !/ SCHEMA - public /.test(line) && !/ (?:COMMENT|ACL) - SCHEMA public /.test(line),
    );
    await env.fs.writeDurable(`${file}.list`, wanted.join('\n'));
    const restore = [
      '--exit-on-error',
      '--single-transaction',
      '-L',
      `${file}.list`,
      '-d',
      scratch.fields['database'] as string,
    ];
    await runTool(tools.restore, [...restore, file], scratch, signal);
  } finally {
    await env.fs.remove(file);
    await env.fs.remove(`${file}.list`);
  }
}

/** Without the server's tools: our own statements, and the rows between tables and keys. */
async function makeStructure(from: Link, to: Link, schema: string, signal?: AbortSignal): Promise<void> {
  const script = await structureScript(from, schema);
  await to.query('BEGIN');
  await to.query(`CREATE SCHEMA IF NOT EXISTS ${quote(schema)}`);
  await runInAnyOrder(to, script.before);
  const tables = await contentTables(from, schema);
  await copyRows(from, to, schema, schema, tables, signal);
  await runInAnyOrder(to, script.after);
  await setSequences(from, to, schema, schema, tables);
  await to.query('COMMIT');
}

async function fillSchema(
  link: Link,
  scratch: PostgresEndpoint,
  schema: string,
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  const script = await structureScript(link, schema);
  await link.query(`CREATE SCHEMA ${quote(name)}`);
  const to = await openLink(scratch, 'scratch', signal);
  try {
    await to.query('BEGIN');
    await runInAnyOrder(to, script.before);
    const tables = await contentTables(link, schema);
    await copyRows(link, to, schema, name, tables, signal);
    await runInAnyOrder(to, script.after);
    await setSequences(link, to, schema, name, tables);
    await to.query('COMMIT');
  } finally {
    await to.end();
  }
}

/** Rows into tables that have their keys already. */
async function copyContent(from: Link, to: Link, schema: string, into: string, signal?: AbortSignal): Promise<void> {
  const tables = await contentTables(from, schema);
  if (tables.length === 0) return;
  await to.query('BEGIN');
  const constraints = await to.rows(
    `SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conparentid = 0`,
  );
  for (const [table, constraint] of constraints) await to.query(`ALTER TABLE ${table} DROP CONSTRAINT ${constraint}`);
  for (const name of tables) await to.query(`ALTER TABLE ${quote(into)}.${quote(name)} DISABLE TRIGGER USER`);
  await copyRows(from, to, schema, into, tables, signal);
  await setSequences(from, to, schema, into, tables);
  for (const name of tables) await to.query(`ALTER TABLE ${quote(into)}.${quote(name)} ENABLE TRIGGER USER`);
  for (const [table, constraint, text] of constraints)
    await to.query(
      `ALTER TABLE ${table} ADD CONSTRAINT ${constraint} ${text}${/ NOT VALID$/.test(text ?? '') || holds(tables) ? '' : ' NOT VALID'}`,
    );
  await to.query('COMMIT');
}

/** Whether rows of all tables came along, so that foreign keys hold. */
function holds(tables: readonly string[]): boolean {
  return !tables.every((name) => trackingTables.includes(name));
}

async function contentTables(link: Link, schema: string): Promise<string[]> {
  const names = await tableNames(link, schema);
  const bytes = Number(
    await link.cell(
      `SELECT coalesce(sum(pg_table_size(c.oid)), 0) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relkind IN ('r', 'm')`,
      [schema],
    ),
  );
  return bytes <= mostContentBytes ? names : names.filter((name) => trackingTables.includes(name));
}

async function copyRows(
  from: Link,
  to: Link,
  schema: string,
  into: string,
  tables: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  for (const name of tables) {
    const relation = await requireRelation(from, schema, name);
    const columns = quoteAll(relation.columns.filter((column) => !column.generated).map((column) => column.name));
    if (columns === '') continue;
    const only = relation.kind === 'r' ? 'ONLY ' : '';
    const source = copyOut(from, `SELECT ${columns} FROM ${only}${quote(schema)}.${quote(name)}`, signal);
    await copyRaw(to, `${quote(into)}.${quote(name)} (${columns})`, source);
  }
}

/** When the sequences belong to their columns. */
async function setSequences(
  from: Link,
  to: Link,
  schema: string,
  into: string,
  tables: readonly string[],
): Promise<void> {
  for (const name of tables) await restoreSequences(from, to, await requireRelation(from, schema, name), into);
}

/** Drops what `makeScratch` made on the server. Refuses anything that is not named as it names. */
export async function dropScratch(given: Endpoint, _env: Environment): Promise<void> {
  const scratch = postgresEndpoint(given);
  const { database, schema, scratch_of: real } = scratch.fields;
  if (real === undefined) throw notOurs(scratch);
  if (database?.startsWith(scratchPrefix)) {
    await withLink({ ...scratch, fields: { ...scratch.fields, database: real } }, (link) =>
      link.query(`DROP DATABASE IF EXISTS ${quote(database)} WITH (FORCE)`),
    );
  } else if (schema?.startsWith(scratchPrefix)) {
    const path = { ...scratch, fields: { ...scratch.fields, schema: real } };
    await withLink(path, (link) =>
      link.query(`DROP SCHEMA IF EXISTS ${quote(schema)}, ${quote(`${schema}_own`)} CASCADE`),
    );
  } else throw notOurs(scratch);
}

async function withLink(endpoint: PostgresEndpoint, work: (link: Link) => Promise<unknown>): Promise<void> {
  const link = await openLink(endpoint, 'write');
  try {
    await work(link);
  } finally {
    await link.end();
  }
}

function notOurs(scratch: PostgresEndpoint): Error {
  return ownFailure('NOT_SCRATCH', 'permanent', `${scratch.name} is no scratch copy of Overland; it is left alone.`);
}

import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { Access, RelationalSession } from '../relational.ts';
import { othersText } from '../shared/others-text.ts';
import { tableNames } from './catalog.ts';
import { controlSchema, hasTable } from './control.ts';
import type { Link } from './link.ts';
import type { Links } from './links.ts';
import { quote } from './names.ts';
import { type PostgresEndpoint, whereOf } from './open.ts';
import { othersOf } from './other-sessions.ts';
import { findTools } from './tools.ts';

type Report = Awaited<ReturnType<RelationalSession['check']>>;
type Fact = Report['facts'][number];
type Subject = {
  readonly endpoint: PostgresEndpoint;
  readonly access: Access;
  readonly schema: string;
  readonly links: Links;
};
type Look = Subject & {
  readonly link: Link;
  readonly facts: Fact[];
  readonly findings: Finding[];
  readonly tables: readonly string[];
};

/** The oldest server that this driver is written for; 15 is the one it is tested on. */
const oldestVersion = 120_000;

/** Facts about a server for the Connections screen. Reads only. */
export async function checkEndpoint(subject: Subject): Promise<Report> {
  return subject.links.with(async (link) => {
    const look: Look = { ...subject, link, facts: [], findings: [], tables: await tableNames(link, subject.schema) };
    await serverFacts(look);
    await schemaFacts(look);
    await readRights(look);
    if (subject.access !== 'read') await writeRights(look);
    await otherSessions(look);
    const version = await link.cell(`SELECT current_setting('server_version')`);
    return { product: `PostgreSQL ${version}`, facts: look.facts, findings: look.findings };
  });
}

function fact(look: Look, check: string, found: string, needed: string, state: Fact['state'] = 'ok'): void {
  look.facts.push({ check, found, needed, state });
}

async function serverFacts(look: Look): Promise<void> {
  const { link, endpoint, access } = look;
  const [row] = await link.rows(
    `SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only'), current_user,
            (SELECT setting || ' (' || source || ')' FROM pg_settings WHERE name = 'TimeZone'),
            coalesce((SELECT reset_val FROM pg_settings WHERE name = 'TimeZone'), ''), pg_size_pretty(pg_database_size(current_database())),
            (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), (SELECT datcollate FROM pg_database WHERE datname = current_database())`,
  );
  const [replica, , user, , timeZone, size, tls, collation] = row as string[];
  fact(look, 'Reached', `${whereOf(endpoint)} as ${user}${tls === 't' ? ', encrypted' : ''}`, 'a server of PostgreSQL');
  const old = link.serverVersion < oldestVersion;
  fact(look, 'Version', String(Math.floor(link.serverVersion / 10_000)), '12 or later', old ? 'error' : 'ok');
  const unchecked = link.encoding === 'SQL_ASCII';
  fact(look, 'Encoding', `${link.encoding}, collation ${collation}`, 'any', unchecked ? 'warning' : 'info');
  if (unchecked)
    add(
      look,
      'warning',
      'encoding',
      'The database declares no encoding (SQL_ASCII), so its texts may hold bytes that are not valid UTF-8.',
      'Records with such texts are set aside with their bytes; look at them first.',
    );
  fact(look, 'Time zone', timeZone!, 'any: times are read and written in UTC', 'info');
  fact(
    look,
    'Read',
    access === 'read' ? 'the session is read only, one snapshot for all' : 'as committed',
    'changes nothing',
    'ok',
  );
  const wrongSide = replica === 't' && access !== 'read';
  fact(
    look,
    'Role',
    replica === 't' ? 'a replica' : 'primary',
    access === 'read' ? 'any' : 'the primary',
    wrongSide ? 'error' : 'ok',
  );
  if (wrongSide)
    add(look, 'error', 'replica', 'The server is a replica: nothing can be written there.', 'Connect to the primary.');
  fact(look, 'Size', `${size} in the database`, 'any', 'info');
  if (access !== 'read') fact(look, 'Free space', 'not known: PostgreSQL does not tell', 'see the plan', 'info');
  const tools = await findTools(link.serverVersion);
  if (access !== 'read')
    fact(
      look,
      'Backup by',
      tools
        ? `pg_dump ${tools.version}`
        : 'statements and COPY of Overland: no pg_dump that is not older than the server',
      'either',
      'info',
    );
  if (link.pooled)
    fact(look, 'Pooler', 'one stands before the server, in session mode', 'none, or session mode', 'info');
}

function add(
  look: Look,
  severity: Finding['severity'],
  category: string,
  message: string,
  suggestion: string,
  count?: number,
): void {
  const path = `connections.${look.endpoint.name}`;
  look.findings.push(
    makeFinding({ severity, category, message, path, suggestion, ...(count === undefined ? {} : { count }) }),
  );
}

async function schemaFacts(look: Look): Promise<void> {
  const { link, schema, tables, access } = look;
  const exists = (await link.cell('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema])) !== undefined;
  fact(look, 'Schema', exists ? schema : `${schema} does not exist`, 'a schema', exists ? 'ok' : 'error');
  if (!exists) add(look, 'error', 'no_schema', `There is no schema ${schema}.`, `CREATE SCHEMA ${quote(schema)};`);
  const shown =
    tables.length === 0
      ? 'none'
      : `${tables.length}: ${tables.slice(0, 6).join(', ')}${tables.length > 6 ? ' ...' : ''}`;
  const needed = access === 'read' ? 'the tables that the steps read' : 'any';
  fact(look, 'Tables', shown, needed, tables.length === 0 && access === 'read' ? 'warning' : 'ok');
}

/** Tables of the schema for which a condition holds. */
async function tablesWhere({ link, schema }: Look, condition: string): Promise<string[]> {
  const rows = await link.rows(
    `SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND (${condition}) ORDER BY c.relname COLLATE "C"`,
    [schema],
  );
  return rows.map(([name]) => name as string);
}

async function readRights(look: Look): Promise<void> {
  const { schema, tables } = look;
  const unreadable = await tablesWhere(
    look,
    `NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'))`,
  );
  rights(look, 'Read tables', unreadable, tables.length, 'SELECT');
  if (unreadable.length > 0)
    missingRight(look, `${listed(unreadable)} cannot be read.`, grants(look, schema, 'SELECT', unreadable));
  const hidden = await tablesWhere(look, 'row_security_active(c.oid)');
  fact(
    look,
    'Row-level security',
    hidden.length === 0 ? 'hides nothing from this user' : `hides rows of ${listed(hidden)}`,
    'hides nothing',
    hidden.length === 0 ? 'ok' : 'error',
  );
  if (hidden.length > 0)
    add(
      look,
      'error',
      'row_level_security',
      `Row-level security would hide rows of ${listed(hidden)} from this user; reading them fails instead.`,
      `ALTER ROLE ${await userOf(look)} BYPASSRLS; or connect as a user that has it.`,
      hidden.length,
    );
}

async function writeRights(look: Look): Promise<void> {
  const { link, schema, tables, endpoint } = look;
  const closed = await tablesWhere(
    look,
    ['INSERT', 'UPDATE', 'DELETE'].map((right) => `NOT has_table_privilege(c.oid, '${right}')`).join(' OR '),
  );
  rights(look, 'Write tables', closed, tables.length, 'INSERT, UPDATE, DELETE');
  if (closed.length > 0)
    missingRight(look, `${listed(closed)} cannot be written.`, grants(look, schema, 'INSERT, UPDATE, DELETE', closed));
  const own = controlSchema(endpoint);
  const [row] = await link.rows(
    `SELECT has_database_privilege(current_database(), 'CREATE'), has_database_privilege(current_database(), 'TEMPORARY'),
            EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1 AND nspowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)),
            coalesce((SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = $2), false),
            (SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user), current_database()`,
    [own, schema],
  );
  const [createSchema, temporary, owned, createTable, createDatabase, database] = row as string[];
  const books = createSchema === 't' || owned === 't';
  fact(
    look,
    'Own tables',
    books ? `in schema ${own}` : `schema ${own} cannot be made`,
    `the right to make the schema ${own}`,
    books ? 'ok' : 'error',
  );
  const user = await userOf(look);
  if (!books)
    missingRight(
      look,
      `The schema ${own} for Overland's own tables cannot be made.`,
      `GRANT CREATE ON DATABASE ${quote(database!)} TO ${user};`,
    );
  if (temporary !== 't')
    missingRight(
      look,
      'Temporary tables cannot be made, which upserts need.',
      `GRANT TEMPORARY ON DATABASE ${quote(database!)} TO ${user};`,
    );
  fact(
    look,
    'Make tables',
    createTable === 't' ? `in schema ${schema}` : 'no right',
    'needed by schema steps',
    createTable === 't' ? 'ok' : 'info',
  );
  const scratch =
    createDatabase === 't'
      ? 'a database of its own'
      : createSchema === 't'
        ? 'a schema beside the real one'
        : 'not possible';
  fact(
    look,
    'Dry run in',
    scratch,
    'the right to make a database, or a schema',
    scratch === 'not possible' ? 'warning' : 'ok',
  );
  if (await hasTable(link, own, 'run')) fact(look, 'Earlier runs', 'their tables are still there', 'any', 'info');
  await writeTraps(look);
}

/** What happens at a write beside the write. */
async function writeTraps(look: Look): Promise<void> {
  const { link } = look;
  const triggers = await tablesWhere(
    look,
    `EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled <> 'D')`,
  );
  if (triggers.length > 0)
    add(
      look,
      'warning',
      'triggers',
      `Triggers of ${listed(triggers)} run with every row that is written.`,
      'Look whether they may; a trigger that changes rows shows as a difference in the validation.',
      triggers.length,
    );
  const events = (await link.rows(`SELECT evtname FROM pg_event_trigger WHERE evtenabled <> 'D' ORDER BY 1`)).map(
    ([name]) => name as string,
  );
  if (events.length > 0)
    add(
      look,
      'warning',
      'event_triggers',
      `Event triggers run with every change of the structure: ${listed(events)}.`,
      'Look whether they may.',
      events.length,
    );
  const slots = Number(await link.cell(`SELECT count(*) FROM pg_replication_slots`).catch(() => '0'));
  if (slots > 0) fact(look, 'Replication', `${slots} slots: what is written is sent on`, 'any', 'info');
}

async function otherSessions(look: Look): Promise<void> {
  const { sessions } = await othersOf(look.link);
  const others = othersText(sessions);
  const total = sessions.length;
  fact(
    look,
    'Other sessions',
    others.length === 0 ? 'none' : `${total}: ${others.slice(0, 5).join(', ')}`,
    'none while a run executes',
    others.length === 0 ? 'ok' : 'warning',
  );
  if (total > 0)
    add(
      look,
      'warning',
      'in_use',
      `Others are connected to the database: ${others.slice(0, 5).join(', ')}.`,
      'Stop them before execute: what they write meanwhile is not part of the run.',
      total,
    );
}

function rights(look: Look, check: string, missing: readonly string[], of: number, needed: string): void {
  const found =
    missing.length === 0 ? `${needed} on all ${of}` : `not on ${missing.length} of ${of}: ${listed(missing)}`;
  fact(look, check, found, needed, missing.length === 0 ? 'ok' : look.access === 'read' ? 'warning' : 'error');
}

/** A table that no step uses may be closed; what the steps use is held against it elsewhere. */
function missingRight(look: Look, message: string, grant: string): void {
  add(look, look.access === 'read' ? 'warning' : 'error', 'missing_right', message, grant);
}

function grants(look: Look, schema: string, right: string, tables: readonly string[]): string {
  const user = quote(look.endpoint.fields['user'] ?? 'user');
  const names = tables.map((name) => `${quote(schema)}.${quote(name)}`).join(', ');
  return `GRANT USAGE ON SCHEMA ${quote(schema)} TO ${user};\nGRANT ${right} ON ${names} TO ${user};`;
}

async function userOf(look: Look): Promise<string> {
  return quote((await look.link.cell('SELECT current_user')) ?? 'user');
}

function listed(names: readonly string[]): string {
  return names.length <= 4 ? names.join(', ') : `${names.slice(0, 4).join(', ')} and ${names.length - 4} more`;
}

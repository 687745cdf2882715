import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Access, RelationalSession } from '../relational.ts';
import { othersText } from '../shared/others-text.ts';
import { tableFacts } from './catalog.ts';
import type { MysqlConnection } from './connection.ts';
import { type MysqlEndpoint, type Server, tlsMode, whereOf } from './open.ts';
import { othersOf } from './other-sessions.ts';

type Report = Awaited<ReturnType<RelationalSession['check']>>;
type Fact = Report['facts'][number];

export type Subject = {
  readonly endpoint: MysqlEndpoint;
  readonly access: Access;
  readonly env: Environment;
  readonly server: Server;
  readonly connection: MysqlConnection;
};

/** Facts about a server and its database for the Connections screen. Reads only. */
export async function checkEndpoint(subject: Subject): Promise<Report> {
  const facts: Fact[] = [];
  const findings: Finding[] = [];
  await serverFacts(subject, facts, findings);
  await contentFacts(subject, facts, findings);
  await rightFacts(subject, facts, findings);
  if (subject.access !== 'read') writeFacts(subject, facts);
  else facts.push(readFact);
  await sessionFacts(subject, facts, findings);
  await replicaFacts(subject, facts, findings);
  const { maria, version } = subject.server;
  return { product: `${maria ? 'MariaDB' : 'MySQL'} ${version.replace(/-MariaDB.*/i, '')}`, facts, findings };
}

const readFact: Fact = {
  check: 'Read',
  found: 'each session is set to read only',
  needed: 'a user with SELECT alone is stronger: a session set so still lets ANALYZE and SET GLOBAL through',
  state: 'info',
};

async function serverFacts({ endpoint, server, connection }: Subject, facts: Fact[], findings: Finding[]) {
  const oldest = server.maria ? 100_600 : 80_000;
  const known = server.number >= oldest;
  const [row] = await connection.rows(
    `SELECT @@global.sql_mode, @@global.time_zone, @@system_time_zone, @@character_set_database, @@collation_database,
       @@max_allowed_packet, @@lower_case_table_names`,
  );
  const [mode, zone, systemZone, charset, collation, packet, lowerCase] = (row ?? []).map(String);
  const tls = tlsMode(endpoint.fields);
  facts.push(
    {
      check: 'Reached',
      found: `${whereOf(endpoint)}, ${tls === 'off' ? 'without TLS' : tls === 'verify' ? 'TLS, certificate verified' : 'TLS, certificate not verified'}`,
      needed: server.maria ? 'MariaDB 10.6 or later' : 'MySQL 8.0 or later',
      state: known ? 'ok' : 'warning',
    },
    {
      check: 'SQL mode',
      found: `${mode || '(empty)'}; our sessions set their own`,
      needed: 'strict, which our sessions are',
      state: 'info',
    },
    {
      check: 'Time zone',
      found: `${zone === 'SYSTEM' ? `the system's: ${systemZone}` : zone}; our sessions use UTC`,
      needed: 'any',
      state: 'info',
    },
    {
      check: 'Character set',
      found: `${charset}, ${collation}`,
      needed: 'utf8mb4 for new tables',
      state: charset === 'utf8mb4' ? 'ok' : 'warning',
    },
    { check: 'Largest packet', found: bytesText(Number(packet)), needed: 'more than the largest row', state: 'info' },
    {
      check: 'Names of tables',
      found: lowerCase === '0' ? 'kept as written, case matters' : 'case does not matter',
      needed: 'any',
      state: 'info',
    },
  );
  if (!known) {
    findings.push(
      makeFinding({
        severity: 'warning',
        category: 'version',
        message: `The server is ${server.version}, older than what this driver is written for.`,
        path: whereOf(endpoint),
        suggestion: 'Try it on a copy first.',
      }),
    );
  }
}

async function contentFacts({ endpoint, connection, access }: Subject, facts: Fact[], findings: Finding[]) {
  const tables = await tableFacts(connection);
  const bytes = tables.reduce((sum, table) => sum + (table.bytes ?? 0), 0);
  const names = tables.map((table) => table.name);
  facts.push({
    check: 'Tables',
    found:
      names.length === 0
        ? 'none'
        : `${names.length}: ${names.slice(0, 6).join(', ')}${names.length > 6 ? ' ...' : ''}; about ${bytesText(bytes)}`,
    needed: access === 'read' ? 'the tables that the steps read' : 'any',
    state: names.length === 0 && access === 'read' ? 'warning' : 'ok',
  });
  const others = tables.filter((table) => !/^(InnoDB|ROCKSDB)$/i.test(table.engine));
  facts.push({
    check: 'Storage engine',
    found: others.length === 0 ? 'InnoDB' : others.map((table) => `${table.name}: ${table.engine}`).join(', '),
    needed: 'InnoDB',
    state: others.length === 0 ? 'ok' : 'warning',
  });
  if (others.length === 0) return;
  findings.push(
    makeFinding({
      severity: 'warning',
      category: 'no_transactions',
      message: `${others.length} tables have no transactions: ${others.map((table) => `${table.name} (${table.engine})`).join(', ')}.`,
      path: whereOf(endpoint),
      suggestion:
        access === 'read'
          ? 'They can be read, but not in a consistent snapshot. Stop what writes to them.'
          : 'A chunk cannot be taken back in them, so that no step may write to them. ALTER TABLE ... ENGINE = InnoDB changes that.',
      count: others.length,
    }),
  );
}

const neededToWrite = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP', 'ALTER', 'INDEX'];

async function rightFacts({ endpoint, connection, access }: Subject, facts: Fact[], findings: Finding[]) {
  const grants = (await connection.rows('SHOW GRANTS')).map(([text]) => String(text));
  const database = endpoint.fields['database'] ?? '';
  const rights = rightsIn(grants, database);
  const needed = access === 'read' ? ['SELECT'] : neededToWrite;
  const missing = rights.has('ALL PRIVILEGES') ? [] : needed.filter((right) => !rights.has(right));
  facts.push({
    check: 'Rights',
    found: missing.length === 0 ? 'all that are needed' : `not seen on the whole database: ${missing.join(', ')}`,
    needed: needed.join(', '),
    // A role or single tables may give them all the same.
    state: missing.length === 0 ? 'ok' : 'warning',
  });
  if (missing.length > 0) {
    findings.push(
      makeFinding({
        severity: 'warning',
        category: 'missing_right',
        message: `The user was not seen to have ${missing.join(', ')} on the whole database.`,
        path: whereOf(endpoint),
        suggestion: `GRANT ${missing.join(', ')} ON \`${database}\`.* TO the user, unless rights on single tables suffice.`,
      }),
    );
  }
  const writes = [...rights].filter((right) => neededToWrite.includes(right) && right !== 'SELECT');
  if (access === 'read' && (writes.length > 0 || rights.has('ALL PRIVILEGES'))) {
    facts.push({
      check: 'Reads only',
      found: 'the user may write as well; only the session is set to read only',
      needed: 'a user with SELECT alone',
      state: 'info',
    });
  }
}

/** Rights on the whole database, as SHOW GRANTS tells them. */
export function rightsIn(grants: readonly string[], database: string): Set<string> {
  const rights = new Set<string>();
  for (const grant of grants) {
    const found = /^GRANT ([\s\S]+?) ON (?:TABLE )?(\*|`(?:[^`]|``)*`)\.\* TO /.exec(grant);
    if (!found) continue;
    const [, list = '', on = ''] = found;
    const pattern = on
      .slice(1, -1)
      .replaceAll('``', '`')
      .replace(/\\([_%])/g, '$1');
    if (on !== '*' && pattern !== database) continue;
    for (const right of list.split(/,\s*(?![^(]*\))/)) rights.add(right.trim().toUpperCase());
  }
  return rights;
}

function writeFacts({ server }: Subject, facts: Fact[]): void {
  facts.push({
    check: 'Load',
    found: server.localInfile ? 'LOAD DATA LOCAL is allowed' : 'LOAD DATA LOCAL is off; rows go by prepared INSERT',
    needed: 'local_infile = 1 makes a load about twice as fast',
    state: server.localInfile ? 'ok' : 'info',
  });
  facts.push({ check: 'Free space', found: 'not known', needed: 'see the plan', state: 'info' });
}

async function sessionFacts({ endpoint, connection }: Subject, facts: Fact[], findings: Finding[]) {
  const { sessions, complete, needed } = await othersOf(connection);
  const words = othersText(sessions);
  facts.push({
    check: 'Other sessions',
    found: words.length === 0 ? 'none seen on this database' : words.join(', '),
    needed: complete ? 'none while a run executes' : `none while a run executes; all are seen with ${needed}`,
    state: words.length === 0 ? 'ok' : 'warning',
  });
  if (words.length === 0) return;
  findings.push(
    makeFinding({
      severity: 'warning',
      category: 'in_use',
      message: `Other sessions use the database: ${words.join(', ')}.`,
      path: whereOf(endpoint),
      suggestion: 'Stop what writes before execute. What is read while others write may belong to different moments.',
      count: sessions.length,
    }),
  );
}

async function replicaFacts({ endpoint, connection, access, server }: Subject, facts: Fact[], findings: Finding[]) {
  const [row] = await connection.rows('SELECT @@log_bin, @@global.read_only');
  const binlog = row?.[0] === 1n;
  const readOnly = row?.[1] === 1n;
  const replica = await connection
    .rows(server.maria || server.number >= 80_022 ? 'SHOW REPLICA STATUS' : 'SHOW SLAVE STATUS')
    .then((found) => (found.length > 0 ? 'yes' : 'no'))
    .catch(() => 'not known: the right to ask is missing');
  facts.push(
    {
      check: 'Binary log',
      found: binlog ? 'on: what is written goes to replicas and to the log as well' : 'off',
      needed: 'any',
      state: 'info',
    },
    {
      check: 'Replica',
      found: replica,
      needed: access === 'read' ? 'any' : 'no',
      state: replica === 'yes' && access !== 'read' ? 'warning' : 'info',
    },
  );
  if (access === 'read' || !readOnly) return;
  findings.push(
    makeFinding({
      severity: 'error',
      category: 'read_only',
      message: 'The server is set to read only.',
      path: whereOf(endpoint),
      suggestion: 'Connect to the primary.',
    }),
  );
}

export function bytesText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit += 1) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filledMariadb, mysqlColumns, postgresColumns, type Servers } from './ends.ts';
import { dumpAndRestore, hasProgram, loadData, pgloader, psqlCopy } from './peers.ts';
import { type RowFiles, rowsTable } from './rows.ts';

export type Lab = { readonly servers: Servers; readonly files: RowFiles; readonly folder: string };

/** A way for rows to go, with the peers that go it as well. */
export type CopyPath = {
  readonly name: string;
  /** Connections and rules of the profile; makes what the round needs. */
  readonly prepare: (
    lab: Lab,
  ) => Promise<{ readonly connections: string; readonly rules: string; readonly target: Target }>;
  readonly peers: readonly Peer[];
};

export type Target = { readonly engine: 'postgres' | 'mysql'; readonly database: string };

export type Peer = {
  readonly name: string;
  /** The engine's speed must be at least so many times the peer's. */
  readonly atLeast: number;
  readonly available: () => boolean;
  /** Milliseconds, and where the rows are. */
  readonly run: (lab: Lab) => Promise<{ readonly ms: number; readonly target: Target }>;
};

const psql: Omit<Peer, 'atLeast'> = {
  name: 'psql \\copy of a ready text file',
  available: () => hasProgram('psql'),
  async run(lab) {
    const target = await postgresTarget(lab);
    await lab.servers.postgres.sql(target.database, `CREATE TABLE ${rowsTable} ${postgresColumns}`);
    return { ms: psqlCopy(lab.servers, target.database, lab.files), target };
  },
};

const sqliteSource = ({ files }: Lab) => `old = { engine = "sqlite", path = "${files.sqlite}" }`;

export const copyPaths: readonly CopyPath[] = [
  {
    name: 'SQLite to PostgreSQL',
    async prepare(lab) {
      const target = await postgresTarget(lab);
      return { connections: `${sqliteSource(lab)}\n${serverLine(lab, 'new', target)}`, rules: '', target };
    },
    peers: [{ ...psql, atLeast: 0.8 }, pgloaderFrom(async ({ files }) => `sqlite://${files.sqlite}`)],
  },
  {
    name: 'MariaDB to PostgreSQL',
    async prepare(lab) {
      const source: Target = { engine: 'mysql', database: await mariadbSource(lab) };
      const target = await postgresTarget(lab);
      const connections = `${serverLine(lab, 'old', source, 'read')}\n${serverLine(lab, 'new', target)}`;
      return {
        connections,
        rules: '[steps.copy.types]\n"tinyint(1)" = { to = "boolean", outside = "quarantine" }',
        target,
      };
    },
    peers: [
      { ...psql, atLeast: 0.75 },
      pgloaderFrom(async (lab) => {
        const { host, port, user } = lab.servers.mariadb.fields;
        return `mysql://${user}@${host}:${port}/${await mariadbSource(lab)}`;
      }),
    ],
  },
  {
    name: 'PostgreSQL to PostgreSQL',
    async prepare(lab) {
      const source: Target = { engine: 'postgres', database: await postgresSource(lab) };
      const target = await postgresTarget(lab);
      return {
        connections: `${serverLine(lab, 'old', source, 'read')}\n${serverLine(lab, 'new', target)}`,
        rules: '',
        target,
      };
    },
    peers: [
      {
        name: 'pg_dump | psql',
        atLeast: 1.7,
        available: () => hasProgram('pg_dump') && hasProgram('psql'),
        async run(lab) {
          const from = await postgresSource(lab);
          const target = await postgresTarget(lab);
          return { ms: dumpAndRestore(lab.servers, from, target.database), target };
        },
      },
    ],
  },
  {
    name: 'SQLite to MariaDB',
    async prepare(lab) {
      const target: Target = { engine: 'mysql', database: await lab.servers.mariadb.createDatabase() };
      // DATETIME has no zone, and the times of the file name theirs.
      const rules = `[steps.copy.types]\n"${rowsTable}.at" = { zone = "utc" }`;
      return { connections: `${sqliteSource(lab)}\n${serverLine(lab, 'new', target)}`, rules, target };
    },
    peers: [
      {
        name: 'mariadb LOAD DATA of a ready text file',
        atLeast: 0.93,
        available: () => hasProgram('mariadb'),
        async run(lab) {
          const database = await lab.servers.mariadb.createDatabase();
          await lab.servers.mariadb.sql(database, `CREATE TABLE ${rowsTable} ${mysqlColumns}`);
          return { ms: loadData(lab.servers, database, lab.files), target: { engine: 'mysql', database } };
        },
      },
    ],
  },
];

/** Writes the bundle of a path into a new folder and returns it. */
export async function writeBundle(lab: Lab, connections: string, rules: string): Promise<string> {
  const bundle = join(lab.folder, 'bundle');
  await rm(bundle, { recursive: true, force: true });
  await mkdir(bundle, { recursive: true });
  await writeFile(
    join(bundle, 'profile.toml'),
    `overland = 1
id = "bench-copy"
version = "1.0.0"

[connections]
${connections}

[policy]
rollback_on = ["loss", "critical"]

[steps.copy]
kind = "records"
source = { connection = "old", tables = ["${rowsTable}"] }
target = { connection = "new", mode = "create" }
undo = "drop_created"
${rules}
`,
  );
  return bundle;
}

/** Digest of the rows as a server gives them, whatever the types that hold them. */
export async function contentOf({ servers }: Lab, { engine, database }: Target): Promise<string> {
  const sql =
    engine === 'postgres'
      ? `SELECT count(*), sum(('x' || substr(md5(concat_ws('|', id, coalesce(count::text, 'null'), ratio, amount, code,
          coalesce(note, 'null'), at::timestamp, flag::int, uid, doc::text)), 1, 8))::bit(32)::bigint) FROM ${rowsTable}`
      : `SELECT count(*), sum(crc32(concat_ws('|', id, coalesce(count, 'null'), ratio, amount, code, coalesce(note, 'null'),
          cast(at AS DATETIME(6)), flag + 0, uid, doc))) FROM ${rowsTable}`;
  const server = engine === 'postgres' ? servers.postgres : servers.mariadb;
  return (await server.sql(database, sql))[0]!.join(' rows, ');
}

/** Sources are filled once and used by all rounds. */
const sources = new WeakMap<Lab, Map<string, Promise<string>>>();

function once(lab: Lab, name: string, make: () => Promise<string>): Promise<string> {
  const known = sources.get(lab) ?? new Map<string, Promise<string>>();
  sources.set(lab, known);
  const found = known.get(name) ?? make();
  known.set(name, found);
  return found;
}

function mariadbSource(lab: Lab): Promise<string> {
  return once(lab, 'mariadb', () => filledMariadb(lab.servers, lab.files));
}

function postgresSource(lab: Lab): Promise<string> {
  return once(lab, 'postgres', async () => {
    const { database } = await postgresTarget(lab);
    await lab.servers.postgres.sql(database, `CREATE TABLE ${rowsTable} ${postgresColumns}`);
    psqlCopy(lab.servers, database, lab.files);
    return database;
  });
}

async function postgresTarget({ servers }: Lab): Promise<Target> {
  const database = await servers.postgres.createDatabase();
  await servers.postgres.sql(database, 'CHECKPOINT');
  return { engine: 'postgres', database };
}

function pgloaderFrom(source: (lab: Lab) => Promise<string>): Peer {
  return {
    name: 'pgloader',
    atLeast: 3,
    available: () => hasProgram('pgloader'),
    async run(lab) {
      const from = await source(lab);
      const target = await postgresTarget(lab);
      return { ms: pgloader(lab.servers, from, target.database, lab.folder), target };
    },
  };
}

function serverLine({ servers }: Lab, name: string, { engine, database }: Target, access = 'write'): string {
  const { host, port, user } = (engine === 'postgres' ? servers.postgres : servers.mariadb).fields;
  return `${name} = { engine = "${engine}", host = "${host}", port = ${port}, user = "${user}", database = "${database}", access = "${access}" }`;
}

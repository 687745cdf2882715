import Database from 'better-sqlite3';
import { drivers } from '../../../drivers/registry.ts';
import { hasMariadb, startMariadb } from '../../../testing/servers/mariadb.ts';
import { hasPostgres, startPostgres } from '../../../testing/servers/postgres.ts';
import type { StepBench } from '../testing/step-bench.ts';
import type { Engine } from './statement-kind.ts';

/** An engine that the tests of this step run over: a new database for each test. */
export type EngineUnderTest = {
  readonly engine: Engine;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Makes a database; the profile's line for it. */
  make(bench: StepBench): Promise<Base>;
};
export type Base = {
  /** Line of `[connections]`. */
  readonly connection: string;
  /** Runs SQL outside of the code that is tested; values of the last statement as text. */
  sql(text: string): Promise<(string | null)[][]>;
  /** Names of tables, without ours. */
  tables(): Promise<string[]>;
  /** Scratch places of ours on the server. */
  scratches(): Promise<string[]>;
};

type Server = {
  readonly fields: Readonly<Record<string, string>>;
  createDatabase(): Promise<string>;
  sql(database: string, text: string): Promise<(string | null)[][]>;
  stop(): Promise<void>;
};

const sqlite: EngineUnderTest = {
  engine: 'sqlite',
  start: async () => undefined,
  stop: async () => undefined,
  make: async (bench) => {
    const sql = async (text: string) => {
      const db = new Database(bench.path('new.db'));
      try {
        if (!/^\s*(?:SELECT|PRAGMA)\b/i.test(text)) db.exec(text);
        else {
          const rows = db.prepare(text).raw(true).all() as unknown[][];
          return rows.map((row) => row.map((value) => (value === null ? null : String(value))));
        }
      } finally {
        db.close();
      }
      return [];
    };
    const list = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    return {
      connection: 'new = { engine = "sqlite", path = "new.db", access = "write" }',
      sql,
      tables: async () => foreign(await sql(list)),
      scratches: async () => [],
    };
  },
};

const postgres = onServer('postgres', () => startPostgres(), {
  tables: "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
  scratches:
    "SELECT datname FROM pg_database WHERE datname LIKE 'overland_scratch%' UNION SELECT nspname FROM pg_namespace WHERE nspname LIKE 'overland_scratch%'",
});
const mysql = onServer('mysql', () => startMariadb(), {
  tables: 'SELECT table_name FROM information_schema.tables WHERE table_schema = database() ORDER BY 1',
  scratches: "SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE 'overland_scratch%'",
});

/** Those that can run here. */
export const engines: readonly EngineUnderTest[] = [
  sqlite,
  ...(drivers.has('postgres') && hasPostgres() ? [postgres] : []),
  ...(drivers.has('mysql') && hasMariadb() ? [mysql] : []),
];

function onServer(
  engine: 'postgres' | 'mysql',
  begin: () => Promise<Server>,
  queries: { readonly tables: string; readonly scratches: string },
): EngineUnderTest {
  let server: Server | null = null;
  return {
    engine,
    start: async () => {
      server = await begin();
    },
    stop: async () => server?.stop(),
    make: async () => {
      const running = server!;
      const database = await running.createDatabase();
      const fields = Object.entries({ ...running.fields, database }).map(([name, value]) => `${name} = "${value}"`);
      return {
        connection: `new = { engine = "${engine}", ${fields.join(', ')}, access = "write" }`,
        sql: (text) => running.sql(database, text),
        tables: async () => foreign(await running.sql(database, queries.tables)),
        scratches: async () => (await running.sql(database, queries.scratches)).flat().map(String),
      };
    },
  };
}

function foreign(rows: readonly (readonly (string | null)[])[]): string[] {
  return rows
    .flat()
    .map(String)
    .filter((name) => !/^overland_(?:run|chunk|written|preimage|lease)$/.test(name));
}

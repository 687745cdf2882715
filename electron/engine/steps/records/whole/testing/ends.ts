import { randomBytes } from 'node:crypto';
import Database from 'better-sqlite3';
import type { Engine } from '../../../../../drivers/relational.ts';
import { hasMariadb, type MariadbServer, startMariadb } from '../../../../../testing/servers/mariadb.ts';
import { hasPostgres, type PostgresServer, startPostgres } from '../../../../../testing/servers/postgres.ts';
import type { StepBench } from '../../../testing/step-bench.ts';

/** One end of a copy under test: an empty database of an engine, and SQL that does not go through our drivers. */
export type End = {
  readonly engine: Engine;
  /** The connection as a line of the profile. */
  readonly connection: string;
  sql(text: string): Promise<void>;
  /** All values as text. */
  rows(text: string): Promise<(string | null)[][]>;
};

/** The servers of one test file, started together. Engines that are not on this machine are left out, and said so. */
export class Servers {
  readonly #postgres: PostgresServer | null;
  readonly #mariadb: MariadbServer | null;

  private constructor(postgres: PostgresServer | null, mariadb: MariadbServer | null) {
    this.#postgres = postgres;
    this.#mariadb = mariadb;
  }

  static async start(): Promise<Servers> {
    const [postgres, mariadb] = await Promise.all([
      hasPostgres() ? startPostgres() : null,
      hasMariadb() ? startMariadb() : null,
    ]);
    return new Servers(postgres, mariadb);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#postgres?.stop(), this.#mariadb?.stop()]);
  }

  /** Kills the server of an engine and starts it again. */
  async restart(engine: Engine): Promise<void> {
    const control = engine === 'postgres' ? this.#postgres?.control : this.#mariadb?.control;
    if (!control) throw new Error(`The ${engine} of this test is not ours to end`);
    await control.crash();
    await control.start();
  }

  async end(engine: Engine, name: string, access: 'read' | 'write', bench: StepBench): Promise<End> {
    if (engine === 'sqlite') return sqliteEnd(name, access, bench);
    const server = engine === 'postgres' ? this.#postgres : this.#mariadb;
    if (!server) throw new Error(`There is no ${engine} on this machine`);
    const database = await server.createDatabase();
    const secret = `COPY_${randomBytes(4).toString('hex').toUpperCase()}`;
    if (server.password !== null) process.env[`OVERLAND_SECRET_${secret}`] = server.password;
    const fields = Object.entries({ ...server.fields, database }).map(
      ([key, value]) => `${key} = ${tomlOf(key, value)}`,
    );
    const secrets = server.password === null ? '' : `, secrets = ["${secret}"]`;
    return {
      engine,
      connection: `${name} = { engine = "${engine}", access = "${access}", ${fields.join(', ')}${secrets} }`,
      sql: async (text) => {
        await server.sql(database, text);
      },
      rows: (text) => server.sql(database, text),
    };
  }
}

/** Engines that tests can use here. */
export const enginesHere: readonly Engine[] = [
  'sqlite',
  ...(hasPostgres() ? (['postgres'] as const) : []),
  ...(hasMariadb() ? (['mysql'] as const) : []),
];

function tomlOf(key: string, value: string): string {
  return key === 'port' ? value : JSON.stringify(value);
}

function sqliteEnd(name: string, access: 'read' | 'write', bench: StepBench): End {
  const file = `${name}.db`;
  return {
    engine: 'sqlite',
    connection: `${name} = { engine = "sqlite", path = "${file}", access = "${access}" }`,
    sql: async (text) => bench.sql(file, `PRAGMA foreign_keys = OFF; ${text}`),
    rows: async (text) => {
      const db = new Database(bench.path(file), { readonly: true });
      try {
        const rows = db.prepare(text).safeIntegers(true).raw(true).all() as unknown[][];
        return rows.map((row) => row.map((value) => (value === null ? null : String(value))));
      } finally {
        db.close();
      }
    },
  };
}

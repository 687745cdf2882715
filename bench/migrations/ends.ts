import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Servers } from '../copy/ends.ts';
import { writeMigrationBundle } from './files.ts';

/** An engine that migrations are applied to; each `make` gives a new and empty database. */
export type End = { readonly name: string; make(): Promise<Made> };

export type Made = {
  /** As dbmate takes it. */
  readonly url: string;
  writeBundle(scripts: string): Promise<string>;
  /** Tables that the migrations made. */
  tables(): Promise<number>;
};

export function ends({ postgres, mariadb }: Servers, folder: string): readonly End[] {
  const bundle = join(folder, 'bundle');
  const counted = `SELECT count(*) FROM information_schema.tables WHERE table_name LIKE 'made%'`;
  return [
    {
      name: 'SQLite',
      async make() {
        made += 1;
        const file = join(folder, `made-${made}.db`);
        await rm(file, { force: true });
        return {
          url: `sqlite:${file}`,
          writeBundle: (scripts) =>
            writeMigrationBundle(bundle, scripts, `{ engine = "sqlite", path = "${file}", access = "write" }`),
          tables: async () => tablesOf(file),
        };
      },
    },
    {
      name: 'PostgreSQL',
      async make() {
        const database = await postgres.createDatabase();
        const { host, port, user } = postgres.fields;
        return {
          url: `postgres://${user}@${host}:${port}/${database}?sslmode=disable`,
          writeBundle: (scripts) =>
            writeMigrationBundle(bundle, scripts, server('postgres', postgres.fields, database)),
          tables: async () => Number((await postgres.sql(database, counted))[0]![0]),
        };
      },
    },
    {
      name: 'MariaDB',
      async make() {
        const database = await mariadb.createDatabase();
        const { host, port, user } = mariadb.fields;
        return {
          url: `mysql://${user}@${host}:${port}/${database}`,
          writeBundle: (scripts) => writeMigrationBundle(bundle, scripts, server('mysql', mariadb.fields, database)),
          tables: async () =>
            Number((await mariadb.sql(database, `${counted} AND table_schema = '${database}'`))[0]![0]),
        };
      },
    },
  ];
}

let made = 0;

function server(engine: string, fields: Readonly<Record<string, string>>, database: string): string {
  const { host, port, user } = fields;
  return `{ engine = "${engine}", host = "${host}", port = ${port}, user = "${user}", database = "${database}", access = "write" }`;
}

function tablesOf(file: string): number {
  const database = new Database(file, { readonly: true });
  try {
    return database.prepare(`SELECT count(*) FROM sqlite_master WHERE name LIKE 'made%'`).pluck().get() as number;
  } finally {
    database.close();
  }
}

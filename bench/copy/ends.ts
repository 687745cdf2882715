import { createReadStream } from 'node:fs';
import mysql from 'mysql2/promise';
import { startMariadb } from '../../electron/testing/servers/mariadb.ts';
import { startPostgres } from '../../electron/testing/servers/postgres.ts';
import { type RowFiles, rowsTable } from './rows.ts';

/** Where a copy goes to or comes from: a profile's connection, and the server behind it. */
export type Servers = {
  readonly postgres: Awaited<ReturnType<typeof startPostgres>>;
  readonly mariadb: Awaited<ReturnType<typeof startMariadb>>;
  stop(): Promise<void>;
};

/** Servers as they run in production: durable, with memory for their pages. */
export async function startServers(): Promise<Servers> {
  const [postgres, mariadb] = await Promise.all([
    startPostgres({
      fsync: 'on',
      shared_buffers: '512MB',
      max_wal_size: '4GB',
      timezone: 'UTC',
      datestyle: 'ISO',
      intervalstyle: 'postgres',
    }),
    startMariadb({ 'innodb-buffer-pool-size': '512M', 'sql-mode': '', 'character-set-server': 'utf8mb4' }),
  ]);
  return {
    postgres,
    mariadb,
    stop: async () => {
      await Promise.all([postgres.stop(), mariadb.stop()]);
    },
  };
}

export const postgresColumns = `(id bigint PRIMARY KEY, count integer, ratio double precision, amount numeric(12,2), code varchar(40),
  note text, at timestamptz, flag boolean, uid uuid, doc json)`;
export const mysqlColumns = `(id BIGINT PRIMARY KEY, count INT, ratio DOUBLE, amount DECIMAL(12,2), code VARCHAR(40), note TEXT,
  at DATETIME(6), flag TINYINT(1), uid CHAR(36), doc JSON) ENGINE=InnoDB CHARACTER SET utf8mb4`;

/** A database of MariaDB that holds the rows. */
export async function filledMariadb({ mariadb }: Servers, files: RowFiles): Promise<string> {
  const database = await mariadb.createDatabase();
  await mariadb.sql(database, `CREATE TABLE ${rowsTable} ${mysqlColumns}`);
  const connection = await mysql.createConnection({ ...clientOptions(mariadb), database, charset: 'utf8mb4' });
  try {
    await connection.query({
      sql: `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${rowsTable} CHARACTER SET utf8mb4`,
      infileStreamFactory: () => createReadStream(files.mysqlText),
    });
  } finally {
    await connection.end();
  }
  return database;
}

export function clientOptions({ fields, password }: Servers['mariadb']) {
  const { host, port, user } = fields;
  return { host: host!, port: Number(port), user: user!, ...(password === null ? {} : { password }) };
}

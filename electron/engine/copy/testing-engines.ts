import type { Row } from '#shared/model/value.ts';
import { makeBench as mysqlBench } from '../../drivers/mysql/testing.ts';
import { makeBench as postgresBench } from '../../drivers/postgres/testing.ts';
import type { Engine, RelationalSession } from '../../drivers/relational.ts';
import { sqliteDriver } from '../../drivers/sqlite/index.ts';
import { makeBench as sqliteBench } from '../../drivers/sqlite/testing.ts';
import { hasMariadb } from '../../testing/servers/mariadb.ts';
import { hasPostgres } from '../../testing/servers/postgres.ts';

/** Empty databases of one engine; for tests. */
export type TestEngine = {
  readonly engine: Engine;
  /** A new database made by SQL, and a session that writes it. */
  make(sql: string): Promise<TestBase>;
  stop(): Promise<void>;
};
export type TestBase = { readonly session: RelationalSession; sql(text: string): Promise<void> };

export function engineIsHere(engine: Engine): boolean {
  return engine === 'sqlite' || (engine === 'postgres' ? hasPostgres() : hasMariadb());
}

export async function startEngine(engine: Engine): Promise<TestEngine> {
  switch (engine) {
    case 'sqlite': {
      const bench = sqliteBench();
      let count = 0;
      return {
        engine,
        async make(sql) {
          count += 1;
          const name = `base${count}.db`;
          bench.make(name, sql);
          const session = await sqliteDriver.connect(bench.endpoint(name), 'write', bench.env);
          return { session, sql: async (text) => void bench.make(name, text) };
        },
        stop: async () => bench.remove(),
      };
    }
    case 'postgres': {
      const bench = await postgresBench();
      return {
        engine,
        async make(sql) {
          const base = await bench.make(sql);
          return { session: await base.connect('write'), sql: async (text) => void (await base.sql(text)) };
        },
        stop: () => bench.stop(),
      };
    }
    case 'mysql': {
      const bench = await mysqlBench();
      return {
        engine,
        async make(sql) {
          const name = await bench.database();
          const run = async (text: string) => {
            for (const statement of text.split(/;\n/)) if (statement.trim()) await bench.sql(name, statement);
          };
          await run(sql);
          return { session: await bench.open(name), sql: run };
        },
        stop: () => bench.remove(),
      };
    }
  }
}

export async function allRows(session: RelationalSession, table: string, columns: readonly string[]): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of session.scan(table, columns)) {
    if (batch.rejects.length > 0) throw new Error(batch.rejects[0]?.message);
    rows.push(...batch.rows);
  }
  return rows;
}

/** Values that `toEqual` tells apart: bytes as hex, integers by a suffix, -0 by its name. */
export function plain(row: Row): unknown[] {
  return row.map((one) => {
    if (one instanceof Uint8Array) return `0x${Buffer.from(one).toString('hex')}`;
    if (typeof one === 'bigint') return `${one}n`;
    return Object.is(one, -0) ? '-0' : one;
  });
}

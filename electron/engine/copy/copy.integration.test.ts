import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row } from '#shared/model/value.ts';
import type { Engine, RelationalSession } from '../../drivers/relational.ts';
import { compileRow } from './convert.ts';
import { dialectOf } from './dialects.ts';
import { RowFault } from './fault.ts';
import { designTables } from './plan-types.ts';
import { allRows, engineIsHere, plain, startEngine, type TestBase, type TestEngine } from './testing-engines.ts';
import { traps } from './testing-traps.ts';
import type { PlannedTable } from './types.ts';

const engines: readonly Engine[] = ['sqlite', 'postgres', 'mysql'];
const here = engines.filter(engineIsHere);
/** What each direction reports instead of carrying it. */
const notCarried: Readonly<Record<string, readonly string[]>> = {
  'sqlite to postgres': ['generated t.odd', 'default t.w'],
  'sqlite to mysql': ['generated t.odd', 'default t.w', 'index t.lowered', 'index t.some_i'],
  'postgres to sqlite': ['comment parents.parents', 'comment t.v', 'default t.u'],
  'postgres to mysql': ['index t.lowered', 'index t.some_si'],
  'mysql to sqlite': ['comment parents.parents', 'on_update t.ts', 'comment t.vc', 'generated t.half'],
  'mysql to postgres': ['on_update t.ts', 'generated t.half'],
};
const running = new Map<Engine, TestEngine>();
const sources = new Map<Engine, TestBase>();

beforeAll(async () => {
  await Promise.all(
    here.map(async (engine) => {
      const started = await startEngine(engine);
      running.set(engine, started);
      sources.set(engine, await started.make(traps[engine].sql));
    }),
  );
});
afterAll(async () => {
  for (const { session } of sources.values()) await session[Symbol.asyncDispose]();
  await Promise.all([...running.values()].map((one) => one.stop()));
});

async function structure(session: RelationalSession, statements: readonly (string | null)[]): Promise<void> {
  for (const statement of statements) {
    if (statement === null) continue;
    await using transaction = await session.begin('structure');
    await transaction.execute(statement).catch((error) => {
      throw new Error(`${statement}\n${error}`, { cause: error });
    });
    await transaction.commit(null, null);
  }
}

/** The rows of the source as they should stand in the target. */
async function converted(source: RelationalSession, table: PlannedTable): Promise<Row[]> {
  const convert = compileRow(table.columns);
  const rows = await allRows(
    source,
    table.source,
    table.columns.map((column) => column.source),
  );
  return rows.map((row) => {
    const result = convert ? convert(row) : row;
    if (!(result instanceof RowFault)) return result;
    throw new Error(`${table.columns[result.column]?.source}: ${result.fault.message}`);
  });
}

for (const source of engines) {
  for (const target of engines) {
    describe.skipIf(!here.includes(source) || !here.includes(target))(`${source} to ${target}`, () => {
      it('tables are made, values are read back as they were foretold, keys and counters work', async () => {
        const from = sources.get(source) as TestBase;
        const into = await (running.get(target) as TestEngine).make('');
        const { tables: infos } = await from.session.catalog(null);
        const { tables, problems } = designTables({
          source,
          target,
          tables: infos,
          rules: traps[source].rules,
          renames: new Map([['t', 'Things']]),
          taken: [],
        });
        expect(problems).toEqual([]);
        const dialect = dialectOf(target);
        const { session } = into;
        await structure(
          session,
          tables.flatMap((table) => dialect.createTable(table.design)),
        );
        for (const table of tables) {
          const columns = table.columns.map((column) => column.target);
          const rows = await converted(from.session, table);
          await using transaction = await session.begin('bulk');
          const output = {
            table: table.target,
            columns,
            key: table.design.primaryKey,
            mode: 'insert' as const,
            surrogate: [],
          };
          const chunk = {
            unit: 'u',
            path: '0',
            bounds: { from: null, to: null, inclusive: 'to' as const, records: 3 },
            attempt: 1,
          };
          const result = await transaction.load(output, [rows], 'nothing', chunk, { runId: 'r', epoch: 1n });
          expect(result.inserted).toBe(rows.length);
          await transaction.commit(null, null);
          const found = await allRows(session, table.target, columns);
          const byId = (a: Row, b: Row) => Number(a[0]) - Number(b[0]);
          const named = (list: readonly Row[]) =>
            [...list].sort(byId).map((row) => Object.fromEntries(plain(row).map((value, at) => [columns[at], value])));
          const comparable = (list: readonly Row[]) =>
            named(list).map((row) =>
              Object.fromEntries(
                Object.entries(row).filter(([name]) => table.columns.find((one) => one.target === name)?.comparable),
              ),
            );
          expect(comparable(found)).toEqual(comparable(rows));
        }
        for (const table of tables)
          await structure(
            session,
            table.indexes.map((index) => dialect.createIndex(table.target, index)),
          );
        for (const table of tables) {
          await structure(
            session,
            table.foreignKeys.map((key) => dialect.addForeignKey(table.target, key)),
          );
          await structure(session, [
            table.identity === null ? null : dialect.setIdentity(table.target, table.identity),
          ]);
        }
        await structure(
          session,
          tables.map((table) => dialect.analyze(table.target)),
        );
        // The next insert without a value works, and the children go with their parent.
        const quoted = dialect.quote('Things');
        const next = `INSERT INTO ${quoted} (${dialect.quote('parent')}) VALUES (7)`;
        await into.sql(next);
        const ids = await allRows(session, 'Things', ['id', 'parent']);
        expect(ids.map(([id]) => Number(id)).sort()).toEqual([1, 2, 3, 4]);
        const names = await session.catalog(null);
        const things = names.tables.find((one) => one.name.toLowerCase() === 'things');
        expect(things?.foreignKeys.map((key) => [key.table, key.onDelete])).toEqual([['parents', 'cascade']]);
        const made = things?.details?.indexes.map((index) => index.name).sort();
        const planned = tables.find((one) => one.target === 'Things')?.indexes.map((index) => index.name) ?? [];
        for (const name of planned) expect(made).toContain(name);
        await into.sql(
          target === 'sqlite'
            ? 'PRAGMA foreign_keys = ON; DELETE FROM parents WHERE id = 7'
            : 'DELETE FROM parents WHERE id = 7',
        );
        expect((await allRows(session, 'Things', ['id'])).map(([id]) => Number(id)).sort()).toEqual([1, 3]);
        const lost = tables.flatMap((table) =>
          table.notCarried.map((one) => `${one.kind} ${table.source}.${one.name}`),
        );
        expect(lost).toEqual(notCarried[`${source} to ${target}`] ?? []);
        await session[Symbol.asyncDispose]();
      });
    });
  }
}

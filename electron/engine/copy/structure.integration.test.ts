import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../drivers/relational.ts';
import { dialectOf } from './dialects.ts';
import { design } from './testing.ts';
import { allRows, engineIsHere, plain, startEngine, type TestBase, type TestEngine } from './testing-engines.ts';

/** Long keys of text, odd names, a cycle and a table that refers to itself, defaults of every kind. */
const sources: Readonly<Record<Engine, string>> = {
  sqlite: `CREATE TABLE "order" (id TEXT PRIMARY KEY NOT NULL, "group" TEXT REFERENCES "grüße \`x\` ""y""" (name) ON DELETE SET NULL, parent TEXT REFERENCES "order" ON DELETE CASCADE);
    CREATE TABLE "grüße \`x\` ""y""" (name TEXT PRIMARY KEY NOT NULL, main TEXT REFERENCES "order" (id), a TEXT, b TEXT, c TEXT, note TEXT, UNIQUE (name, a, b, c));
    CREATE INDEX notes ON "grüße \`x\` ""y""" (note, a DESC);
    CREATE TABLE d (id INTEGER PRIMARY KEY, s TEXT DEFAULT 'it''s \\ "x" \`y\` ä', e TEXT DEFAULT '', n INTEGER DEFAULT -5, r REAL DEFAULT 1.5e3, b BOOLEAN NOT NULL DEFAULT 1,
      d DATE DEFAULT '2020-02-29', t TIME DEFAULT '03:04:05', ts TIMESTAMP DEFAULT '2020-01-02 03:04:05', x TEXT DEFAULT NULL, num DECIMAL(8,2) DEFAULT 10);`,
  postgres: `CREATE TABLE "order" (id text PRIMARY KEY, "group" text, parent text REFERENCES "order" ON DELETE CASCADE);
    CREATE TABLE "grüße \`x\` ""y""" (name text PRIMARY KEY, main text REFERENCES "order" (id), a text, b text, c text, note text, UNIQUE (name, a, b, c));
    ALTER TABLE "order" ADD FOREIGN KEY ("group") REFERENCES "grüße \`x\` ""y""" ON DELETE SET NULL;
    CREATE INDEX notes ON "grüße \`x\` ""y""" (note, a DESC);
    COMMENT ON COLUMN "order"."group" IS 'it''s \\ "x" \`y\`';
    CREATE TABLE d (id serial PRIMARY KEY, s text DEFAULT 'it''s \\ "x" \`y\` ä', e varchar(5) DEFAULT '', n integer DEFAULT -5, r double precision DEFAULT 1.5e3, b boolean NOT NULL DEFAULT true,
      d date DEFAULT '2020-02-29', t time DEFAULT '03:04:05', ts timestamp DEFAULT '2020-01-02 03:04:05', x text DEFAULT NULL, num numeric(8,2) DEFAULT 10);`,
  mysql: `CREATE TABLE \`order\` (id varchar(255) PRIMARY KEY, \`group\` varchar(255) COMMENT 'it''s \\\\ "x"', parent varchar(255), FOREIGN KEY (parent) REFERENCES \`order\` (id) ON DELETE CASCADE);
CREATE TABLE \`grüße \`\`x\`\` "y"\` (name varchar(255) PRIMARY KEY, main varchar(255), a varchar(100), b varchar(100), c varchar(100), note text, UNIQUE KEY \`all\` (name, a, b, c), KEY notes (note(50), a DESC),
  FOREIGN KEY (main) REFERENCES \`order\` (id));
ALTER TABLE \`order\` ADD FOREIGN KEY (\`group\`) REFERENCES \`grüße \`\`x\`\` "y"\` (name) ON DELETE SET NULL;
CREATE TABLE d (id int AUTO_INCREMENT PRIMARY KEY, s varchar(50) DEFAULT 'it''s \\\\ "x" \`y\` ä', e varchar(5) DEFAULT '', n int DEFAULT -5, r double DEFAULT 1.5e3, b tinyint(1) NOT NULL DEFAULT 1,
  d date DEFAULT '2020-02-29', t time DEFAULT '03:04:05', ts datetime DEFAULT '2020-01-02 03:04:05', x varchar(5) DEFAULT NULL, num decimal(8,2) DEFAULT 10);`,
};

const engines: readonly Engine[] = ['sqlite', 'postgres', 'mysql'];
const here = engines.filter(engineIsHere);
const running = new Map<Engine, TestEngine>();
const bases = new Map<Engine, TestBase>();
beforeAll(async () => {
  for (const engine of here) {
    const started = await startEngine(engine);
    running.set(engine, started);
    bases.set(engine, await started.make(sources[engine]));
  }
});
afterAll(async () => {
  for (const { session } of bases.values()) await session[Symbol.asyncDispose]();
  for (const one of running.values()) await one.stop();
});

describe('structure', () => {
  for (const source of engines) {
    for (const target of engines) {
      it.skipIf(!here.includes(source) || !here.includes(target))(`${source} to ${target}`, async () => {
        const infos = (await (bases.get(source) as TestBase).session.catalog(null)).tables;
        const { tables, problems } = design(source, target, infos);
        expect(problems).toEqual([]);
        expect(tables.flatMap((table) => table.notCarried).filter((one) => one.kind !== 'comment')).toEqual([]);
        const dialect = dialectOf(target);
        const made = await (running.get(target) as TestEngine).make('');
        const { session } = made;
        const run = async (statement: string | null) => {
          if (statement === null) return;
          await using transaction = await session.begin('structure');
          await transaction.execute(statement).catch((error) => {
            throw new Error(`${statement}\n${error}`, { cause: error });
          });
          await transaction.commit(null, null);
        };
        for (const table of tables) for (const statement of dialect.createTable(table.design)) await run(statement);
        for (const table of tables)
          for (const index of table.indexes) await run(dialect.createIndex(table.target, index));
        for (const table of tables)
          for (const key of table.foreignKeys) await run(dialect.addForeignKey(table.target, key));
        const found = (await session.catalog(null)).tables;
        expect(found.map((table) => table.name).sort()).toEqual(infos.map((table) => table.name).sort());
        for (const info of infos) {
          const there = found.find((table) => table.name === info.name);
          expect(there?.primaryKey).toEqual(info.primaryKey);
          const keys = (list: typeof info.foreignKeys) =>
            list.map((key) => `${key.columns}>${key.table}.${key.references} ${key.onDelete}`).sort();
          const plainAction = (text: string) => text.replace('restrict', 'no_action');
          expect(keys(there?.foreignKeys ?? []).map(plainAction)).toEqual(keys(info.foreignKeys).map(plainAction));
          for (const unique of info.uniques) expect(there?.uniques).toContainEqual(unique);
        }
        const comment = tables.find((table) => table.source === 'order')?.design.columns[1]?.comment ?? null;
        expect(found.find((table) => table.name === 'order')?.columns[1]?.details?.comment ?? null).toBe(comment);
        // What a new row without values holds is the same everywhere.
        await made.sql(`INSERT INTO d (${dialect.quote('x')}) VALUES ('given')`);
        const names = ['s', 'e', 'n', 'r', 'b', 'd', 't', 'ts', 'num'];
        const [row = []] = await allRows(session, 'd', names);
        const simple = plain(row).map((value) =>
          String(value)
            .replace(/^(.*:\d\d)\.0+$/, '$1')
            .replace(/n$/, '')
            .replace(/^true$/, '1')
            .replace(/^10\.00$/, '10'),
        );
        expect(simple).toEqual([
          'it\'s \\ "x" `y` ä',
          '',
          '-5',
          '1500',
          '1',
          '2020-02-29',
          '03:04:05',
          '2020-01-02 03:04:05',
          '10',
        ]);
        await session[Symbol.asyncDispose]();
      });
    }
  }
});

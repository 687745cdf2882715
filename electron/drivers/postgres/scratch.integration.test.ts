import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../relational.ts';
import { postgresDriver } from './index.ts';
import { type Base, type Bench, fence, holderOf, makeBench } from './testing.ts';

process.env.TZ = 'Asia/Kolkata';
let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.stop());
afterEach(() => {
  delete process.env['OVERLAND_POSTGRES_TOOLS'];
});

const structure = `
  CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
  CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
  CREATE TABLE parent (id serial PRIMARY KEY, m mood DEFAULT 'ok', e email UNIQUE);
  CREATE TABLE child (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, p int REFERENCES parent ON DELETE CASCADE,
    n int CHECK (n > 0), doubled int GENERATED ALWAYS AS (n * 2) STORED, note varchar(20) DEFAULT 'x' NOT NULL);
  CREATE INDEX child_note ON child (lower(note) DESC) WHERE n > 5;
  CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at);
  CREATE TABLE parts_a PARTITION OF parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
  CREATE VIEW both_of AS SELECT c.id, p.m FROM child c JOIN parent p ON p.id = c.p;
  CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := NEW.note || '!'; RETURN NEW; END $$;
  CREATE TRIGGER stamped BEFORE INSERT ON child FOR EACH ROW EXECUTE FUNCTION stamp();
  COMMENT ON TABLE child IS 'it''s a child'; COMMENT ON COLUMN child.n IS 'how many';
  INSERT INTO parent (e) VALUES ('a@b'), ('c@d'); INSERT INTO child (p, n) VALUES (1, 3), (2, 7);
  INSERT INTO parts VALUES (1, '2024-05-05');
  CREATE TABLE overland_migrations (id text PRIMARY KEY); INSERT INTO overland_migrations VALUES ('001');`;

async function isFaithful(base: Base, scratch: Endpoint): Promise<void> {
  await using original = await base.connect('write');
  await using copy = await postgresDriver.connect(scratch, 'scratch', bench.env);
  const before = await original.catalog(null);
  const after = await copy.catalog(null);
  const tables = (catalog: typeof before) =>
    catalog.tables.map(({ details, ...table }) => ({ ...table, details: { ...details, bytes: 0 } }));
  expect(tables(after)).toEqual(tables(before));
  expect(after.others).toEqual(before.others);
  const prints = await Promise.all([original.fingerprint(null, 'exact'), copy.fingerprint(null, 'exact')]);
  expect(prints[1].parts).toEqual(prints[0].parts);
}

describe('a scratch copy', () => {
  it.each([
    ['with the tools of the server', undefined],
    ['without them', '/nonexistent'],
  ])('is a database with the same structure and rows, and is dropped again: %s', async (_name, tools) => {
    if (tools) process.env['OVERLAND_POSTGRES_TOOLS'] = tools;
    const base = await bench.make(structure);
    const folder = join(bench.folder, 'scratch');
    const scratch = await postgresDriver.makeScratch(base.endpoint, folder, bench.env);
    await isFaithful(base, scratch);
    // What a crash left is replaced.
    const again = await postgresDriver.makeScratch(base.endpoint, folder, bench.env);
    expect(again).toEqual(scratch);
    const before = await base.sql('SELECT * FROM child ORDER BY id');
    {
      await using session = await postgresDriver.connect(again, 'scratch', bench.env);
      await using transaction = await session.begin('structure');
      await transaction.script('DROP TABLE public.child CASCADE; CREATE TABLE public.fresh (id int);', () => undefined);
      await transaction.commit(null, null);
    }
    expect(await base.sql('SELECT * FROM child ORDER BY id')).toEqual(before);
    await postgresDriver.dropScratch?.(again, bench.env);
    await postgresDriver.dropScratch?.(again, bench.env);
    expect(await base.sql("SELECT datname FROM pg_database WHERE datname LIKE 'overland_scratch%'")).toEqual([]);
    await expect(postgresDriver.dropScratch?.(base.endpoint, bench.env)).rejects.toThrow('no scratch copy');
  });

  it('is a schema where the user may make no database; the real one is out of its reach', async () => {
    const base = await bench.make(structure);
    const role = `small_${base.name}`;
    await base.sql(`CREATE ROLE ${role} LOGIN; GRANT CREATE ON DATABASE ${base.name} TO ${role};
      GRANT ALL ON ALL TABLES IN SCHEMA public TO ${role}; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO ${role}`);
    const own: Endpoint = {
      ...base.endpoint,
      fields: { ...bench.server.fields, database: base.name, user: role },
    } as Endpoint;
    const scratch = await postgresDriver.makeScratch(own, join(bench.folder, 'small'), bench.env);
    await using session = await postgresDriver.connect(scratch, 'scratch', bench.env);
    await using real = await postgresDriver.connect(own, 'read', bench.env);
    const [there, here] = [await real.catalog(null), await session.catalog(null)];
    expect(here.tables.map((table) => [table.name, table.sql, table.rows])).toEqual(
      there.tables.map((table) => [table.name, table.sql, table.rows]),
    );
    expect(here.others).toEqual(there.others);
    // The run of a dry run is none of the real run.
    await session.control.enter(fence, 'hash', holderOf());
    expect(await base.sql("SELECT 1 FROM pg_namespace WHERE nspname = 'overland'")).toEqual([]);
    const transaction = await session.begin('structure');
    const failure = await transaction
      .script('ALTER TABLE parent ADD x int;\nDROP TABLE "public".child', () => undefined)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ error: { code: 'OVERLAND_SCRIPT' }, line: 2 });
    await transaction.script(
      "DROP TABLE child CASCADE; SELECT 'public.x'; CREATE TABLE later (id int)",
      () => undefined,
    );
    await transaction[Symbol.asyncDispose]();
    await session[Symbol.asyncDispose]();
    await postgresDriver.dropScratch?.(scratch, bench.env);
    expect(await base.sql("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'overland%'")).toEqual([]);
    await real[Symbol.asyncDispose]();
    await base.sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  it('without the right to make either says which right is missing', async () => {
    const base = await bench.make('CREATE TABLE t (id int)');
    const role = `none_${base.name}`;
    await base.sql(`CREATE ROLE ${role} LOGIN`);
    const own: Endpoint = {
      ...base.endpoint,
      fields: { ...bench.server.fields, database: base.name, user: role },
    } as Endpoint;
    const failure = await postgresDriver
      .makeScratch(own, join(bench.folder, 'none'), bench.env)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'CONNECTION',
      advice: `GRANT CREATE ON DATABASE "${base.name}" TO "${role}";`,
    });
    await base.sql(`DROP ROLE ${role}`);
  });
});

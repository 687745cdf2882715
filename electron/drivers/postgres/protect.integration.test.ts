import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ProtectEvent, ProtectedItem } from '../relational.ts';
import { postgresDriver } from './index.ts';
import { type Base, type Bench, makeBench } from './testing.ts';

process.env.TZ = 'America/St_Johns';
let bench: Bench;
beforeAll(async () => {
  bench = await makeBench();
});
afterAll(() => bench.stop());
afterEach(() => {
  delete process.env['OVERLAND_POSTGRES_TOOLS'];
});

const structure = `
  CREATE TYPE mood AS ENUM ('sad', 'ok');
  CREATE TABLE parent (id serial PRIMARY KEY, m mood DEFAULT 'ok', raw bytea, d double precision, t timestamptz);
  CREATE TABLE child (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, p int REFERENCES parent ON DELETE CASCADE,
    n numeric CHECK (n > 0), doubled numeric GENERATED ALWAYS AS (n * 2) STORED, note text DEFAULT 'x' NOT NULL);
  CREATE INDEX child_note ON child (lower(note)) WHERE n > 5;
  CREATE TABLE "odd ""name" ("a b" text, c json);
  CREATE VIEW both_of AS SELECT c.id, p.m FROM child c JOIN parent p ON p.id = c.p;
  CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := NEW.note; RETURN NEW; END $$;
  CREATE TRIGGER stamped BEFORE INSERT ON child FOR EACH ROW EXECUTE FUNCTION stamp();
  INSERT INTO parent (raw, d, t) VALUES ('\\x00ff', 'NaN', 'infinity'), (NULL, 0.1, '2021-11-07 01:30:00-02:30');
  INSERT INTO child (p, n, note) SELECT 1 + i % 2, i, E'line\\n\\\\.\\n\\ttab ' || i FROM generate_series(1, 3000) i;
  CREATE FUNCTION crlf() RETURNS text LANGUAGE sql AS E'SELECT ''a\r\nb\u2028c''';
  INSERT INTO child (p, n, note) VALUES (1, 1, E'a\u2028b\u2029c\r\nd\u0085e');
  INSERT INTO "odd ""name" VALUES (E'\\\\.', '{"a":1,"a":2}'), (NULL, NULL);`;

async function protect(base: Base, folder: string): Promise<{ item: ProtectedItem; events: ProtectEvent[] }> {
  const events: ProtectEvent[] = [];
  for await (const event of postgresDriver.protect({ endpoint: base.endpoint, folder }, bench.env)) events.push(event);
  const items = events.flatMap((event) => (event.kind === 'item' ? [event.item] : []));
  expect(items).toHaveLength(1);
  return { item: items[0] as ProtectedItem, events };
}

const print = async (base: Base) => {
  await using session = await base.connect('read');
  return (await session.fingerprint(null, 'exact')).value;
};

describe.each([
  ['pg_dump', undefined],
  ['our own dump', '/nonexistent'],
])('a rollback point by %s', (_name, tools) => {
  const made = async (name: string) => {
    if (tools) process.env['OVERLAND_POSTGRES_TOOLS'] = tools;
    const base = await bench.make(structure);
    const folder = join(bench.folder, `point-${name}-${tools ? 'own' : 'tool'}`);
    return { base, folder, ...(await protect(base, folder)), before: await print(base) };
  };
  const restore = (base: Base, item: ProtectedItem, folder: string, whenOthersWrote?: 'replace') =>
    postgresDriver.restore(
      { endpoint: base.endpoint, items: [item], folder, ...(whenOthersWrote ? { whenOthersWrote } : {}) },
      bench.env,
    );

  it('is private, hashed and listed, with the fingerprint of the same moment', async () => {
    const { item, folder, before, events } = await made('kept');
    expect(item).toMatchObject({ subject: 'base', object: 'schema public', how: 'dump', verifiedBy: 'listed' });
    expect(item.fingerprint?.value).toBe(before);
    expect(statSync(join(folder, item.file as string)).mode & 0o777).toBe(0o600);
    expect(item.bytes).toBe(statSync(join(folder, item.file as string)).size);
    expect(events[0]).toMatchObject({ kind: 'progress', doing: 'saving' });
  });

  it('gives structure, rows and sequences back, identical', async () => {
    const { base, folder, item, before } = await made('replace');
    await base.sql(`DELETE FROM child WHERE id > 10; UPDATE parent SET d = 7; ALTER TABLE child ADD extra int; DROP VIEW both_of;
      DROP TABLE "odd ""name"; CREATE TABLE later (id serial PRIMARY KEY, p int REFERENCES parent);
      INSERT INTO later (p) VALUES (1); INSERT INTO child (p, n) VALUES (1, 5);`);
    const result = await restore(base, item, folder, 'replace');
    expect(result.findings).toEqual([]);
    expect(result.proof.filter((line) => line.before !== line.after)).toEqual([]);
    expect(result.proof.map((line) => line.object)).toContain('odd "name');
    expect(await print(base)).toBe(before);
    await base.sql('INSERT INTO child (p, n) VALUES (1, 5)');
    expect(await base.sql('SELECT max(id) FROM child')).toEqual([['3002']]);
  });

  it('leaves what others wrote alone, and names it', async () => {
    const { base, folder, item } = await made('others');
    await base.sql(`UPDATE child SET note = 'theirs' WHERE id = 5; CREATE TABLE later (id int)`);
    const now = await print(base);
    const result = await restore(base, item, folder);
    expect(result.proof).toEqual([]);
    expect(result.findings.map((finding) => [finding.category, finding.path?.split(' / ')[1]])).toEqual([
      ['written_by_others', 'child'],
      ['written_by_others', 'later'],
    ]);
    expect(await print(base)).toBe(now);
  });

  it('sets back only the sequences where all rows are as they were', async () => {
    const { base, folder, item, before } = await made('sequences');
    await base.sql(
      `INSERT INTO child (p, n) VALUES (1, 5); DELETE FROM child WHERE id = 3002; SELECT nextval('parent_id_seq')`,
    );
    expect(await print(base)).not.toBe(before);
    expect((await restore(base, item, folder)).findings).toEqual([]);
    expect(await print(base)).toBe(before);
  });

  it('a saved copy that changed goes nowhere', async () => {
    const { base, folder, item } = await made('changed');
    appendFileSync(join(folder, item.file as string), 'x');
    await base.sql('DELETE FROM child');
    await expect(restore(base, item, folder, 'replace')).rejects.toMatchObject({ code: 'FAILED' });
    expect(await base.sql('SELECT count(*) FROM child')).toEqual([['0']]);
  });

  it('RESTORE.md holds commands that bring it back without Overland', async () => {
    const { base, folder, before } = await made('guide');
    await base.sql('DELETE FROM child; DROP TABLE "odd ""name"; CREATE TABLE since (id int REFERENCES child)');
    const guide = readFileSync(join(folder, 'RESTORE.md'), 'utf8');
    const commands = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text).join('\n');
    execFileSync('sh', ['-ec', commands], { cwd: folder, stdio: 'pipe' });
    expect(await print(base)).toBe(before);
  });
});

it('a moment is a moment: what is written while the dump runs is in neither dump nor fingerprint', async () => {
  const base = await bench.make(structure);
  const folder = join(bench.folder, 'moment');
  const before = await print(base);
  let item: ProtectedItem | null = null;
  let written = false;
  for await (const event of postgresDriver.protect({ endpoint: base.endpoint, folder }, bench.env)) {
    if (!written) await base.sql('DELETE FROM child WHERE id < 1000');
    written = true;
    if (event.kind === 'item') item = event.item;
  }
  expect(item?.fingerprint?.value).toBe(before);
  const request = {
    endpoint: base.endpoint,
    items: [item as unknown as ProtectedItem],
    folder,
    whenOthersWrote: 'replace',
  } as const;
  expect((await postgresDriver.restore(request, bench.env)).findings).toEqual([]);
  expect(await print(base)).toBe(before);
});

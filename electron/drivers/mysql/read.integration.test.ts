import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Row } from '#shared/model/value.ts';
import { hasMariadb } from '../../testing/servers/mariadb.ts';
import type { Bounds, ReadReject, ReadSpec, RelationalSession } from '../relational.ts';
import { allRows, type Bench, makeBench, plain } from './testing.ts';

process.env['TZ'] = 'Asia/Kolkata';

const numbers = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)';

async function boundsOf(session: RelationalSession, spec: ReadSpec, rows = 97, bytes = 1 << 30): Promise<Bounds[]> {
  const found: Bounds[] = [];
  for await (const one of session.bounds(spec, { rows, bytes })) found.push(one);
  return found;
}

async function rowsOf(session: RelationalSession, spec: ReadSpec, bounds: Bounds) {
  const rows: Row[] = [];
  const rejects: ReadReject[] = [];
  for await (const batch of session.read(spec, bounds)) {
    rows.push(...batch.rows);
    rejects.push(...batch.rejects);
  }
  return { rows, rejects };
}

describe.skipIf(!hasMariadb())('reading', () => {
  let bench: Bench;
  let database: string;
  beforeAll(async () => {
    bench = await makeBench();
  });
  afterAll(() => bench.remove());
  beforeEach(async () => {
    database = await bench.database();
  });

  it.each([
    ['integer key', 'CREATE TABLE t (k INT PRIMARY KEY, b INT)', 'i * 7919 % 1009'],
    [
      'text key',
      'CREATE TABLE t (k VARCHAR(20) PRIMARY KEY, b INT)',
      "CONCAT('K', i * 7919 % 1009, IF(i % 2, 'é', 'E'))",
    ],
    ['two columns', 'CREATE TABLE t (k VARCHAR(20), b INT, PRIMARY KEY (b, k))', "CONCAT('k', i)"],
    ['bytes', 'CREATE TABLE t (k VARBINARY(20) PRIMARY KEY, b INT)', 'UNHEX(MD5(i))'],
    ['decimal', 'CREATE TABLE t (k DECIMAL(30,10) PRIMARY KEY, b INT)', '(i * 7919 % 1009) / 3'],
    [
      'time',
      'CREATE TABLE t (k TIMESTAMP(6) PRIMARY KEY, b INT)',
      "TIMESTAMPADD(MICROSECOND, i * 7919 % 1009, '2024-01-01')",
    ],
    [
      'label and number',
      "CREATE TABLE t (e ENUM('z','a') DEFAULT 'a' NOT NULL, k INT, b INT, PRIMARY KEY (e, k))",
      'i',
    ],
    [
      'unique key without NULL',
      'CREATE TABLE t (k BIGINT UNSIGNED NOT NULL UNIQUE, b INT)',
      '18446744073709551615 - i',
    ],
  ])('every row is in exactly one range: %s', async (_name, create, key) => {
    await bench.sql(database, `${create}; INSERT INTO t (k, b) ${numbers} SELECT ${key}, i % 10 FROM n`);
    await using session = await bench.open(database, 'read');
    const spec = { from: { kind: 'table', table: 't' }, columns: ['k', 'b'], key: ['k'] } as const;
    const bounds = await boundsOf(session, spec);
    expect(bounds).toHaveLength(11);
    const seen: unknown[] = [];
    for (const one of bounds) {
      const { rows } = await rowsOf(session, spec, one);
      expect(rows).toHaveLength(one.records);
      seen.push(...rows.map((row) => plain(row).join()));
      const halves = await session.halves(spec, one, null);
      expect((halves?.[0].records ?? 0) + (halves?.[1].records ?? 0)).toBe(one.records);
      const both = [];
      for (const half of halves ?? []) both.push(...(await rowsOf(session, spec, half)).rows);
      expect(both).toEqual(rows);
    }
    expect(new Set(seen).size).toBe(1000);
    expect(await boundsOf(session, spec)).toEqual(bounds);
  });

  it('a table without a key is one range, and halves by position', async () => {
    await bench.sql(
      database,
      `CREATE TABLE t (a INT, KEY (a)); INSERT INTO t ${numbers} SELECT i * 7919 % 1009 FROM n`,
    );
    await using session = await bench.open(database, 'read');
    const spec = { from: { kind: 'table', table: 't' }, columns: null, key: [] } as const;
    const [whole, ...more] = await boundsOf(session, spec);
    expect(more).toEqual([]);
    const { rows } = await rowsOf(session, spec, whole as Bounds);
    const halves = await session.halves(spec, whole as Bounds, 10);
    expect(halves?.map((half) => half.records)).toEqual([10, 990]);
    const again = [];
    for (const half of halves ?? []) again.push(...(await rowsOf(session, spec, half)).rows);
    expect(again).toEqual(rows);
    const [left] = (await session.halves(spec, halves?.[0] as Bounds, 1)) ?? [];
    expect(await session.halves(spec, left as Bounds, null)).toBeNull();
  });

  it('ranges respect bytes', async () => {
    await bench.sql(
      database,
      `CREATE TABLE t (k INT PRIMARY KEY, a LONGTEXT); INSERT INTO t ${numbers} SELECT i, REPEAT('x', 1000) FROM n WHERE i <= 40;
       UPDATE t SET a = REPEAT('y', 90000) WHERE k = 20`,
    );
    await using session = await bench.open(database, 'read');
    const spec = { from: { kind: 'table', table: 't' }, columns: ['a'], key: [] } as const;
    const records = (await boundsOf(session, spec, 1000, 10_000)).map((one) => one.records);
    expect(records.reduce((sum, one) => sum + one, 0)).toBe(40);
    expect(Math.max(...records)).toBe(10);
    expect(records).toContain(1);
  });

  it('sets text aside that is no characters, with its bytes', async () => {
    await bench.sql(
      database,
      `CREATE TABLE u (id INT PRIMARY KEY, a VARCHAR(9) CHARACTER SET ucs2); INSERT INTO u VALUES (1, 'good'), (2, x'00410042D800'), (3, '�');
       CREATE TABLE s (id INT PRIMARY KEY, a VARCHAR(9) CHARACTER SET sjis); INSERT INTO s VALUES (1, '日?本'), (2, x'41F040');`,
    );
    await using session = await bench.open(database, 'read');
    for (const [table, hex] of [
      ['u', '4142eda080'],
      ['s', '41f040'],
    ] as const) {
      const spec = { from: { kind: 'table', table }, columns: ['a'], key: ['id'] } as const;
      const [bounds] = await boundsOf(session, spec);
      const { rows, rejects } = await rowsOf(session, spec, bounds as Bounds);
      expect(rows).toEqual(table === 'u' ? [['good'], ['�']] : [['日?本']]);
      expect(rejects).toMatchObject([{ key: '2', code: 'invalid_utf8', column: 'a', at: 1 }]);
      expect(plain(rejects[0]?.row ?? [])).toEqual([`0x${hex}`]);
    }
  });

  it('sets invalid UTF-8 aside that another program left in the file of a table', async () => {
    const { control } = bench.server;
    if (!control) return;
    await bench.sql(
      database,
      `CREATE TABLE bytes (id INT PRIMARY KEY, a VARBINARY(60)) ENGINE = MyISAM; INSERT INTO bytes VALUES (1, 'ok'), (2, x'41FF42'), (3, '€');
       CREATE TABLE utf8mb3 (id INT PRIMARY KEY, a VARCHAR(20) CHARACTER SET utf8mb3) ENGINE = MyISAM;
       CREATE TABLE utf8mb4 (id INT PRIMARY KEY, a VARCHAR(15) CHARACTER SET utf8mb4) ENGINE = MyISAM; FLUSH TABLES`,
    );
    const folder = join(control.folder, 'data', database);
    await using session = await bench.open(database, 'read');
    for (const table of ['utf8mb3', 'utf8mb4']) {
      for (const suffix of ['MYD', 'MYI'])
        copyFileSync(join(folder, `bytes.${suffix}`), join(folder, `${table}.${suffix}`));
      const spec = { from: { kind: 'table', table }, columns: ['a'], key: ['id'] } as const;
      const { rows, rejects } = await rowsOf(session, spec, { from: null, to: null, inclusive: 'to', records: 3 });
      expect(rows).toEqual([['ok'], ['€']]);
      expect(plain(rejects[0]?.row ?? [])).toEqual(['0x41ff42']);
    }
  });

  it('reads a query from a spool in the same ranges again, with exact values', async () => {
    await bench.sql(
      database,
      `CREATE TABLE t (k INT PRIMARY KEY, f FLOAT, b BIT(9), u BIGINT UNSIGNED, d DECIMAL(20,5));
       INSERT INTO t ${numbers} SELECT i, 16777216 + i * 2, i % 512, 18446744073709551615, 1.5 FROM n; CREATE VIEW v AS SELECT k, f FROM t`,
    );
    await using session = await bench.open(database, 'read');
    const spec = {
      from: { kind: 'query', sql: 'SELECT * FROM t WHERE k > 3 -- the rest', name: 'q' },
      columns: ['k', 'f', 'b', 'u', 'd'],
      key: ['k'],
    } as const;
    expect((await session.describe(spec)).rows).toBe(997);
    const bounds = await boundsOf(session, spec, 300);
    expect(bounds.map((one) => one.records)).toEqual([300, 300, 300, 97]);
    expect((await rowsOf(session, spec, bounds[0] as Bounds)).rows[0]).toEqual([
      4n,
      16777224,
      4n,
      2n ** 64n - 1n,
      '1.50000',
    ]);
    const view = { from: { kind: 'table', table: 'v' }, columns: ['f'], key: [] } as const;
    expect((await boundsOf(session, view, 2000)).map((one) => one.records)).toEqual([1000]);
    expect((await session.query('SELECT k FROM t ORDER BY k DESC', 2)).rows).toEqual([[1000n], [999n]]);
    await expect(session.query('DELETE FROM t', 2)).rejects.toThrow('only reads');
  });

  it('looks up by keys that compare as the column does', async () => {
    await bench.sql(
      database,
      `CREATE TABLE t (k VARCHAR(20) PRIMARY KEY, n INT, v TEXT, UNIQUE (n)); INSERT INTO t VALUES ('Anna', 1, 'a'), ('bert', 2, 'b')`,
    );
    await using session = await bench.open(database, 'read');
    expect(await session.lookup('t', ['k'], ['v'], [['anna'], ['nobody'], ['bert'], [null]])).toEqual([
      ['anna', 'a'],
      ['bert', 'b'],
    ]);
    expect(await session.lookup('t', ['n'], ['k'], [[2n], [7n], ['x']])).toEqual([[2n, 'bert']]);
    expect(await session.lookup('t', ['k', 'n'], [], [['ANNA', 1n]])).toEqual([['ANNA', 1n]]);
  });

  it('works while a read is open, and ends a read that is left early', async () => {
    await bench.sql(
      database,
      `CREATE TABLE t (k INT PRIMARY KEY, a TEXT); INSERT INTO t ${numbers} SELECT i, REPEAT('x', 20000) FROM n`,
    );
    await using session = await bench.open(database, 'read');
    const spec = { from: { kind: 'table', table: 't' }, columns: null, key: [] } as const;
    const whole = { from: null, to: null, inclusive: 'to', records: 1000 } as const;
    for (let time = 0; time < 3; time += 1) {
      for await (const batch of session.read(spec, whole)) {
        expect(batch.rows.length).toBeGreaterThan(0);
        expect(await session.lookup('t', ['k'], [], [[1n]])).toHaveLength(1);
        break;
      }
    }
    expect((await rowsOf(session, spec, whole)).rows).toHaveLength(1000);
  });

  it('a read whose connection is cut is transient, and the next one has a new connection', async () => {
    await bench.sql(
      database,
      `CREATE TABLE t (k INT PRIMARY KEY, a TEXT); INSERT INTO t ${numbers} SELECT i, REPEAT('x', 60000) FROM n`,
    );
    await using session = await bench.open(database, 'read');
    const spec = { from: { kind: 'table', table: 't' }, columns: null, key: [] } as const;
    const whole = { from: null, to: null, inclusive: 'to', records: 1000 } as const;
    const reading = (async () => {
      let rows = 0;
      for await (const batch of session.read(spec, whole)) {
        if (rows === 0) {
          const [[id] = []] = await bench.sql(
            database,
            `SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '${database}' AND INFO LIKE 'SELECT \`k\`%'`,
          );
          await bench.sql(database, `KILL ${id}`);
        }
        rows += batch.rows.length;
      }
      return rows;
    })();
    await expect(reading).rejects.toMatchObject({ error: { kind: 'transient' } });
    expect((await rowsOf(session, spec, whole)).rows).toHaveLength(1000);
  });

  it('cannot write where it was opened to read, DDL included, and sees one state', async () => {
    await bench.sql(database, 'CREATE TABLE t (k INT PRIMARY KEY); INSERT INTO t VALUES (1)');
    await using session = await bench.open(database, 'read');
    await expect(session.begin()).rejects.toThrow('read only');
    const spec = { from: { kind: 'table', table: 't' }, columns: null, key: ['k'] } as const;
    const [bounds] = await boundsOf(session, spec);
    await bench.sql(database, 'INSERT INTO t VALUES (0)');
    expect((await rowsOf(session, spec, bounds as Bounds)).rows).toEqual([[1n]]);
    // A change of structure by ourselves does not wait for the snapshot.
    await using writer = await bench.open(database);
    await writer.direct?.(['ALTER TABLE t ADD COLUMN a INT']);
    expect(await allRows(session, 't', ['k', 'a'])).toEqual([
      [0n, null],
      [1n, null],
    ]);
  });

  it('the catalog has what a copy of the structure needs', async () => {
    await bench.sql(
      database,
      `CREATE TABLE p (id INT PRIMARY KEY) COMMENT 'parents';
       CREATE TABLE c (
         id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, p INT COMMENT 'the parent', e ENUM('a,b','it''s') NOT NULL DEFAULT 'a,b',
         j JSON, n INT DEFAULT 5, g INT GENERATED ALWAYS AS (n + 1) STORED, at TIMESTAMP(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
         t TEXT, CONSTRAINT positive CHECK (n > 0), UNIQUE KEY u (p, n), KEY prefix (t(10), n), FULLTEXT KEY words (t),
         CONSTRAINT parent FOREIGN KEY (p) REFERENCES p (id) ON DELETE CASCADE);
       INSERT INTO p VALUES (1); INSERT INTO c (p) VALUES (1), (NULL);
       CREATE VIEW v AS SELECT id FROM p; CREATE TRIGGER tr BEFORE INSERT ON p FOR EACH ROW SET NEW.id = NEW.id + 1;
       CREATE PROCEDURE pr() SELECT 1; CREATE TABLE overland_run (a INT); CREATE TABLE overland_migrations (a INT)`,
    );
    await using session = await bench.open(database, 'read');
    const { tables, others } = await session.catalog(null);
    expect(tables.map((table) => `${table.name} ${table.rows}`)).toEqual(['c 2', 'overland_migrations 0', 'p 1']);
    const [c] = tables;
    const column = (name: string) => c?.columns.find((one) => one.name === name);
    expect(column('id')).toMatchObject({
      declaredType: 'bigint(20) unsigned',
      type: { t: 'uint64' },
      details: { identity: 'auto' },
    });
    expect(column('e')).toMatchObject({ nullable: false, defaultText: "'a,b'", details: { labels: ['a,b', "it's"] } });
    expect(column('j')).toMatchObject({ declaredType: 'json', type: { t: 'json' } });
    expect(column('g')).toMatchObject({
      generated: true,
      details: { generatedAs: { expression: '`n` + 1', stored: true } },
    });
    expect(column('at')).toMatchObject({
      type: { t: 'timestamptz', digits: 3 },
      details: { onUpdate: 'current_timestamp(3)' },
    });
    expect(column('p')?.details?.comment).toBe('the parent');
    expect(c).toMatchObject({
      primaryKey: ['id'],
      uniques: [['p', 'n']],
      foreignKeys: [{ name: 'parent', columns: ['p'], table: 'p', references: ['id'], onDelete: 'cascade' }],
      details: { checks: [{ name: 'positive', expression: '`n` > 0' }], notCarried: [] },
    });
    const index = (name: string) => c?.details?.indexes.find((one) => one.name === name);
    expect(index('prefix')?.parts).toMatchObject([
      { column: 't', length: 10 },
      { column: 'n', length: null },
    ]);
    expect(index('words')?.method).toBe('fulltext');
    expect(tables[2]?.details?.comment).toBe('parents');
    expect(others.map((one) => `${one.kind} ${one.name}`)).toEqual(['routine pr', 'trigger tr', 'view v']);
    expect(JSON.stringify([tables.map((one) => one.sql), others])).not.toMatch(
      new RegExp(`${database}|AUTO_INCREMENT=|DEFINER=`),
    );
  });

  it('the check names what stands in the way', async () => {
    await bench.sql(database, 'CREATE TABLE m (a INT) ENGINE = MyISAM');
    await bench
      .sql(database, `CREATE USER 'reader'@'%' IDENTIFIED BY 'x'; GRANT SELECT ON \`${database}\`.* TO 'reader'@'%'`)
      .catch(() => undefined);
    await using session = await bench.open(database, 'read');
    const { product, facts, findings } = await session.check();
    expect(product).toMatch(/^MariaDB 1\d\.\d+\.\d+/);
    expect(facts.find((fact) => fact.check === 'Storage engine')).toMatchObject({
      found: 'm: MyISAM',
      state: 'warning',
    });
    expect(findings.map((one) => one.category)).toContain('no_transactions');
    expect(facts.find((fact) => fact.check === 'Rights')?.state).toBe('ok');
  });

  it.each([
    ['database', { database: 'nowhere' }, 'has no database'],
    ['user', { user: 'nobody' }, 'refuses the user'],
    ['port', { port: '1' }, 'No server answers'],
    ['TLS', { tls: 'verify' }, 'does not offer TLS'],
  ])('a connection that cannot be made says why: %s', async (_name, fields, words) => {
    const { openSession } = await import('./session.ts');
    const endpoint = bench.endpoint(database, fields);
    await expect(openSession(endpoint, 'read', bench.env)).rejects.toMatchObject({
      code: 'CONNECTION',
      message: expect.stringContaining(words),
    });
  });
});

import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { splitIntoBounds } from './bounds.ts';
import { relation } from './catalog.ts';
import type { Connection } from './database.ts';
import { type Ordered, orderedTable } from './ordered.ts';

let db: Connection;
beforeEach(() => {
  db = new Database(':memory:').defaultSafeIntegers() as unknown as Connection;
});
afterEach(() => db.close());

const rows = 20_000;

/** Rows of one to two hundred bytes whose keys have gaps. */
function fill(sql: string): Ordered {
  db.exec(`${sql};
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    INSERT INTO t SELECT i * 3 - 40, printf('%.*c', 1 + i * 7919 % 200, 'x') FROM n`);
  return orderedTable(db, relation(db, 't')!)!;
}

/** What reading row by row finds. */
function expected(limits: { rows: number; bytes: number }): { to: string; records: number }[] {
  const found: { to: string; records: number }[] = [];
  let [records, bytes, last] = [0, 0, ''];
  const each = db.prepare('SELECT id, octet_length(id) + octet_length(note) FROM t ORDER BY id').raw(true).iterate();
  for (const [id, size] of each as Iterable<[bigint, bigint]>) {
    if (records > 0 && (records >= limits.rows || bytes + Number(size) > limits.bytes)) {
      found.push({ to: last, records });
      [records, bytes] = [0, 0];
    }
    records += 1;
    bytes += Number(size);
    last = String(id);
  }
  return [...found, { to: last, records }];
}

it.each([
  { rows: 50_000, bytes: 1 << 30 },
  { rows: 8_192, bytes: 1 << 30 },
  { rows: 9_000, bytes: 1 << 30 },
  { rows: 50_000, bytes: 700_000 },
  { rows: 97, bytes: 1 << 30 },
])('ranges of %o are those that reading row by row finds', async (limits) => {
  const source = fill('CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT)');
  const found: { from: string | null; to: string | null; records: number }[] = [];
  for await (const { from, to, records } of splitIntoBounds(source, ['id', 'note'], limits))
    found.push({ from, to, records });
  const wanted = expected(limits);
  expect(found).toEqual(wanted.map((one, index) => ({ from: index === 0 ? null : wanted[index - 1]!.to, ...one })));
});

it('addresses rows by the column that is the rowid, and never by one that only looks like it', () => {
  expect(fill('CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT)').address).toEqual(['"id"']);
  db.exec('DROP TABLE t');
  expect(fill('CREATE TABLE t (id INTEGER PRIMARY KEY DESC, note TEXT)').address).toEqual(['rowid']);
  db.exec('DROP TABLE t');
  expect(fill('CREATE TABLE t (id INT PRIMARY KEY, note TEXT)').address).toEqual(['rowid']);
  db.exec('DROP TABLE t');
  expect(fill('CREATE TABLE t (id INTEGER PRIMARY KEY, note TEXT) WITHOUT ROWID')).toMatchObject({ byRowid: false });
});

import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keptFor } from './kept.ts';
import { lookupRows } from './lookup.ts';

let db: Database.Database;

beforeEach(() => {
  db = new Database(':memory:');
  db.defaultSafeIntegers(true);
});
afterEach(() => db.close());

it('makes a thing once per connection, and again when the structure has changed', () => {
  let made = 0;
  const make = () => ++made;
  expect([keptFor(db, 'a', make), keptFor(db, 'a', make), keptFor(db, 'b', make)]).toEqual([1, 1, 2]);
  db.exec('CREATE TABLE t (x)');
  expect(keptFor(db, 'a', make)).toBe(3);
});

it('looks up in a table that was made anew with another type of key', async () => {
  db.exec("CREATE TABLE t (k TEXT, v TEXT); INSERT INTO t VALUES ('1', 'as text')");
  expect(await lookupRows(db, 't', ['k'], ['v'], [['1']])).toEqual([['1', 'as text']]);
  db.exec("DROP TABLE t; CREATE TABLE t (v TEXT, k INTEGER); INSERT INTO t VALUES ('as number', 1)");
  expect(await lookupRows(db, 't', ['k'], ['v'], [[1n]])).toEqual([[1n, 'as number']]);
});

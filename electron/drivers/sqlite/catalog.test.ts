import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCatalog } from './catalog.ts';
import type { Connection } from './database.ts';
import { sqliteDialect } from './dialect.ts';

let db: Connection;
beforeEach(() => {
  db = new Database(':memory:').defaultSafeIntegers() as unknown as Connection;
});
afterEach(() => db.close());

const text = `CREATE TABLE "odd ) name" ( -- a CHECK (that is none)
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  [a,b] TEXT COLLATE NOCASE DEFAULT 'x, ) CHECK (y)' CHECK ("a,b" <> '' AND ("a,b") <> ')'),
  qty INT NOT NULL CONSTRAINT positive CHECK (qty > 0),
  twice INT GENERATED ALWAYS AS (qty * 2) STORED,
  half AS (qty / 2),
  parent INTEGER REFERENCES "odd ) name"(id) ON DELETE SET NULL,
  CONSTRAINT "other one" FOREIGN KEY (parent, qty) REFERENCES pair (a, b) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
  UNIQUE (qty, "a,b")
)`;

test('CHECK, generated columns, collations and foreign keys are read from the text of the table', () => {
  db.exec('CREATE TABLE pair (a INTEGER, b INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID, STRICT');
  db.exec(text);
  const { tables } = readCatalog(db, null);
  const table = tables.find((one) => one.name === 'odd ) name')!;
  expect(table.details?.checks).toEqual([
    { name: null, expression: `"a,b" <> '' AND ("a,b") <> ')'` },
    { name: 'positive', expression: 'qty > 0' },
  ]);
  const details = new Map(table.columns.map((column) => [column.name, column.details]));
  expect(details.get('id')?.identity).toBe('auto');
  expect(details.get('a,b')?.collation).toBe('NOCASE');
  expect(details.get('twice')?.generatedAs).toEqual({ expression: 'qty * 2', stored: true });
  expect(details.get('half')?.generatedAs).toEqual({ expression: 'qty / 2', stored: false });
  const keys = [...table.foreignKeys].sort((a, b) => a.columns.length - b.columns.length);
  expect(keys).toMatchObject([
    { columns: ['parent'], references: ['id'], name: null, onDelete: 'set_null', deferrable: false },
    { columns: ['parent', 'qty'], table: 'pair', name: 'other one', onUpdate: 'cascade', deferrable: true },
  ]);
  expect(tables.find((one) => one.name === 'pair')?.details?.notCarried).toEqual(['WITHOUT ROWID', 'STRICT']);
});

test('expression, partial, descending and collated indexes', () => {
  db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, email TEXT, state TEXT, at TEXT, UNIQUE (email, state))');
  db.exec(`CREATE UNIQUE INDEX by_email ON t (lower(email), at DESC) WHERE state = 'on (it)'`);
  db.exec('CREATE INDEX "by on" ON "t"(state COLLATE NOCASE, at)');
  const indexes = readCatalog(db, null).tables[0]?.details?.indexes;
  expect(indexes).toMatchObject([
    {
      name: 'by on',
      unique: false,
      parts: [{ column: null, expression: '"state" COLLATE NOCASE' }, { column: 'at' }],
      where: null,
    },
    {
      name: 'by_email',
      unique: true,
      parts: [{ expression: 'lower(email)' }, { column: 'at', descending: true }],
      where: `state = 'on (it)'`,
    },
    { name: 't_email_state_key', constraint: true, unique: true, parts: [{ column: 'email' }, { column: 'state' }] },
  ]);
});

test('what the dialect writes gives the same catalog again', () => {
  db.exec('CREATE TABLE pair (a INTEGER, b INTEGER, PRIMARY KEY (a, b))');
  db.exec(text);
  db.exec(`CREATE INDEX few ON "odd ) name" (qty DESC, lower("a,b")) WHERE qty > 5`);
  const before = readCatalog(db, null).tables.find((one) => one.name === 'odd ) name')!;
  db.exec('DROP TABLE "odd ) name"');
  const design = {
    name: before.name,
    primaryKey: before.primaryKey,
    checks: before.details?.checks ?? [],
    foreignKeys: before.foreignKeys,
    comment: null,
    columns: before.columns.map((column) => ({
      name: column.name,
      declaredType: column.declaredType,
      nullable: column.nullable,
      defaultText: column.defaultText,
      generatedAs: column.details?.generatedAs ?? null,
      identity: column.details?.identity !== null,
      onUpdate: null,
      collation: column.details?.collation ?? null,
      comment: null,
    })),
  };
  for (const statement of sqliteDialect.createTable(design)) db.exec(statement);
  for (const index of before.details?.indexes ?? []) db.exec(sqliteDialect.createIndex(before.name, index));
  const after = readCatalog(db, null).tables.find((one) => one.name === 'odd ) name')!;
  const comparable = (table: typeof before) => ({
    ...table,
    sql: '',
    foreignKeys: [...table.foreignKeys].sort((a, b) => a.columns.length - b.columns.length),
    details: {
      ...table.details,
      indexes: (table.details?.indexes ?? []).map((index) => ({ ...index, constraint: false })),
      checks: [...(table.details?.checks ?? [])].sort((a, b) => a.expression.localeCompare(b.expression)),
    },
  });
  expect(comparable(after)).toEqual(comparable(before));
});

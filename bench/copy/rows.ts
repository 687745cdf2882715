import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import Database from 'better-sqlite3';

/** The table of every copy: ten columns of ordinary kinds, a share of nulls and of text that must be escaped. */
export const rowsTable = 'readings';

/** A row as plain values; null where the column is. */
type Reading = {
  readonly id: number;
  readonly count: number | null;
  readonly ratio: number;
  readonly amount: string;
  readonly code: string;
  readonly note: string | null;
  readonly at: string;
  readonly flag: 0 | 1;
  readonly uid: string;
  readonly doc: string;
};

export type RowFiles = {
  readonly sqlite: string;
  /** The same rows as text that PostgreSQL's COPY takes. */
  readonly postgresText: string;
  /** The same rows as text that LOAD DATA takes: times without an offset. */
  readonly mysqlText: string;
};

const words = [
  'amber',
  'Brücke',
  'copper',
  'delta',
  'émail',
  'frost',
  'garnet',
  'haven',
  'iris',
  'jade',
  'köşe',
  'lumen',
];

/** Writes the same rows three times; the same ones for every call with this number. */
export async function writeRowFiles(files: RowFiles, rows: number): Promise<void> {
  const database = new Database(files.sqlite);
  database.pragma('journal_mode = OFF');
  database.pragma('synchronous = OFF');
  database.exec(`CREATE TABLE ${rowsTable} (id INTEGER PRIMARY KEY, count INT, ratio DOUBLE, amount DECIMAL(12,2),
    code VARCHAR(40), note TEXT, at TIMESTAMPTZ, flag BOOLEAN, uid UUID, doc JSON)`);
  const insert = database.prepare(`INSERT INTO ${rowsTable} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const postgres = createWriteStream(files.postgresText);
  const mysql = createWriteStream(files.mysqlText);
  database.exec('BEGIN');
  let lines = { postgres: '', mysql: '' };
  for (let id = 1; id <= rows; id += 1) {
    const row = reading(id);
    const { count, ratio, amount, code, note, at, flag, uid, doc } = row;
    insert.run(
      BigInt(id),
      count === null ? null : BigInt(count),
      ratio,
      Number(amount),
      code,
      note,
      `${at}+00`,
      BigInt(flag),
      uid,
      doc,
    );
    lines.postgres += line(row, `${at}+00`);
    lines.mysql += line(row, at);
    if (id % 5_000 === 0 || id === rows) {
      await Promise.all([written(postgres, lines.postgres), written(mysql, lines.mysql)]);
      lines = { postgres: '', mysql: '' };
    }
  }
  database.exec('COMMIT');
  database.close();
  await Promise.all([ended(postgres), ended(mysql)]);
}

/** Mulberry32 over the row's number: rows can be made in any order. */
function reading(id: number): Reading {
  let state = Math.imul(id, 0x9e3779b1) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const word = () => words[Math.floor(next() * words.length)]!;
  const hex = (digits: number) =>
    Math.floor(next() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  const special = next() < 0.01 ? '\tand a\nline, a \\ too ' : ' ';
  const moment = new Date(1_577_836_800_000 + Math.floor(next() * 2e11)).toISOString();
  return {
    id,
    count: next() < 0.05 ? null : Math.floor(next() * 2e9) - 1e9,
    ratio: (next() - 0.5) * 1e6,
    amount: `${Math.floor(next() * 1e7)}.${String(1 + Math.floor(next() * 98)).padStart(2, '0')}`,
    code: `${word()}-${hex(8)}`,
    note: next() < 0.05 ? null : `${Array.from({ length: 9 }, word).join(' ')}${special}${hex(8)}`,
    at: `${moment.slice(0, 10)} ${moment.slice(11, 23)}${String(Math.floor(next() * 1000)).padStart(3, '0')}`,
    flag: next() < 0.5 ? 0 : 1,
    uid: `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(6)}${hex(6)}`,
    doc: `{"kind": "${word()}", "weight": ${Math.floor(next() * 1e5) / 100}, "tags": ["${word()}"]}`,
  };
}

function line({ id, count, ratio, amount, code, note, flag, uid, doc }: Reading, at: string): string {
  const values = [id, count, ratio, amount, code, note, at, flag, uid, doc];
  return `${values.map((value) => (value === null ? '\\N' : escaped(String(value)))).join('\t')}\n`;
}

function escaped(text: string): string {
  return /[\\\t\n]/.test(text) ? text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n') : text;
}

async function written(stream: WriteStream, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain');
}

async function ended(stream: WriteStream): Promise<void> {
  stream.end();
  await once(stream, 'close');
}

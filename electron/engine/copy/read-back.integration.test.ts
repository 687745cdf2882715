import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row, Value } from '#shared/model/value.ts';
import type { Engine } from '../../drivers/relational.ts';
import { compileRow } from './convert.ts';
import { dialectOf } from './dialects.ts';
import { RowFault } from './fault.ts';
import { column, designOne, table } from './testing.ts';
import { allRows, engineIsHere, plain, startEngine, type TestEngine } from './testing-engines.ts';
import { dateText, decimalTexts, jsonTexts, stampTexts, timeTexts } from './testing-values.ts';

const seed = 20_261_121;
const rowCount = 400;
const bigints = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
const texts = fc.string({ unit: 'binary', maxLength: 12 });
const withoutNul = texts.map((one) => one.replaceAll('\0', ''));
const bytes = fc.uint8Array({ maxLength: 12 });
/** What stands in a column of SQLite that promises nothing. */
const anything = fc.oneof(
  bigints,
  fc.double({ noNaN: true }).map((one) => (one === 0 ? 1.5 : one)),
  texts,
  bytes,
);
const infinite = fc.constantFrom('infinity', '-infinity', '0044-03-15 BC');

/** Columns of a source with the values that its driver gives. */
const columns: Readonly<Record<Engine, readonly (readonly [declared: string, values: fc.Arbitrary<Value>])[]>> = {
  sqlite: [
    ['INTEGER', fc.oneof(bigints, bigints, anything)],
    [
      'REAL',
      fc.oneof(
        fc.double({ noNaN: true }).map((one) => (one === 0 ? 0 : one)),
        texts,
      ),
    ],
    [
      'DECIMAL(10,3)',
      fc.oneof(
        bigints,
        fc.integer({ min: -9_999_999, max: 9_999_999 }).map((one) => one / 1000),
        anything,
      ),
    ],
    ['BOOLEAN', fc.oneof(fc.constantFrom(0n, 1n, 'true', 'FALSE', 7n), anything)],
    ['TEXT', fc.oneof(texts, bytes)],
    ['BLOB', anything],
    ['', anything],
    ['DATE', fc.oneof(dateText, infinite, anything)],
    [
      'TIMESTAMP',
      fc.oneof(
        stampTexts('postgres', 6),
        stampTexts('mysql', 3).map((one) => one.replace(' ', 'T')),
        dateText,
        infinite,
      ),
    ],
    [
      'TIMESTAMPTZ',
      fc
        .tuple(stampTexts('postgres', 6), fc.constantFrom('Z', '+00', '+02:00', '-03:30', ''))
        .map((one) => one.join('')),
    ],
    ['TIME', fc.oneof(timeTexts(6, 838), texts)],
    ['JSON', fc.oneof(jsonTexts, texts, bigints)],
    [
      'UUID',
      fc.oneof(
        fc.uuid(),
        fc.uuid().map((one) => one.toUpperCase()),
        texts,
      ),
    ],
  ],
  postgres: [
    ['smallint', fc.bigInt(-32_768n, 32_767n)],
    ['bigint', bigints],
    ['numeric', fc.oneof(decimalTexts(20, 10), decimalTexts(60, 40), fc.constantFrom('NaN', '0.0', '-1'))],
    ['numeric(14,4)', fc.oneof(decimalTexts(14, 4), fc.constant('NaN'))],
    ['real', fc.float()],
    ['double precision', fc.double()],
    ['boolean', fc.boolean()],
    ['text', withoutNul],
    ['character varying(12)', withoutNul.map((one) => [...one].slice(0, 12).join(''))],
    ['character(5)', withoutNul.map((one) => [...one.trimEnd()].slice(0, 5).join('').padEnd(5))],
    ['bytea', bytes],
    ['date', fc.oneof(dateText, infinite)],
    [
      'time without time zone',
      timeTexts(6, 23)
        .filter((one) => !one.startsWith('-'))
        .map((one) => one.replace(/\.?0+$/, '')),
    ],
    ['timestamp without time zone', fc.oneof(stampTexts('postgres', 6), fc.constant('infinity'))],
    ['timestamp with time zone', stampTexts('postgres', 6).map((one) => `${one}+00`)],
    ['json', jsonTexts],
    ['uuid', fc.uuid()],
    ['integer[]', fc.array(fc.integer()).map((list) => `{${list.join(',')}}`)],
    ['bit(8)', fc.integer({ min: 0, max: 255 }).map((one) => one.toString(2).padStart(8, '0'))],
    ['interval', fc.constantFrom('1 year 2 mons', '-00:00:00.5', '3 days 04:05:06')],
  ],
  mysql: [
    ['tinyint(1)', fc.bigInt(-128n, 127n)],
    ['bigint(20) unsigned', fc.bigInt(0n, 2n ** 64n - 1n)],
    ['decimal(65,30)', decimalTexts(65, 30)],
    ['decimal(10,0)', decimalTexts(10, 0)],
    ['float', fc.float({ noNaN: true, noDefaultInfinity: true })],
    ['double', fc.double({ noNaN: true, noDefaultInfinity: true })],
    ['bit(1)', fc.boolean()],
    ['bit(64)', fc.bigInt(0n, 2n ** 64n - 1n)],
    ['year', fc.constantFrom(0n, 1901n, 2155n)],
    ['date', fc.oneof(dateText, fc.constantFrom('0000-00-00', '2022-11-00'))],
    ['datetime(6)', fc.oneof(stampTexts('mysql', 6), fc.constant('0000-00-00 00:00:00.000000'))],
    ['datetime', stampTexts('mysql', 0)],
    [
      'timestamp(3)',
      fc
        .integer({ min: 1, max: 2 ** 31 - 2 })
        .map((one) => `${new Date(one * 1000).toISOString().slice(0, 23).replace('T', ' ')}+00`),
    ],
    ['time(3)', timeTexts(3, 838)],
    ['varchar(20)', texts.map((one) => [...one].slice(0, 12).join(''))],
    ['longtext', texts],
    ['varbinary(12)', bytes],
    ['longblob', bytes],
    ["enum('a','b','it''s')", fc.constantFrom('a', 'b', "it's", '')],
    ["set('r','w')", fc.constantFrom('', 'r', 'r,w')],
    ['json', jsonTexts],
  ],
};

const targets: readonly Engine[] = ['sqlite', 'postgres', 'mysql'];
const running = new Map<Engine, TestEngine>();
beforeAll(async () => {
  for (const engine of targets.filter(engineIsHere)) running.set(engine, await startEngine(engine));
});
afterAll(async () => {
  for (const one of running.values()) await one.stop();
});

describe('what a conversion gives is what the target gives back', () => {
  for (const source of targets) {
    for (const target of targets.filter((one) => one !== source)) {
      it.skipIf(!engineIsHere(target))(`${source} to ${target}`, async () => {
        const types = columns[source];
        const given = types.map(([declared], at) => {
          const type = declared === 'json' && source === 'mysql' ? { type: { t: 'json' as const } } : {};
          return column(`c${at}`, declared, type);
        });
        const key = column('id', { sqlite: 'INTEGER', postgres: 'bigint', mysql: 'bigint' }[source], {
          nullable: false,
        });
        const planned = designOne(source, target, table('t', [key, ...given], { primaryKey: ['id'] }));
        const convert = compileRow(planned.columns);
        const values = types.map(([, arbitrary], at) =>
          fc.sample(fc.option(arbitrary, { freq: 10 }), { numRuns: rowCount, seed: seed + at }),
        );
        const rows: Row[] = [];
        const reached = new Set<number>();
        for (let id = 0; id < rowCount; id += 1) {
          const row: Value[] = [BigInt(id), ...values.map((list) => list[id] ?? null)];
          // What does not fit is set aside by name; here null takes its place, so that the rest of the row is tested.
          for (let result = convert ? convert(row) : row; ; result = convert ? convert(row) : row) {
            if (!(result instanceof RowFault)) {
              rows.push(result);
              for (const [at, value] of result.entries()) if (value !== null) reached.add(at);
              break;
            }
            row[result.column] = null;
          }
        }
        expect(reached.size).toBe(types.length + 1);
        const { session } = await (running.get(target) as TestEngine).make(
          dialectOf(target).createTable(planned.design).join(';\n'),
        );
        const names = planned.columns.map((one) => one.target);
        await using transaction = await session.begin('bulk');
        const chunk = {
          unit: 'u',
          path: '0',
          bounds: { from: null, to: null, inclusive: 'to' as const, records: rowCount },
          attempt: 1,
        };
        const output = { table: 't', columns: names, key: ['id'], mode: 'insert' as const, surrogate: [] };
        await transaction.load(output, [rows], 'nothing', chunk, { runId: 'r', epoch: 1n });
        await transaction.commit(null, null);
        const found = [...(await allRows(session, 't', names))].sort((a, b) => Number(a[0]) - Number(b[0]));
        await session[Symbol.asyncDispose]();
        expect(found.length).toBe(rowCount);
        found.forEach((row, at) => {
          const named = (one: Row) =>
            Object.fromEntries(
              plain(one).map((value, index) => [`${names[index]} ${planned.columns[index]?.targetType}`, value]),
            );
          expect(named(row)).toEqual(named(rows[at] as Row));
        });
      });
    }
  }
});

it.skipIf(!engineIsHere('postgres'))('jsonb is foretold as PostgreSQL writes it', async () => {
  const documents = fc.sample(fc.oneof(jsonTexts, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)), {
    numRuns: 500,
    seed,
  });
  documents.push(
    '{"bb":1,"a":{"z":1.50,"é":"\\u00e9\\n\\/"},"a":[1e2,1E-3,-0.0,1.0e1]}',
    ' [ ] ',
    '"\\u001f\\b\\ud83d\\ude00"',
  );
  const planned = designOne(
    'sqlite',
    'postgres',
    table('t', [column('id', 'INTEGER', { nullable: false }), column('c', 'JSON')], { primaryKey: ['id'] }),
    {
      rules: [{ key: 'r', pattern: 't.c', rule: { to: 'jsonb', duplicate_keys: 'last' } }],
    },
  );
  const convert = compileRow(planned.columns);
  const rows = documents.map((document, id) => convert?.([BigInt(id), document]) as Row);
  const { session } = await (running.get('postgres') as TestEngine).make(
    dialectOf('postgres').createTable(planned.design).join(';\n'),
  );
  await using transaction = await session.begin('bulk');
  const chunk = {
    unit: 'u',
    path: '0',
    bounds: { from: null, to: null, inclusive: 'to' as const, records: 1 },
    attempt: 1,
  };
  // As they are given, not as they are foretold.
  const raw = documents.map((document, id) => [BigInt(id), document]);
  await transaction.load(
    { table: 't', columns: ['id', 'c'], key: ['id'], mode: 'insert', surrogate: [] },
    [raw],
    'nothing',
    chunk,
    { runId: 'r', epoch: 1n },
  );
  await transaction.commit(null, null);
  const found = [...(await allRows(session, 't', ['id', 'c']))].sort((a, b) => Number(a[0]) - Number(b[0]));
  await session[Symbol.asyncDispose]();
  expect(found.map(plain)).toEqual(rows.map(plain));
});

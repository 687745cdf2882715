import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '#shared/model/value.ts';
import type { Engine } from '../../drivers/relational.ts';
import { JsonbForm } from './convert/jsonb-form.ts';
import { decodedOnce } from './convert/text.ts';
import { way } from './testing.ts';
import { dateText, decimalTexts, jsonTexts, stampTexts, timeTexts } from './testing-values.ts';
import type { TypeRule } from './types.ts';

/** There and back again: where the plan says that a type holds the values, they come back as they were. */
const trips: readonly {
  readonly name: string;
  readonly from: readonly [Engine, string];
  readonly over: readonly [Engine, string];
  readonly values: fc.Arbitrary<Value>;
  /** The rule of the way back, which gives the first type again. */
  readonly back: TypeRule;
}[] = [
  {
    name: 'bigint',
    from: ['postgres', 'bigint'],
    over: ['mysql', 'bigint'],
    values: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
    back: {},
  },
  {
    name: 'bigint unsigned',
    from: ['mysql', 'bigint unsigned'],
    over: ['postgres', 'numeric(20,0)'],
    values: fc.bigInt(0n, 2n ** 64n - 1n),
    back: { to: 'bigint unsigned' },
  },
  {
    name: 'numeric(12,2) through SQLite',
    from: ['postgres', 'numeric(12,2)'],
    over: ['sqlite', 'DECIMAL(12,2)'],
    values: decimalTexts(12, 2),
    back: { to: 'numeric(12,2)' },
  },
  {
    name: 'decimal(15,15) through SQLite',
    from: ['mysql', 'decimal(15,15)'],
    over: ['sqlite', 'DECIMAL(15,15)'],
    values: decimalTexts(15, 15),
    back: { to: 'decimal(15,15)' },
  },
  {
    name: 'decimal(65,30) through text',
    from: ['mysql', 'decimal(65,30)'],
    over: ['sqlite', 'TEXT'],
    values: decimalTexts(65, 30),
    back: { to: 'decimal(65,30)' },
  },
  {
    name: 'double',
    from: ['mysql', 'double'],
    over: ['postgres', 'double precision'],
    values: fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => (one === 0 ? 0 : one)),
    back: {},
  },
  {
    name: 'real',
    from: ['postgres', 'real'],
    over: ['sqlite', 'REAL'],
    values: fc.float({ noNaN: true }).map((one) => (one === 0 ? 0 : one)),
    back: { to: 'real' },
  },
  {
    name: 'text',
    from: ['postgres', 'text'],
    over: ['mysql', 'longtext'],
    values: fc.string({ unit: 'binary' }).map((one) => one.replaceAll('\0', '')),
    back: {},
  },
  {
    name: 'timestamp',
    from: ['postgres', 'timestamp without time zone'],
    over: ['mysql', 'datetime(6)'],
    values: stampTexts('postgres', 6),
    back: {},
  },
  {
    name: 'timestamptz',
    from: ['postgres', 'timestamp with time zone'],
    over: ['mysql', 'datetime(6)'],
    values: stampTexts('postgres', 6).map((one) => `${one}+00`),
    back: { to: 'timestamptz', zone: 'utc' },
  },
  {
    name: 'datetime(3)',
    from: ['mysql', 'datetime(3)'],
    over: ['postgres', 'timestamp(3)'],
    values: stampTexts('mysql', 3),
    back: { to: 'datetime(3)' },
  },
  { name: 'date', from: ['mysql', 'date'], over: ['postgres', 'date'], values: dateText, back: {} },
  {
    name: 'time of MySQL as interval',
    from: ['mysql', 'time(6)'],
    over: ['postgres', 'interval'],
    values: timeTexts(6, 838),
    back: { to: 'time(6)' },
  },
  { name: 'boolean', from: ['postgres', 'boolean'], over: ['sqlite', 'BOOLEAN'], values: fc.boolean(), back: {} },
  { name: 'bit(8)', from: ['mysql', 'bit(8)'], over: ['postgres', 'bit(8)'], values: fc.bigInt(0n, 255n), back: {} },
  { name: 'json', from: ['postgres', 'json'], over: ['mysql', 'longtext'], values: jsonTexts, back: { to: 'json' } },
  { name: 'uuid', from: ['postgres', 'uuid'], over: ['mysql', 'char(36)'], values: fc.uuid(), back: { to: 'uuid' } },
  { name: 'bytes', from: ['mysql', 'longblob'], over: ['sqlite', 'BLOB'], values: fc.uint8Array(), back: {} },
];

describe('round trips', () => {
  it.each(trips)('$name', ({ from, over, values, back }) => {
    const there = way(from[0], from[1], over[0], { to: over[1] });
    const again = way(over[0], over[1], from[0], back);
    expect(again.column.convert.to.facts.family).toBe(there.column.convert.from.facts.family);
    fc.assert(
      fc.property(values, (value) => {
        const held = there.of(value);
        expect(held).not.toHaveProperty('fault');
        expect(again.of(held as Value)).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });
});

describe('quick ways give what the long ones give', () => {
  const stamps = fc.oneof(
    stampTexts('postgres', 6),
    stampTexts('mysql', 6),
    stampTexts('mysql', 3),
    fc.tuple(stampTexts('postgres', 6), fc.constantFrom('+00', 'Z', '+02', '-03:30')).map(([one, zone]) => one + zone),
    stampTexts('postgres', 6).map((one) => one.replace(' ', 'T')),
    fc.constantFrom(
      '2020-02-30 00:00:00',
      '0000-00-00 00:00:00',
      '2020-01-02',
      '2020-01-02 24:00:00',
      '2020-01-02 03:04:05.',
      'x'.repeat(19),
    ),
  );
  it.each([
    ['sqlite', 'TIMESTAMP', 'postgres', 'timestamp'],
    ['sqlite', 'TIMESTAMP', 'postgres', 'timestamp(3)'],
    ['sqlite', 'TIMESTAMPTZ', 'postgres', 'timestamptz'],
    ['sqlite', 'TIMESTAMP', 'mysql', 'datetime(3)'],
    ['mysql', 'datetime(6)', 'postgres', 'timestamp'],
    ['mysql', 'timestamp(6)', 'postgres', 'timestamptz'],
    ['postgres', 'timestamptz', 'mysql', 'datetime(6)'],
  ] as const)('%s %s to %s %s', (source, declared, target, to) => {
    const quick = way(source, declared, target, { to });
    // A rule about zones sends every value the long way; this one says what holds without it.
    const long = way(source, declared, target, { to, zone: 'quarantine' });
    fc.assert(
      fc.property(stamps, (value) => {
        expect(quick.of(value)).toEqual(long.of(value));
      }),
      { numRuns: 500 },
    );
  });
  it('numbers of SQLite with a scale', () => {
    const [quick, text] = [
      way('sqlite', 'DECIMAL(8,3)', 'postgres'),
      way('sqlite', 'TEXT', 'postgres', { to: 'numeric(8,3)' }),
    ];
    const numbers = fc.oneof(
      fc.double(),
      fc.integer({ min: -10_000_000, max: 10_000_000 }).map((one) => one / 1000),
      fc.bigInt(-1_000_000n, 1_000_000n),
    );
    fc.assert(
      fc.property(numbers, (value) => {
        expect(quick.of(value)).toEqual(text.of(String(value)));
      }),
      { numRuns: 500 },
    );
  });
});

it('jsonb: the form means the same as the document', () => {
  fc.assert(
    fc.property(jsonTexts, (document) => {
      const form = new JsonbForm(document).write();
      if (form === null) return;
      expect(JSON.parse(form)).toEqual(JSON.parse(document, (_key, value) => (value === 0 ? 0 : value)));
      expect(new JsonbForm(form).write()).toBe(form);
    }),
    { numRuns: 300 },
  );
});

it('text that was encoded twice is decoded once', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const twice = new TextDecoder('windows-1252').decode(new TextEncoder().encode(text));
      expect(decodedOnce(twice)).toBe(text);
    }),
    { numRuns: 300 },
  );
});

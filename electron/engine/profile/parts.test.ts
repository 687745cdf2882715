import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyText, parseKey } from './key-path.ts';
import { orderSteps } from './order-steps.ts';
import { describePolicy, toPolicy } from './policy.ts';
import { policyShape } from './shape.ts';
import { didYouMean, nearest } from './suggest.ts';
import { bytesText, durationText, parseBytes, parseDuration, parseShare, shareText } from './units.ts';

test('quantities are read and written', () => {
  expect(['16MiB', '1.5 GiB', '500KB', '7B', '16', '-1B', '1e3B', 'MiB', '1__proto__'].map(parseBytes)).toStrictEqual([
    16777216,
    1610612736,
    500000,
    7,
    null,
    null,
    null,
    null,
    null,
  ]);
  expect(['200ms', '30s', '5min', '2h', '1d', '2 hours', ''].map(parseDuration)).toStrictEqual([
    200,
    30000,
    300000,
    7200000,
    86400000,
    null,
    null,
  ]);
  expect(['0.5%', '100%', '101%', '0 %', '1'].map(parseShare)).toStrictEqual([0.005, 1, null, 0, null]);
  expect([bytesText(16777216), durationText(200), durationText(7200e3), shareText(0.005)]).toStrictEqual([
    '16 MiB',
    '200 ms',
    '2 h',
    '0.5 %',
  ]);
});

describe('keys', () => {
  test('go through text', () => {
    const part = fc.oneof(fc.string({ minLength: 1 }), fc.nat(99));
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.array(part), (first, rest) => {
        const path = [first, ...rest];
        expect(parseKey(keyText(path))).toStrictEqual(path);
      }),
    );
  });

  test('are shown as TOML has them', () => {
    expect(keyText(['steps', 'a b', 'reject', 1, 'when'])).toBe('steps."a b".reject[1].when');
    expect(parseKey('steps..x')).toBeNull();
    expect(parseKey('[1]')).toBeNull();
  });
});

test('the near name is found, a far one is not', () => {
  const known = ['undo', 'target', 'source', 'max_delay'];
  expect([
    nearest('taget', known),
    nearest('sorce', known),
    nearest('maxDelay', known),
    nearest('x', known),
  ]).toStrictEqual(['target', 'source', 'max_delay', null]);
  expect(didYouMean('zzz', known)).toBe('Known here: `undo`, `target`, `source`, `max_delay`.');
  expect(didYouMean('x', [])).toBeNull();
});

describe('the order of steps', () => {
  const steps = fc
    .uniqueArray(
      fc.nat(12).map((id) => `s${id}`),
      { minLength: 1 },
    )
    .chain((ids) =>
      fc
        .tuple(...ids.map((id, index) => fc.subarray(ids.slice(0, index)).map((needs) => ({ id, needs }))))
        .map((all) => [...all]),
    );

  test('has each step after what it needs, and is stable', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), (given, backwards) => {
        const result = orderSteps(backwards ? [...given].reverse() : given);
        if (!('ordered' in result)) throw new Error('a circle where there is none');
        const ids = result.ordered.map(({ id }) => id);
        expect(ids).toHaveLength(given.length);
        for (const { id, needs } of given)
          for (const need of needs) expect(ids.indexOf(need)).toBeLessThan(ids.indexOf(id));
        if (!backwards) expect(ids).toStrictEqual(given.map(({ id }) => id));
      }),
    );
  });

  test('names a circle', () => {
    const result = orderSteps([
      { id: 'free', needs: [] },
      { id: 'a', needs: ['b'] },
      { id: 'b', needs: ['c', 'free'] },
      { id: 'c', needs: ['b'] },
    ]);
    expect(result).toStrictEqual({ circle: ['b', 'c', 'b'] });
  });
});

test('the policy is told in sentences', () => {
  const policy = toPolicy(
    policyShape.parse({
      limits: { quarantine: '0.5%', window: '2h', slowdown: '50%' },
      rollback_on: ['loss', 'slowdown'],
    }),
  );
  expect(Object.fromEntries(describePolicy(policy).map(({ name, text }) => [name, text]))).toStrictEqual({
    Backup: 'Verified before anything is written.',
    Source: 'Nobody writes to it meanwhile; this is verified.',
    'Other sessions': 'The connection check lists them; they do not stop the run.',
    'Set aside limit':
      'Stops when more than 0.5 % of the records are set aside. A record larger than 16 MiB is set aside.',
    Retries: 'Up to 5 tries, 200 ms to 30 s apart.',
    Chunks: 'Up to 50,000 records, 16 MiB or 1 s each.',
    Window: 'The run may take 2 h.',
    'Stops and asks': 'Proposes a rollback when records are missing or it is more than 50 % slower than planned.',
  });
});

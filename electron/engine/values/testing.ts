import fc from 'fast-check';
import type { Row, Value } from '#shared/model/value.ts';

/** Arbitrary canonical values for property tests, the awkward ones often. */
const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  fc.constantFrom(0n, 1n, -1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 64n - 1n),
  fc.double(),
  fc.constantFrom(Number.NaN, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 2 ** 60),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\u0000', '\ud800', '😀', '0', 'null', '{"$int":"1"}'),
  fc.uint8Array({ maxLength: 20 }),
);

export const anyValue: fc.Arbitrary<Value> = fc.oneof({ weight: 9, arbitrary: scalar }, fc.array(scalar));

export const anyRow: fc.Arbitrary<Row> = fc.array(anyValue, { maxLength: 6 });

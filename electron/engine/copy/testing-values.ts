import fc from 'fast-check';
import { misreadKey } from '../../testing/misread-key.ts';

/** Values as the drivers give them; for property tests. */

export function decimalTexts(precision: number, scale: number): fc.Arbitrary<string> {
  const most = 10n ** BigInt(precision) - 1n;
  return fc.bigInt(-most, most).map((number) => {
    const digits = (number < 0n ? -number : number).toString().padStart(scale + 1, '0');
    const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
    return number < 0n ? `-${text}` : text;
  });
}

const two = (number: number) => String(number).padStart(2, '0');

/** Of the years 1 to 9999. */
export const dateText: fc.Arbitrary<string> = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

function fraction(digits: number, padded: boolean): fc.Arbitrary<string> {
  if (digits === 0) return fc.constant('');
  return fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 10 ** digits - 1 })).map((number) => {
    const text = String(number).padStart(digits, '0');
    const short = padded ? text : text.replace(/0+$/, '');
    return short === '' ? '' : `.${short}`;
  });
}

const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 59 }))
  .map(([hours, minutes, seconds]) => `${two(hours)}:${two(minutes)}:${two(seconds)}`);

/** MySQL writes all digits of the fraction, PostgreSQL those that say something. */
export function stampTexts(engine: 'mysql' | 'postgres', digits: number): fc.Arbitrary<string> {
  return fc
    .tuple(dateText, clock, fraction(digits, engine === 'mysql'))
    .map(([date, time, rest]) => `${date} ${time}${rest}`);
}

/** Times of MySQL up to so many hours, below zero as well. */
export function timeTexts(digits: number, mostHours: number): fc.Arbitrary<string> {
  const parts = fc.tuple(
    fc.integer({ min: 0, max: mostHours }),
    fc.integer({ min: 0, max: 59 }),
    fc.integer({ min: 0, max: 58 }),
    fraction(digits, true),
    fc.boolean(),
  );
  return parts.map(([hours, minutes, seconds, rest, negative]) => {
    const nothing = hours + minutes + seconds === 0;
    return `${negative && !nothing ? '-' : ''}${two(hours)}:${two(minutes)}:${two(seconds)}${rest}`;
  });
}

export const jsonTexts: fc.Arbitrary<string> = fc
  .json({ maxDepth: 4 })
  .filter((text) => !text.includes('__proto__') && !misreadKey.test(text));

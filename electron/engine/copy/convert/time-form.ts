import type { Fault } from '../fault.ts';
import { faults } from './faults.ts';
import type { TimeText } from './time-text.ts';

/** The fraction as it is read back: all digits of the column in MySQL, none that says nothing elsewhere. */
export function fractionText(read: TimeText, digits: number, padded: boolean): string | Fault {
  const length = read.fractionTo - read.fractionFrom;
  if (length > digits) return faults.tooPrecise;
  if (!padded) return length === 0 ? '' : `.${read.text.slice(read.fractionFrom, read.fractionTo)}`;
  return digits === 0 ? '' : `.${read.text.slice(read.fractionFrom, read.fractionTo).padEnd(digits, '0')}`;
}

export function dateText(read: TimeText): string {
  return `${yearText(read.year)}-${two(read.month)}-${two(read.day)}${read.beforeChrist ? ' BC' : ''}`;
}

/** Without BC, which comes after a zone. */
export function stampText(read: TimeText, fraction: string): string {
  const { year, month, day, hours, minutes, seconds } = read;
  return `${yearText(year)}-${two(month)}-${two(day)} ${two(hours)}:${two(minutes)}:${two(seconds)}${fraction}`;
}

function yearText(year: number): string {
  return year > 999 ? String(year) : String(year).padStart(4, '0');
}

function two(number: number): string {
  return pairs[number] as string;
}

const pairs = Array.from({ length: 100 }, (_one, number) => String(number).padStart(2, '0'));

/**
 * Where the fraction of a plain `2020-01-02 03:04:05.678` ends, be it followed by `+00` or by nothing; -1 when the text is of
 * another form or needs a closer look, such as the last days of a month. Most values of a column are plain.
 */
export function plainEnd(text: string): number {
  const { length } = text;
  if (length < 19 || text.charCodeAt(4) !== 0x2d || text.charCodeAt(7) !== 0x2d || text.charCodeAt(10) !== 0x20)
    return -1;
  if (text.charCodeAt(13) !== 0x3a || text.charCodeAt(16) !== 0x3a) return -1;
  const year = twoAt(text, 0) * 100 + twoAt(text, 2);
  const month = twoAt(text, 5);
  const day = twoAt(text, 8);
  // A part that is not of digits is not a number, for which no comparison holds.
  if (!(year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= 28)) return -1;
  if (!(twoAt(text, 11) < 24 && twoAt(text, 14) < 60 && twoAt(text, 17) < 60)) return -1;
  let end = 19;
  if (text.charCodeAt(19) === 0x2e) {
    end = 20;
    while (end < length && isDigit(text.charCodeAt(end))) end += 1;
    if (end === 20) return -1;
  }
  if (end === length) return end;
  return end + 3 === length && text.endsWith('+00') ? end : -1;
}

function twoAt(text: string, at: number): number {
  const tens = text.charCodeAt(at);
  const ones = text.charCodeAt(at + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - 0x30) * 10 + ones - 0x30 : Number.NaN;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

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

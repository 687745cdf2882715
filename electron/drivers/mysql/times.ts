import { ownFailure } from './errors.ts';

const timeForm = /^(-?)(\d{2,3}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?$/;
const dateForm = /^(\d{4}-\d{2}-\d{2})$/;
const instantForm =
  /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)?)?$/;

/** A date or time as the server prints it. What it would round, complete by guessing or shift is refused by name. */
export function instantText(value: string, kind: 'date' | 'time' | 'datetime' | 'timestamp', digits: number): string {
  switch (kind) {
    case 'date':
      return dateForm.test(value) ? value : badForm(value, 'a date');
    case 'time':
      return timeText(value, digits);
    case 'datetime':
    case 'timestamp': {
      const found = instantForm.exec(value);
      if (!found) return badForm(value, 'a date with a time');
      const [, date = '', clock = '00:00:00', fraction = '', zone] = found;
      if (zone === undefined) return `${date} ${clock}${fractionText(fraction, digits, value)}`;
      if (kind === 'datetime') {
        throw ownFailure('HAS_ZONE', 'data', `'${value}' names a time zone, which a DATETIME column does not keep.`);
      }
      return `${inUtc(date, clock, zone, value)}${fractionText(fraction, digits, value)}`;
    }
  }
}

function timeText(value: string, digits: number): string {
  const found = timeForm.exec(value);
  if (!found) return badForm(value, 'a time');
  const [, sign = '', hours = '', minutes, seconds, fraction = ''] = found;
  const clock = `${String(Number(hours)).padStart(2, '0')}:${minutes}:${seconds}${fractionText(fraction, digits, value)}`;
  return /[1-9]/.test(clock) ? sign + clock : clock;
}

function fractionText(fraction: string, digits: number, value: string): string {
  if (/[1-9]/.test(fraction.slice(digits))) {
    throw ownFailure(
      'INEXACT',
      'data',
      `'${value}' has more digits after the second than the column, which holds ${digits}.`,
    );
  }
  return digits === 0 ? '' : `.${fraction.slice(0, digits).padEnd(digits, '0')}`;
}

function inUtc(date: string, clock: string, zone: string, value: string): string {
  const [, sign, hours = '0', minutes = '0', seconds = '0'] =
    /^([+-])(\d{2})(?::?(\d{2}))?(?::?(\d{2}))?$/.exec(zone) ?? [];
  const seconds0 = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  if (seconds0 === 0) return `${date} ${clock}`;
  const local = Date.parse(`${date}T${clock}Z`);
  if (Number.isNaN(local)) return badForm(value, 'a date that can be shifted to UTC');
  const utc = new Date(local - (sign === '-' ? -1 : 1) * seconds0 * 1000).toISOString();
  return `${utc.slice(0, 10)} ${utc.slice(11, 19)}`;
}

function badForm(value: string, wanted: string): never {
  throw ownFailure('WRONG_FORM', 'data', `'${value.slice(0, 60)}' is not ${wanted} as MySQL writes it.`);
}

import type { Value } from '#shared/model/value.ts';
import type { Engine } from '../../../drivers/relational.ts';
import { numberText } from '../../values/cast.ts';
import { Fault } from '../fault.ts';
import type { ConvertSpec, ValueConvert } from '../types.ts';
import { faults, orNull } from './faults.ts';
import { plainDecimal } from './numbers.ts';
import { dateText, fractionText, plainEnd, stampText } from './time-form.ts';
import { isDay, TimeText } from './time-text.ts';

/** Dates, and dates with a time of day, with and without a zone. */
export function toStamp(spec: ConvertSpec): ValueConvert | null {
  const { from, to } = spec;
  if (passes(spec)) return null;
  const read = new TimeText();
  const zones = zonesOf(spec);
  const irregular = irregularDates(spec);
  const outside = orNull(spec, spec.rule.outside, faults.outOfRange);
  const holdsInfinity = to.engine !== 'mysql';
  const form = to.facts.family === 'date' ? dateForm(to.engine) : stampForm(spec, zones.to);
  const finish = (): Value | Fault => {
    const text = form(read);
    return text === faults.outOfRange ? outside : text;
  };
  const ofText = (text: string): Value | Fault => {
    if (!read.read(text) || !read.hasDate) {
      if (text === 'infinity' || text === '-infinity') return holdsInfinity ? text : outside;
      return faults.notTime;
    }
    if (read.hours > 23) return faults.notTime;
    if (read.month === 0 || read.day === 0 || read.year === 0) {
      const instead = irregular(read);
      if (instead !== undefined) return instead;
    }
    if (!isDay(read.year, read.month, read.day)) return faults.notTime;
    if (read.zone === null) {
      if (zones.to !== null) {
        if (zones.assumed === null) return faults.noZone;
        read.zone = zones.assumed;
      }
    } else if (zones.to === null) {
      if (zones.written === null) return faults.hasZone;
      return shifted(read, zones.written) ? finish() : outside;
    }
    return finish();
  };
  const epoch = epochOf(spec);
  const plain = plainForm(spec, zones);
  return (value) => {
    if (typeof value === 'string') return plain(value) ?? ofText(value);
    if (typeof value !== 'bigint' && typeof value !== 'number') return faults.notTime;
    const text = epoch(value);
    return typeof text === 'string' ? ofText(text) : text;
  };

  function passes({ rule }: ConvertSpec): boolean {
    if (from.engine === 'sqlite' || !['date', 'timestamp', 'timestamptz'].includes(from.facts.family)) return false;
    if (from.facts.family !== to.facts.family) return false;
    if (rule.zero || rule.partial || rule.zone) return false;
    if (to.engine === 'sqlite') return true;
    return from.engine === to.engine && (from.facts.digits ?? 6) <= (to.facts.digits ?? 6);
  }
}

/** The form of the target for the values that are nearly in it, without taking them apart; null for all others. */
function plainForm({ from, to, rule }: ConvertSpec, zones: Zones): (text: string) => string | null {
  const short = to.engine === 'mysql' && to.facts.family === 'timestamptz';
  if (to.facts.family === 'date' || short || rule.zone !== undefined || from.facts.family === 'date') return () => null;
  const digits = to.facts.digits ?? 6;
  const full = to.engine === 'mysql' ? (digits === 0 ? 19 : 20 + digits) : null;
  const suffix = zones.to === null ? '' : '+00';
  return (text) => {
    const end = plainEnd(text);
    if (end < 0) return null;
    const zoned = end < text.length;
    // Without a zone on one side only the longer way knows what is meant.
    if (zoned ? zones.to === null && zones.written === null : zones.to !== null) return null;
    const stop = full === null ? withoutZeros(text, end) : end;
    if (stop > (full ?? 20 + digits)) return null;
    if (stop === end && (full === null || end === full) && zoned === (suffix !== '')) return text;
    return text.slice(0, stop) + (full === null ? '' : padding.slice(stop === 19 ? 0 : stop - 19, full - 19)) + suffix;
  };
}

const padding = '.000000';

/** Where the fraction ends when its last zeros are left out. */
function withoutZeros(text: string, end: number): number {
  let stop = end;
  if (stop > 19) while (text.charCodeAt(stop - 1) === 0x30) stop -= 1;
  return text.charCodeAt(stop - 1) === 0x2e ? stop - 1 : stop;
}

type Zones = {
  /** Zone in which the target keeps times, null when it keeps none. */
  readonly to: number | null;
  /** Zone of values that name none. */
  readonly assumed: number | null;
  /** Zone in which values that name one are written where the target keeps none. */
  readonly written: number | null;
};

function zonesOf({ from, to, rule }: ConvertSpec): Zones {
  const said = rule.zone === undefined || rule.zone === 'quarantine' ? null : offsetOf(rule.zone);
  const keeps = to.facts.family === 'timestamptz';
  const instant = from.facts.family === 'timestamptz' && from.engine !== 'sqlite';
  return { to: keeps ? 0 : null, assumed: said, written: said ?? (instant ? 0 : null) };
}

function offsetOf(zone: string): number {
  if (zone === 'utc') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return zone.startsWith('-') ? -minutes : minutes;
}

/** Zero and partial dates; undefined when the date may go on. */
function irregularDates(spec: ConvertSpec): (read: TimeText) => Value | Fault | undefined {
  const { to, rule } = spec;
  const holds = to.engine !== 'postgres';
  const standard = to.engine === 'sqlite' ? 'keep' : 'quarantine';
  const zero = rule.zero ?? standard;
  const partial = rule.partial ?? standard;
  const zeroFault = orNull(spec, zero, faults.zeroDate);
  const partialFault = orNull(spec, partial, faults.partialDate);
  const asItStands = (read: TimeText): Value => (to.engine === 'mysql' ? read.text.replace('T', ' ') : read.text);
  return (read) => {
    if (read.year === 0 && read.month === 0 && read.day === 0) {
      return zero === 'keep' && holds ? asItStands(read) : zeroFault;
    }
    if (partial === 'keep' && holds) return asItStands(read);
    if (partial !== 'first' || read.year === 0) return partialFault;
    read.month ||= 1;
    read.day ||= 1;
    return undefined;
  };
}

/** The time in another zone; false outside of the years that it can be reckoned for. */
function shifted(read: TimeText, zone: number): boolean {
  const minutes = zone - (read.zone ?? 0);
  if (minutes === 0 || read.beforeChrist) return minutes === 0;
  const date = new Date(0);
  date.setUTCFullYear(read.year, read.month - 1, read.day);
  date.setUTCHours(read.hours, read.minutes + minutes, read.seconds, 0);
  const year = date.getUTCFullYear();
  if (!(year >= 1 && year <= 99_999)) return false;
  read.year = year;
  read.month = date.getUTCMonth() + 1;
  read.day = date.getUTCDate();
  read.hours = date.getUTCHours();
  read.minutes = date.getUTCMinutes();
  read.zone = zone;
  return true;
}

/** Whether the target has the year: MySQL those from 1 to 9999, PostgreSQL from 4713 BC on. */
function hasYear({ year, beforeChrist }: TimeText, engine: Engine, last: number): boolean {
  if (engine === 'mysql') return !beforeChrist && year <= 9999;
  return engine === 'sqlite' || (beforeChrist ? year <= 4713 : year <= last);
}

function dateForm(engine: Engine): (read: TimeText) => string | Fault {
  return (read) => {
    if (!hasYear(read, engine, 5_874_897)) return faults.outOfRange;
    if (read.hours + read.minutes + read.seconds > 0 || read.fractionTo > read.fractionFrom) return faults.hasTime;
    return dateText(read);
  };
}

function stampForm({ to }: ConvertSpec, zone: number | null): (read: TimeText) => string | Fault {
  const digits = to.facts.digits ?? 6;
  const mysql = to.engine === 'mysql';
  // TIMESTAMP of MySQL ends in 2038; all its dates have four digits of years.
  const short = mysql && to.facts.family === 'timestamptz';
  return (read) => {
    if (zone !== null && read.zone !== zone && !shifted(read, zone)) return faults.outOfRange;
    if (!hasYear(read, to.engine, 294_276)) return faults.outOfRange;
    const fraction = fractionText(read, digits, mysql);
    if (fraction instanceof Fault) return fraction;
    const text = stampText(read, fraction);
    if (short && (text < '1970-01-01 00:00:01' || text > '2038-01-19 03:14:07.999999')) return faults.outOfRange;
    const suffix = zone === null ? '' : '+00';
    return `${text}${suffix}${read.beforeChrist ? ' BC' : ''}`;
  };
}

/** Seconds or milliseconds since 1970 as text in UTC. */
function epochOf({ rule, to }: ConvertSpec): (value: bigint | number) => string | Fault {
  const { epoch } = rule;
  if (epoch === undefined || epoch === 'quarantine') return () => faults.numberForTime;
  const suffix = to.facts.family === 'date' || rule.zone === undefined ? '' : '+00';
  return (value) => {
    const text = plainDecimal(numberText(value) ?? '');
    if (text === null) return faults.numberForTime;
    const [whole = '0', after = ''] = text.replace('-', '').split('.');
    const perSecond = epoch === 'seconds' ? 1n : 1000n;
    const negative = text.startsWith('-');
    // In nanoseconds, so that no digit is lost on the way.
    if (after.length > 6) return faults.tooPrecise;
    const size = (BigInt(whole) * 1_000_000_000n + BigInt(after.padEnd(9, '0'))) / perSecond;
    const total = negative ? -size : size;
    const nanoseconds = ((total % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
    const seconds = Number((total - nanoseconds) / 1_000_000_000n);
    const date = new Date(seconds * 1000);
    const year = date.getUTCFullYear();
    if (!(year >= 1 && year <= 9999)) return faults.outOfRange;
    const fraction = nanoseconds === 0n ? '' : `.${nanoseconds.toString().padStart(9, '0').replace(/0+$/, '')}`;
    const zoned = to.facts.family === 'timestamptz' ? '+00' : suffix;
    return `${date.toISOString().slice(0, 19)}${fraction}${zoned}`;
  };
}

/** Times of day; MySQL's run from -838 to 838 hours. */
export function toTime(spec: ConvertSpec): ValueConvert | null {
  const { from, to } = spec;
  if (from.engine !== 'sqlite' && from.facts.family === 'time') {
    if (to.engine === 'sqlite') return null;
    if (from.engine === to.engine && (from.facts.digits ?? 6) <= (to.facts.digits ?? 6)) return null;
  }
  const read = new TimeText();
  const digits = to.facts.digits ?? 6;
  const interval = to.facts.family === 'interval';
  const anyLength = to.engine === 'mysql' || interval;
  const outside = orNull(spec, spec.rule.outside, faults.timeOutOfRange);
  return (value) => {
    if (typeof value !== 'string') return typeof value === 'object' ? faults.notTime : faults.numberForTime;
    if (!read.read(value) || read.hasDate || !read.hasTime) return faults.notTime;
    const day = read.hours < 24 || (read.hours === 24 && read.minutes === 0 && read.seconds === 0);
    if (!anyLength && (read.negative || !day || (read.hours === 24 && read.fractionTo > read.fractionFrom)))
      return outside;
    if (to.engine === 'mysql' && read.hours > 838) return outside;
    const fraction = fractionText(read, digits, to.engine === 'mysql');
    if (fraction instanceof Fault) return fraction;
    const nothing = read.hours + read.minutes + read.seconds === 0 && fraction === '';
    const sign = read.negative && !(interval && nothing) ? '-' : '';
    return `${sign}${two(read.hours)}:${two(read.minutes)}:${two(read.seconds)}${fraction}`;
  };
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

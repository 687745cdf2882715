import type { Value } from '#shared/model/value.ts';
import { toBoolean } from './convert/booleans.ts';
import { toBytes, toUuid } from './convert/bytes.ts';
import { toJson } from './convert/json.ts';
import { toBits, toDecimal, toFloat, toInteger } from './convert/numbers.ts';
import { toText } from './convert/text.ts';
import { toStamp, toTime } from './convert/times.ts';
import { Fault, RowFault } from './fault.ts';
import type { ConvertSpec, PlannedColumn, RowConvert, ValueConvert } from './types.ts';

type Convertible = Pick<PlannedColumn, 'convert'>;

/** What becomes of the values of a column; null when they all pass unchanged. */
export function compileColumn({ convert }: Convertible): ValueConvert | null {
  return isUntouched(convert) ? null : byFamily(convert);
}

/** What becomes of a row; null when all pass unchanged, so that a copy does no work per value. */
export function compileRow(columns: readonly Convertible[]): RowConvert | null {
  const steps = columns.flatMap((column, at) => {
    const convert = compileColumn(column);
    return convert ? [{ at, convert }] : [];
  });
  if (steps.length === 0) return null;
  return (row) => {
    let changed: Value[] | null = null;
    for (const { at, convert } of steps) {
      const value = row[at] as Value;
      if (value === null) continue;
      const now = convert(value);
      if (now === value) continue;
      if (now instanceof Fault) return new RowFault(now, at);
      changed ??= row.slice();
      changed[at] = now;
    }
    return changed ?? row;
  };
}

/** The same type of the same engine, and no rule that looks at values. */
function isUntouched({ from, to, rule }: ConvertSpec): boolean {
  if (from.engine !== to.engine) return false;
  const said = Object.entries(rule).some(([word, value]) => word !== 'to' && value !== undefined);
  return !said && JSON.stringify([from.facts, from.labels]) === JSON.stringify([to.facts, to.labels]);
}

function isListInText({ from, to, rule }: ConvertSpec): boolean {
  return from.facts.family === 'array' && to.engine !== 'postgres' && rule.to === undefined;
}

function byFamily(spec: ConvertSpec): ValueConvert | null {
  const { family } = spec.to.facts;
  switch (family) {
    case 'bool':
      return toBoolean(spec);
    case 'int':
    case 'year':
      return toInteger(spec);
    case 'float':
      return toFloat(spec);
    case 'decimal':
      return toDecimal(spec);
    case 'bit':
      return toBits(spec);
    case 'bytes':
      return toBytes(spec);
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return toStamp(spec);
    case 'time':
      return toTime(spec);
    case 'interval':
      return spec.from.facts.family === 'time' ? toTime(spec) : toText(spec);
    case 'json':
      return toJson(spec);
    case 'uuid':
      return toUuid(spec);
    case 'text':
      // A rule that asks for text gets the array's own.
      return isListInText(spec) ? toJson(spec) : toText(spec);
    case 'enum':
    case 'set':
    case 'array':
    case 'other':
      return toText(spec);
    case 'any':
      return null;
  }
}

/**
 * Whether a value that the target gave back is the one that was written, for columns that are not `comparable`. Text counts
 * without case and blanks, since the target has its own way to write it.
 */
export function sameStored(written: Value, stored: Value): boolean {
  if (written === null || stored === null) return written === stored;
  return plain(written) === plain(stored);
}

function plain(value: Value): string {
  return (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value))
    .toLowerCase()
    .replace(/\s+/g, '');
}

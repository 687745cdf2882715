import { type DeclaredType, type Fit, type TypeFacts, type TypeHints, typeFacts } from '../dialect.ts';
import { literal, quote } from './names.ts';

const integers: Readonly<Record<string, number>> = {
  tinyint: 8,
  bool: 8,
  boolean: 8,
  smallint: 16,
  mediumint: 24,
  int: 32,
  integer: 32,
  bigint: 64,
};

/** What COLUMN_TYPE gives. A tinyint(1) is an integer: 7 is not true. */
export function mysqlFacts(declared: string): TypeFacts {
  const type = declared.trim().toLowerCase();
  const base = /^[a-z_0-9]+/.exec(type)?.[0] ?? '';
  const size = /^\w+\s*(?:precision\s*)?\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/.exec(type);
  const first = size ? Number(size[1]) : null;
  const unsigned = /\bunsigned\b|\bzerofill\b/.test(type);
  const bits = integers[base];
  if (bits !== undefined) return typeFacts('int', { bits, unsigned });
  switch (base) {
    case 'float':
      return typeFacts('float', { bits: first !== null && size?.[2] === undefined && first > 24 ? 64 : 32 });
    case 'double':
    case 'real':
      return typeFacts('float', { bits: 64 });
    case 'decimal':
    case 'numeric':
    case 'dec':
    case 'fixed':
      return typeFacts('decimal', { precision: first ?? 10, scale: Number(size?.[2] ?? 0), unsigned });
    case 'bit':
      return typeFacts('bit', { bits: first ?? 1 });
    case 'year':
      return typeFacts('year');
    case 'date':
      return typeFacts('date');
    case 'time':
      return typeFacts('time', { digits: first ?? 0 });
    case 'datetime':
      return typeFacts('timestamp', { digits: first ?? 0 });
    case 'timestamp':
      return typeFacts('timestamptz', { digits: first ?? 0 });
    case 'char':
      return typeFacts('text', { length: first ?? 1, fixed: true });
    case 'varchar':
      return typeFacts('text', { length: first });
    case 'tinytext':
    case 'text':
    case 'mediumtext':
    case 'longtext':
      return /\bcheck\s*\(\s*json_valid\b/.test(type) ? typeFacts('json') : typeFacts('text');
    case 'json':
      return typeFacts('json');
    case 'binary':
      return typeFacts('bytes', { length: first ?? 1, fixed: true });
    case 'varbinary':
      return typeFacts('bytes', { length: first });
    case 'tinyblob':
    case 'blob':
    case 'mediumblob':
    case 'longblob':
      return typeFacts('bytes');
    case 'uuid':
      return typeFacts('uuid');
    case 'enum':
      return typeFacts('enum');
    case 'set':
      return typeFacts('set');
    default:
      return typeFacts('other');
  }
}

/** InnoDB keeps at most 65,535 bytes of a row outside of its long columns; a character takes up to four. */
const longestVarchar = 16_383;

export function mysqlDeclare(facts: TypeFacts, hints: TypeHints): DeclaredType {
  switch (facts.family) {
    case 'bool':
      return exact('tinyint(1)');
    case 'int':
      return exact(`${integerName(facts.bits)}${facts.unsigned ? ' unsigned' : ''}`);
    case 'year':
      return exact('smallint');
    case 'float':
      return as(facts.bits === 32 ? 'float' : 'double', 'rule', 'MySQL holds neither NaN nor infinities nor -0.');
    case 'decimal':
      return decimal(facts);
    case 'bit':
      return facts.bits !== null && facts.bits <= 64 ? exact(`bit(${facts.bits})`) : text(facts, hints);
    case 'text':
      return text(facts, hints);
    case 'bytes':
      if (hints.keyLength !== null) return keyed(`varbinary(${Math.min(facts.length ?? 3072, hints.keyLength * 4)})`);
      return exact(facts.length !== null && facts.length <= 16_383 ? `varbinary(${facts.length})` : 'longblob');
    case 'date':
      return as('date', 'rule', datesOfMysql);
    case 'time':
      return exact(`time${digits(facts)}`);
    case 'timestamp':
      return as(`datetime${digits(facts)}`, 'rule', datesOfMysql);
    case 'timestamptz':
      return as(`datetime${digits(facts)}`, 'rule', `Times are written in UTC, without a zone. ${datesOfMysql}`);
    case 'json':
      return json(hints);
    case 'array':
      return { ...json(hints), fit: 'widened', note: 'Kept as a JSON list.' };
    case 'uuid':
      return exact('char(36)');
    case 'enum':
      return enumeration(hints) ?? text(facts, hints);
    case 'set':
      return text(facts, hints);
    case 'any':
      return { ...text(facts, hints), fit: 'widened', note: 'Numbers are kept as their digits; bytes need a rule.' };
    case 'interval':
    case 'other':
      return { ...text(facts, hints), fit: 'widened', note: 'Kept as its text.' };
  }
}

const datesOfMysql = 'Dates outside the years 1 to 9999 and infinity need a rule.';

function integerName(bits: number | null): string {
  const names: Readonly<Record<number, string>> = { 8: 'tinyint', 16: 'smallint', 24: 'mediumint', 32: 'int' };
  return names[bits ?? 64] ?? 'bigint';
}

function decimal({ precision, scale }: TypeFacts): DeclaredType {
  const after = scale ?? 0;
  if (precision !== null && precision <= 65 && after >= 0 && after <= 30 && after <= precision) {
    return exact(`decimal(${precision},${after})`);
  }
  return as('decimal(65,30)', 'rule', 'Numbers of more than 35 digits before or 30 after the point need a rule.');
}

function text({ length }: TypeFacts, { keyLength }: TypeHints): DeclaredType {
  if (keyLength !== null) {
    const most = length === null ? keyLength : Math.min(length, keyLength);
    return length !== null && length <= keyLength ? exact(`varchar(${most})`) : keyed(`varchar(${most})`);
  }
  return exact(length !== null && length > 0 && length <= longestVarchar ? `varchar(${length})` : 'longtext');
}

function keyed(declared: string): DeclaredType {
  return as(declared, 'rule', 'A key of MySQL takes no text of any length; longer values need a rule.');
}

/** What MariaDB makes of JSON; MySQL's own type would change the text. */
function json({ column }: TypeHints): DeclaredType {
  return exact(`longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin CHECK (json_valid(${quote(column)}))`);
}

/** MySQL drops blanks at the end of a label. */
function enumeration({ labels }: TypeHints): DeclaredType | null {
  if (!labels || labels.length === 0 || labels.some((label) => label.length > 255 || /\s$/.test(label))) return null;
  return exact(`enum(${labels.map(literal).join(',')})`);
}

function digits({ digits: of }: TypeFacts): string {
  return of === 0 ? '' : `(${Math.min(of ?? 6, 6)})`;
}

function exact(declared: string): DeclaredType {
  return { declared, fit: 'exact', note: null };
}

function as(declared: string, fit: Fit, note: string): DeclaredType {
  return { declared, fit, note };
}

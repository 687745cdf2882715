import { type DeclaredType, type Fit, type TypeFacts, type TypeHints, typeFacts } from '../dialect.ts';
import { affinityOf } from './types.ts';

/** Intent, not a promise: any column but one of a STRICT table may hold any class of value. */
export function sqliteFacts(declared: string): TypeFacts {
  const type = declared.trim().toUpperCase();
  const base = type.replace(/\s*\(.*$/, '').trim();
  if (base.startsWith('BOOL')) return typeFacts('bool');
  if (base === 'TINYINT' && /\(\s*1\s*\)/.test(type)) return typeFacts('bool');
  switch (base) {
    case '':
      return typeFacts('any');
    case 'DATE':
      return typeFacts('date');
    case 'TIME':
      return typeFacts('time', { digits: 6 });
    case 'DATETIME':
    case 'TIMESTAMP':
      return typeFacts('timestamp', { digits: 6 });
    case 'TIMESTAMPTZ':
    case 'TIMESTAMP WITH TIME ZONE':
      return typeFacts('timestamptz', { digits: 6 });
    case 'JSON':
    case 'JSONB':
      return typeFacts('json');
    case 'UUID':
      return typeFacts('uuid');
    case 'DECIMAL':
    case 'NUMERIC': {
      const size = /\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/.exec(type);
      return typeFacts('decimal', size ? { precision: Number(size[1]), scale: Number(size[2] ?? 0) } : {});
    }
  }
  switch (affinityOf(type)) {
    case 'integer':
      return typeFacts('int', { bits: 64 });
    case 'text':
      return typeFacts('text');
    case 'real':
      return typeFacts('float', { bits: 64 });
    case 'blob':
      return typeFacts('bytes');
    case 'numeric':
      return typeFacts('any');
  }
}

/** A float64 gives back every decimal of so many digits. */
export const digitsOfFloat = 15;

export function sqliteDeclare(facts: TypeFacts, _hints: TypeHints): DeclaredType {
  switch (facts.family) {
    case 'bool':
      return exact('BOOLEAN');
    case 'int':
      return facts.unsigned && facts.bits === 64
        ? as('INTEGER', 'rule', 'SQLite holds integers up to 9223372036854775807; larger ones need the type TEXT.')
        : exact('INTEGER');
    case 'year':
      return exact('INTEGER');
    case 'bit':
      return facts.bits !== null && facts.bits < 64
        ? exact('INTEGER')
        : as('TEXT', 'widened', 'Kept as text: the number does not fit 64 bits with a sign.');
    case 'float':
      return as('REAL', 'rule', 'SQLite makes NULL of NaN and 0 of -0.');
    case 'decimal':
      return facts.precision !== null && facts.precision <= digitsOfFloat && (facts.scale ?? 0) >= 0
        ? exact(`DECIMAL(${facts.precision},${facts.scale ?? 0})`)
        : as('TEXT', 'widened', 'Kept as text, digit for digit: SQLite has no exact type for so many digits.');
    case 'bytes':
      return exact('BLOB');
    case 'date':
      return exact('DATE');
    case 'time':
      return exact('TIME');
    case 'timestamp':
      return exact('TIMESTAMP');
    case 'timestamptz':
      return exact('TIMESTAMPTZ');
    case 'array':
      return as('TEXT', 'widened', 'Kept as a JSON list.');
    case 'text':
    case 'uuid':
    case 'enum':
    case 'set':
      return exact('TEXT');
    // The type JSON would have numeric affinity, which turns a document `1.0` into the integer 1.
    case 'json':
      return exact('TEXT');
    case 'any':
      return exact('');
    case 'interval':
    case 'other':
      return as('TEXT', 'widened', 'Kept as its text.');
  }
}

function exact(declared: string): DeclaredType {
  return { declared, fit: 'exact', note: null };
}

function as(declared: string, fit: Fit, note: string): DeclaredType {
  return { declared, fit, note };
}

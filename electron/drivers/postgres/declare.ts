import { type DeclaredType, type Fit, type TypeFacts, type TypeHints, typeFacts } from '../dialect.ts';

const integers: Readonly<Record<string, number>> = {
  smallint: 16,
  int2: 16,
  smallserial: 16,
  integer: 32,
  int: 32,
  int4: 32,
  serial: 32,
  bigint: 64,
  int8: 64,
  bigserial: 64,
};

/** What `format_type()` gives, and the short names that people write. */
export function postgresFacts(declared: string): TypeFacts {
  const type = declared.trim().replace(/\s+/g, ' ');
  if (type.endsWith('[]')) return typeFacts('array', { items: type.replace(/(?:\[\d*\])+$/, '') });
  const found =
    /^("[^"]+"|[a-z_0-9. ]+?)\s*(?:\(\s*(-?\d+)\s*(?:,\s*(-?\d+)\s*)?\))?(\s+with(?:out)? time zone)?$/i.exec(type);
  if (!found) return typeFacts('other');
  const base = found[1]!.toLowerCase().replace(/^pg_catalog\./, '');
  const first = found[2] === undefined ? null : Number(found[2]);
  const second = found[3] === undefined ? null : Number(found[3]);
  const withZone = /with time zone/i.test(found[4] ?? '');
  const bits = integers[base];
  if (bits !== undefined) return typeFacts('int', { bits });
  switch (base) {
    case 'boolean':
    case 'bool':
      return typeFacts('bool');
    case 'real':
    case 'float4':
      return typeFacts('float', { bits: 32 });
    case 'double precision':
    case 'float8':
    case 'float':
      return typeFacts('float', { bits: 64 });
    case 'numeric':
    case 'decimal':
      return typeFacts('decimal', { precision: first, scale: first === null ? null : (second ?? 0) });
    case 'oid':
      return typeFacts('int', { bits: 32, unsigned: true });
    case 'character varying':
    case 'varchar':
      return typeFacts('text', { length: first });
    case 'character':
    case 'char':
    case 'bpchar':
      return typeFacts('text', { length: first ?? 1, fixed: true });
    case 'text':
    case 'citext':
    case 'name':
      return typeFacts('text');
    case 'bytea':
      return typeFacts('bytes');
    case 'date':
      return typeFacts('date');
    case 'time':
      return withZone ? typeFacts('other') : typeFacts('time', { digits: first ?? 6 });
    case 'timestamp':
      return typeFacts(withZone ? 'timestamptz' : 'timestamp', { digits: first ?? 6 });
    case 'timestamptz':
      return typeFacts('timestamptz', { digits: first ?? 6 });
    case 'interval':
      return typeFacts('interval');
    case 'uuid':
      return typeFacts('uuid');
    case 'json':
      return typeFacts('json');
    case 'jsonb':
      return typeFacts('json', { normalised: true });
    case 'bit':
      return typeFacts('bit', { bits: first ?? 1 });
    default:
      return typeFacts('other');
  }
}

export function postgresDeclare(facts: TypeFacts, hints: TypeHints): DeclaredType {
  switch (facts.family) {
    case 'bool':
      return exact('boolean');
    case 'int':
      return integer(facts, hints);
    case 'year':
      return exact('smallint');
    case 'float':
      return exact(facts.bits === 32 ? 'real' : 'double precision');
    case 'decimal': {
      const { precision, scale } = facts;
      const limited = precision !== null && precision > 0 && precision <= 1000;
      return exact(limited ? `numeric(${precision},${scale ?? 0})` : 'numeric');
    }
    case 'bit':
      return facts.bits === 1 ? exact('boolean') : exact(`bit(${facts.bits ?? 1})`);
    case 'text':
      return facts.length !== null && facts.length > 0 && facts.length <= 10_485_760
        ? exact(`character varying(${facts.length})`)
        : exact('text');
    case 'bytes':
      return exact('bytea');
    case 'date':
      return exact('date');
    case 'time':
      return exact(`time${digits(facts)}`);
    case 'timestamp':
      return exact(`timestamp${digits(facts)}`);
    case 'timestamptz':
      return exact(`timestamp${digits(facts)} with time zone`);
    case 'interval':
      return exact('interval');
    case 'json':
      return exact('json');
    case 'uuid':
      return exact('uuid');
    case 'enum':
      return as('text', 'exact', 'The labels become a CHECK.');
    case 'set':
      return as('text', 'exact', 'Kept as its labels with commas between.');
    case 'any':
      return as('text', 'widened', 'Numbers are kept as their digits; bytes need a rule.');
    case 'array':
    case 'other':
      return as('text', 'widened', 'Kept as its text.');
  }
}

function integer({ bits, unsigned }: TypeFacts, hints: TypeHints): DeclaredType {
  if (unsigned) {
    if (bits === 8) return exact('smallint');
    if (bits === 16 || bits === 24) return exact('integer');
    if (bits === 32) return as('bigint', 'widened', 'PostgreSQL has no unsigned integers.');
    return hints.identity
      ? as('bigint', 'rule', 'A column that PostgreSQL numbers ends at 9223372036854775807.')
      : as('numeric(20,0)', 'exact', 'PostgreSQL has no unsigned integers; all 20 digits are kept.');
  }
  if (bits !== null && bits <= 16) return exact('smallint');
  return exact(bits !== null && bits <= 32 ? 'integer' : 'bigint');
}

function digits({ digits: of }: TypeFacts): string {
  return of === null || of >= 6 ? '' : `(${of})`;
}

function exact(declared: string): DeclaredType {
  return { declared, fit: 'exact', note: null };
}

function as(declared: string, fit: Fit, note: string): DeclaredType {
  return { declared, fit, note };
}

import type { CanonicalType } from '#shared/model/value.ts';
import type { Link } from './link.ts';

/** How the server's text of a type becomes a canonical value. */
export type Decoding = 'text' | 'bool' | 'int' | 'float4' | 'float8' | 'bytes';

export type TypeName = {
  /** As `format_type` says it, without a modifier. */
  readonly name: string;
  /** Short name in pg_type. */
  readonly short: string;
  readonly kind: string;
};

/** Types of the server by oid, fetched as they are met. */
export class TypeNames {
  readonly #known = new Map<number, TypeName>();

  async fetch(link: Link, oids: Iterable<number>): Promise<void> {
    const wanted = [...new Set(oids)].filter((oid) => !this.#known.has(oid) && !fixed.has(oid));
    if (wanted.length === 0) return;
    const rows = await link.rows(
      `SELECT oid, format_type(oid, NULL), typname, typtype FROM pg_type WHERE oid = ANY ($1::oid[])`,
      [`{${wanted.join(',')}}`],
    );
    for (const [oid, name, short, kind] of rows as string[][])
      this.#known.set(Number(oid), { name: name!, short: short!, kind: kind! });
  }

  get(oid: number): TypeName {
    return this.#known.get(oid) ?? { name: `type ${oid}`, short: '', kind: 'b' };
  }
}

const oids = {
  bool: 16,
  bytea: 17,
  char: 18,
  name: 19,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  oid: 26,
  json: 114,
  float4: 700,
  float8: 701,
  unknown: 705,
  bpchar: 1042,
  varchar: 1043,
  date: 1082,
  time: 1083,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  uuid: 2950,
  jsonb: 3802,
} as const;
const fixed: ReadonlySet<number> = new Set(Object.values(oids));

export function decodingOf(oid: number): Decoding {
  switch (oid) {
    case oids.bool:
      return 'bool';
    case oids.int8:
    case oids.int4:
    case oids.int2:
    case oids.oid:
      return 'int';
    case oids.float4:
      return 'float4';
    case oids.float8:
      return 'float8';
    case oids.bytea:
      return 'bytes';
    default:
      return 'text';
  }
}

/** A domain is given as its base type, as results do. Types that only PostgreSQL has pass as their own text. */
export function canonicalOf(oid: number, modifier: number, names: TypeNames): CanonicalType {
  switch (oid) {
    case oids.bool:
      return { t: 'bool' };
    case oids.int8:
    case oids.int4:
    case oids.int2:
    case oids.oid:
      return { t: 'int64' };
    case oids.float4:
      return { t: 'float32' };
    case oids.float8:
      return { t: 'float64' };
    case oids.bytea:
      return { t: 'bytes' };
    case oids.text:
    case oids.varchar:
    case oids.bpchar:
    case oids.name:
    case oids.char:
    case oids.unknown:
      return { t: 'text' };
    case oids.json:
    case oids.jsonb:
      return { t: 'json' };
    case oids.uuid:
      return { t: 'uuid' };
    case oids.date:
      return { t: 'date' };
    case oids.time:
      return { t: 'time', digits: digitsOf(modifier) };
    case oids.timestamp:
      return { t: 'timestamp', digits: digitsOf(modifier) };
    case oids.timestamptz:
      return { t: 'timestamptz', digits: digitsOf(modifier) };
    case oids.numeric: {
      const size = numericSize(modifier);
      return size === null ? { t: 'opaque', engine: 'postgres', name: 'numeric' } : { t: 'decimal', ...size };
    }
    default: {
      const { name, short } = names.get(oid);
      // Compares without case, but holds the text as it was given.
      return short === 'citext' ? { t: 'text' } : { t: 'opaque', engine: 'postgres', name };
    }
  }
}

function digitsOf(modifier: number): number {
  return modifier < 0 ? 6 : modifier;
}

/** Null for a numeric without limits. A negative scale (PostgreSQL 15) rounds to tens, which no other engine declares. */
export function numericSize(modifier: number): { readonly precision: number; readonly scale: number } | null {
  if (modifier < 4) return null;
  const precision = ((modifier - 4) >> 16) & 0xffff;
  const scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
  return scale < 0 ? null : { precision, scale };
}

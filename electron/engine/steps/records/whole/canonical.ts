import type { CanonicalType } from '#shared/model/value.ts';
import type { Engine, TypeFacts } from '../../../../drivers/relational.ts';

/** What the values of a declared type are, for steps that come later. */
export function canonicalOf(facts: TypeFacts, engine: Engine, declared: string): CanonicalType {
  switch (facts.family) {
    case 'bool':
    case 'bytes':
    case 'date':
    case 'json':
    case 'uuid':
      return { t: facts.family };
    case 'int':
    case 'year':
      return { t: facts.unsigned && facts.bits === 64 ? 'uint64' : 'int64' };
    case 'float':
      return { t: facts.bits === 32 ? 'float32' : 'float64' };
    case 'text':
    case 'enum':
    case 'set':
      return { t: 'text' };
    case 'decimal':
      if (facts.precision === null) return { t: 'opaque', engine, name: declared };
      return { t: 'decimal', precision: facts.precision, scale: facts.scale ?? 0 };
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return { t: facts.family, digits: facts.digits ?? 6 };
    default:
      return { t: 'opaque', engine, name: declared };
  }
}

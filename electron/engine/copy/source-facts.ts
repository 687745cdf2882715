import type { CanonicalType } from '#shared/model/value.ts';
import { type TypeFacts, typeFacts } from '../../drivers/dialect.ts';
import { labelsOf } from '../../drivers/mysql/types.ts';
import type { ColumnInfo, Engine } from '../../drivers/relational.ts';
import { dialectOf } from './dialects.ts';

export type Meaning = { readonly facts: TypeFacts; readonly labels: readonly string[] | null };

/** What a column of a catalog means. */
export function meaningOf(engine: Engine, column: ColumnInfo): Meaning {
  const labels = column.details?.labels ?? null;
  const facts = dialectOf(engine).facts(column.declaredType);
  if (labels && facts.family !== 'set') return { facts: typeFacts('enum'), labels };
  // JSON of MariaDB is declared as text with a CHECK.
  if (column.type.t === 'json' && facts.family === 'text') return { facts: typeFacts('json'), labels };
  // A domain, or a name of an extension: what the driver makes of it.
  if (facts.family === 'other' && column.type.t !== 'opaque') return { facts: factsOf(column.type), labels };
  return { facts, labels };
}

/** What a declared type of a rule means. */
export function meaningOfType(engine: Engine, declared: string): Meaning {
  const facts = dialectOf(engine).facts(declared);
  const inside = /^\s*(?:enum|set)\s*\(([\s\S]*)\)/i.exec(declared)?.[1];
  return { facts, labels: engine === 'mysql' && inside !== undefined ? labelsOf(inside) : null };
}

function factsOf(type: CanonicalType): TypeFacts {
  switch (type.t) {
    case 'int64':
      return typeFacts('int', { bits: 64 });
    case 'uint64':
      return typeFacts('int', { bits: 64, unsigned: true });
    case 'float32':
      return typeFacts('float', { bits: 32 });
    case 'float64':
      return typeFacts('float', { bits: 64 });
    case 'decimal':
      return typeFacts('decimal', { precision: type.precision, scale: type.scale });
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return typeFacts(type.t, { digits: type.digits });
    case 'opaque':
    case 'array':
      return typeFacts('other');
    default:
      return typeFacts(type.t);
  }
}

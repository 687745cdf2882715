import type { CanonicalType } from '#shared/model/value.ts';

/** How values of a column are read and written; finer than the canonical type where MySQL alters in silence. */
export type ColumnKind =
  | 'int'
  | 'decimal'
  | 'float'
  | 'double'
  | 'bit'
  | 'year'
  | 'date'
  | 'time'
  | 'datetime'
  | 'timestamp'
  | 'char'
  | 'text'
  | 'enum'
  | 'set'
  | 'binary'
  | 'bytes'
  | 'json'
  | 'uuid'
  | 'inet'
  /** Geometry and vectors: the stored bytes, as lower-case hex. */
  | 'hex';

export type ColumnType = {
  readonly kind: ColumnKind;
  readonly type: CanonicalType;
  /** Digits of the fraction of a second. */
  readonly digits: number;
  /** Bytes of BINARY(n), bits of BIT(n). */
  readonly length: number | null;
  readonly unsigned: boolean;
  /** Of ENUM and SET. */
  readonly labels: readonly string[] | null;
};

/** Takes a declared type such as `decimal(12,2) unsigned` or `enum('a','b')` apart, as COLUMN_TYPE gives it. */
export function columnType(declared: string, isJson = false): ColumnType {
  const text = declared.trim();
  const name = /^[a-z0-9_]+/i.exec(text)?.[0].toLowerCase() ?? '';
  const inside = /^[a-z0-9_ ]+\(([\s\S]*)\)/i.exec(text)?.[1] ?? null;
  const sizes = inside === null || name === 'enum' || name === 'set' ? [] : inside.split(',').map(Number);
  const [first = null, second = null] = sizes;
  const unsigned = /\bunsigned\b/i.test(text.replace(/'(?:[^']|'')*'/g, ''));
  const made = (kind: ColumnKind, type: CanonicalType, more: Partial<ColumnType> = {}): ColumnType => ({
    kind,
    type,
    digits: 0,
    length: null,
    unsigned,
    labels: null,
    ...more,
  });
  if (isJson) return made('json', { t: 'json' });
  switch (name) {
    case 'tinyint':
    case 'smallint':
    case 'mediumint':
    case 'int':
    case 'integer':
      return made('int', { t: 'int64' });
    case 'bigint':
      return made('int', { t: unsigned ? 'uint64' : 'int64' });
    case 'decimal':
    case 'numeric':
      return made('decimal', { t: 'decimal', precision: first ?? 10, scale: second ?? 0 });
    case 'float':
      return made('float', { t: 'float32' });
    case 'double':
    case 'real':
      return made('double', { t: 'float64' });
    case 'bit':
      return made('bit', { t: (first ?? 1) === 1 ? 'bool' : 'uint64' }, { length: first ?? 1 });
    case 'year':
      return made('year', { t: 'int64' });
    case 'date':
      return made('date', { t: 'date' });
    case 'time':
      return made('time', { t: 'time', digits: first ?? 0 }, { digits: first ?? 0 });
    case 'datetime':
      return made('datetime', { t: 'timestamp', digits: first ?? 0 }, { digits: first ?? 0 });
    case 'timestamp':
      return made('timestamp', { t: 'timestamptz', digits: first ?? 0 }, { digits: first ?? 0 });
    case 'char':
      return made('char', { t: 'text' });
    case 'varchar':
    case 'tinytext':
    case 'text':
    case 'mediumtext':
    case 'longtext':
      return made('text', { t: 'text' });
    case 'enum':
    case 'set':
      return made(name, { t: 'text' }, { labels: labelsOf(inside ?? '') });
    case 'binary':
      return made('binary', { t: 'bytes' }, { length: first ?? 1 });
    case 'varbinary':
    case 'tinyblob':
    case 'blob':
    case 'mediumblob':
    case 'longblob':
      return made('bytes', { t: 'bytes' });
    case 'json':
      return made('json', { t: 'json' });
    case 'uuid':
      return made('uuid', { t: 'uuid' });
    case 'inet4':
    case 'inet6':
      return made('inet', { t: 'opaque', engine: 'mysql', name });
    default:
      return made('hex', { t: 'opaque', engine: 'mysql', name });
  }
}

/** Labels of `'a','it''s'`: quotes are doubled, backslash, NUL and line ends escaped, as SHOW CREATE TABLE writes them. */
export function labelsOf(inside: string): string[] {
  return [...inside.matchAll(/'((?:[^'\\]|''|\\[\s\S])*)'/g)].map((found) =>
    (found[1] ?? '').replace(/''|\\([\s\S])/g, (_all, escaped: string | undefined) =>
      escaped === undefined ? "'" : (unescaped[escaped] ?? escaped),
    ),
  );
}

const unescaped: Readonly<Record<string, string>> = { n: '\n', r: '\r', '0': '\0', Z: '\x1a', t: '\t' };

/** What to select so that the value of a column arrives exact; the name is quoted already. */
export function selected(kind: ColumnKind, quoted: string): string {
  switch (kind) {
    // As text MySQL rounds a FLOAT to six digits; a product keeps -0, which a sum does not.
    case 'float':
      return `${quoted} * 1e0`;
    case 'bit':
      return `${quoted} + 0`;
    case 'hex':
      return `LOWER(HEX(${quoted}))`;
    default:
      return quoted;
  }
}

/** As `selected`, for ORDER BY and comparisons: what sorts as numbers is compared as numbers. */
export function ordered(kind: ColumnKind, quoted: string): string {
  return kind === 'enum' || kind === 'set' ? `${quoted} + 0` : selected(kind, quoted);
}

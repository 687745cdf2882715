import type { Dialect, Engine, TypeFacts } from '../../../drivers/relational.ts';
import { isDay, TimeText } from '../convert/time-text.ts';
import { type Expression, parseSql } from './parse.ts';

export type DefaultContext = {
  readonly source: Engine;
  readonly target: Dialect;
  readonly from: TypeFacts;
  readonly to: TypeFacts;
};

/** The default in the words of the target; `text` null when there is none, `why` when it would mean something else. */
export function translateDefault(
  sql: string,
  context: DefaultContext,
): { readonly text: string | null } | { readonly why: string } {
  const parsed = parseSql(context.source, sql);
  if (!parsed) return { why: 'the default is an expression that only its engine knows' };
  const found = unwrapped(parsed);
  if (found.k === 'null') return { text: null };
  const now = nowOf(found, context.source);
  if (now) {
    const text = nowText(now, context);
    return text === null ? { why: 'the column of the target does not take the time of now' } : { text };
  }
  if (found.k === 'call' && isNewUuid(found.name)) {
    const text = { sqlite: null, postgres: 'gen_random_uuid()', mysql: '(uuid())' }[context.target.engine];
    const fits = context.to.family === 'uuid' || context.to.family === 'text';
    return text === null || !fits ? { why: 'the target makes no UUIDs' } : { text: textOfUuid(text, context) };
  }
  return literal(found, context);
}

/** Casts around a literal, as PostgreSQL keeps them. */
function unwrapped(expression: Expression): Expression {
  if (expression.k !== 'cast') return expression;
  const inner = unwrapped(expression.of);
  const number = /^(?:numeric|integer|bigint|smallint|double precision|real)$/.test(expression.type);
  if (inner.k === 'text' && number && /^-?\d+(?:\.\d+)?$/.test(inner.text)) return { k: 'number', text: inner.text };
  if (inner.k === 'text' && /^(?:timestamp|date|time)/.test(expression.type) && !/^\d/.test(inner.text))
    return expression;
  return inner.k === 'text' || inner.k === 'number' || inner.k === 'null' || inner.k === 'bool' ? inner : expression;
}

function literal(
  value: Expression,
  { target, from, to }: DefaultContext,
): { readonly text: string } | { readonly why: string } {
  const misfit = { why: 'the value of the default is of another kind than the column of the target' };
  // The literal of an array, a range or an address means nothing to another type.
  if (from.family === 'array' || from.family === 'other') return misfit;
  const number =
    value.k === 'number' ? value.text : value.k === 'text' && /^-?\d+(?:\.\d+)?$/.test(value.text) ? value.text : null;
  switch (to.family) {
    case 'bool': {
      const word =
        value.k === 'bool'
          ? value.value
          : value.k === 'text'
            ? truths.get(value.text.toLowerCase())
            : truths.get(number ?? '');
      if (word === undefined) return misfit;
      return { text: target.engine === 'postgres' ? (word ? 'TRUE' : 'FALSE') : word ? '1' : '0' };
    }
    case 'int':
    case 'float':
    case 'decimal':
    case 'year':
      if (value.k === 'bool') return { text: value.value ? '1' : '0' };
      return number === null || (to.family === 'int' && !/^-?\d+$/.test(number)) ? misfit : { text: number };
    case 'text':
    case 'enum':
    case 'set':
    case 'uuid':
    case 'json':
      if (value.k === 'text') return { text: target.literal(value.text) };
      return value.k === 'number' ? { text: target.literal(value.text) } : misfit;
    case 'date':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return value.k === 'text' && isTime(value.text, target.engine) ? { text: target.literal(value.text) } : misfit;
    case 'any':
      if (value.k === 'text') return { text: target.literal(value.text) };
      return number === null ? misfit : { text: number };
    default:
      return misfit;
  }
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['0', false],
  ['true', true],
  ['false', false],
  ['t', true],
  ['f', false],
]);

/** `0000-00-00` is a default in MySQL only. */
function isTime(text: string, engine: Engine): boolean {
  const read = new TimeText();
  if (!read.read(text)) return false;
  return engine === 'sqlite' || !read.hasDate || (read.year > 0 && isDay(read.year, read.month, read.day));
}

type Now = { readonly what: 'timestamp' | 'date' | 'time' | 'epoch'; readonly zone: 'utc' | 'local' };

/** SQLite's now is in UTC, that of the servers in the zone of the session. */
function nowOf(expression: Expression, source: Engine): Now | null {
  if (expression.k === 'cast') {
    const inner = nowOf(expression.of, source);
    const what = expression.type === 'date' ? 'date' : expression.type.startsWith('timestamp') ? 'timestamp' : null;
    return inner && what ? { ...inner, what } : null;
  }
  if (expression.k !== 'call') return null;
  const { name, args } = expression;
  const zone = source === 'sqlite' ? 'utc' : 'local';
  const digitsOnly = args.every((arg) => arg.k === 'number');
  if (source === 'sqlite') return nowOfSqlite(name, args);
  if (!digitsOnly) return null;
  if (
    /^(?:current_timestamp|now|localtimestamp|localtime|transaction_timestamp|statement_timestamp|clock_timestamp|sysdate)$/.test(
      name,
    )
  ) {
    return source === 'postgres' && name === 'localtime' ? { what: 'time', zone } : { what: 'timestamp', zone };
  }
  if (/^(?:current_date|curdate)$/.test(name)) return { what: 'date', zone };
  if (/^(?:current_time|curtime)$/.test(name)) return { what: 'time', zone };
  if (name === 'utc_timestamp') return { what: 'timestamp', zone: 'utc' };
  return name === 'unix_timestamp' ? { what: 'epoch', zone: 'utc' } : null;
}

function nowOfSqlite(name: string, args: readonly Expression[]): Now | null {
  const texts = args.map((arg) => (arg.k === 'text' ? arg.text.toLowerCase() : null));
  const bare = { current_timestamp: 'timestamp', current_date: 'date', current_time: 'time' } as const;
  if (args.length === 0 && name in bare) return { what: bare[name as keyof typeof bare], zone: 'utc' };
  const format = name === 'strftime' ? (args[0]?.k === 'text' ? args[0].text : null) : null;
  const rest = name === 'strftime' ? texts.slice(1) : texts;
  if (rest.length > 2 || (rest.length > 0 && rest[0] !== 'now') || (rest.length === 2 && rest[1] !== 'localtime'))
    return null;
  const zone = rest.length === 2 ? 'local' : 'utc';
  if (name === 'datetime') return { what: 'timestamp', zone };
  if (name === 'date' || name === 'time') return { what: name, zone };
  if (name === 'unixepoch') return { what: 'epoch', zone: 'utc' };
  if (format === '%s') return { what: 'epoch', zone: 'utc' };
  if (format === '%Y-%m-%d') return { what: 'date', zone };
  return format !== null && /^%Y-%m-%d[T ]%H:%M:(?:%S|%f)(?:Z|\+00:?(?:00)?)?$/.test(format)
    ? { what: 'timestamp', zone }
    : null;
}

function nowText({ what, zone }: Now, { source, target, from, to }: DefaultContext): string | null {
  const { engine } = target;
  // In a column with a zone now is now; a column of UTC times without one wants now in UTC.
  const utc = zone === 'utc' || (from.family === 'timestamptz' && source !== engine);
  const digits = to.digits ? `(${to.digits})` : '';
  if (what === 'epoch') {
    if (to.family !== 'int' && to.family !== 'float') return null;
    return {
      sqlite: "(CAST(strftime('%s', 'now') AS INTEGER))",
      postgres: 'extract(epoch from CURRENT_TIMESTAMP)::bigint',
      mysql: '(unix_timestamp())',
    }[engine];
  }
  if (to.family !== what && !(what === 'timestamp' && (to.family === 'timestamptz' || to.family === 'date')))
    return null;
  switch (to.family) {
    case 'timestamptz':
      return {
        sqlite: "(strftime('%Y-%m-%d %H:%M:%f+00', 'now'))",
        postgres: 'CURRENT_TIMESTAMP',
        mysql: `CURRENT_TIMESTAMP${digits}`,
      }[engine];
    case 'timestamp':
      if (utc)
        return {
          sqlite: 'CURRENT_TIMESTAMP',
          postgres: "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')",
          mysql: `(utc_timestamp${digits || '()'})`,
        }[engine];
      return {
        sqlite: "(datetime('now', 'localtime'))",
        postgres: 'CURRENT_TIMESTAMP',
        mysql: `CURRENT_TIMESTAMP${digits}`,
      }[engine];
    case 'date':
      if (utc)
        return {
          sqlite: 'CURRENT_DATE',
          postgres: "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')::date",
          mysql: '(utc_date())',
        }[engine];
      return { sqlite: "(date('now', 'localtime'))", postgres: 'CURRENT_DATE', mysql: '(curdate())' }[engine];
    case 'time':
      if (utc)
        return {
          sqlite: 'CURRENT_TIME',
          postgres: "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')::time",
          mysql: `(utc_time${digits || '()'})`,
        }[engine];
      return { sqlite: "(time('now', 'localtime'))", postgres: 'LOCALTIME', mysql: '(curtime())' }[engine];
    default:
      return null;
  }
}

function isNewUuid(name: string): boolean {
  return name === 'uuid' || name === 'gen_random_uuid' || name === 'uuid_generate_v4';
}

function textOfUuid(text: string, { target, to }: DefaultContext): string {
  return target.engine === 'postgres' && to.family === 'text' ? `(${text})::text` : text;
}

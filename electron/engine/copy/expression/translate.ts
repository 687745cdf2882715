import type { Dialect, Engine, TypeFacts, TypeFamily } from '../../../drivers/relational.ts';
import { type Expression, parseSql } from './parse.ts';

/** What a column is on both sides. */
export type ColumnMeaning = {
  readonly name: string;
  readonly from: TypeFacts;
  readonly to: TypeFacts;
  /** Text is compared byte by byte in the source. */
  readonly exactText: boolean;
};

export type Translation = { readonly text: string } | { readonly why: string };

type Context = {
  readonly source: Engine;
  readonly target: Dialect;
  readonly column: (name: string) => ColumnMeaning | null;
  /** An index that is not unique only finds rows: what it computes may differ. */
  readonly loose: boolean;
};

/** The expression in the words of the target, where it means the same there. */
export function translate(sql: string, context: Context): Translation {
  const parsed = parseSql(context.source, sql);
  if (!parsed) return { why: 'the expression has something that only its engine knows' };
  try {
    return { text: new Writer(context).condition(parsed) };
  } catch (error) {
    if (error instanceof NotSame) return { why: error.message };
    throw error;
  }
}

class NotSame extends Error {}

type Kind = 'number' | 'inexact' | 'text' | 'bool' | 'time' | 'null' | 'other';
type Written = {
  readonly text: string;
  readonly kind: Kind;
  readonly column: ColumnMeaning | null;
  readonly literal: Expression | null;
};

class Writer {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  condition(expression: Expression): string {
    return this.#write(expression).text;
  }

  #write(expression: Expression): Written {
    switch (expression.k) {
      case 'null':
        return made('NULL', 'null', expression);
      case 'bool':
        return made(this.#boolText(expression.value), 'bool', expression);
      case 'number':
        return made(expression.text, 'number', expression);
      case 'text':
        return made(this.#context.target.literal(expression.text), 'text', expression);
      case 'column':
        return this.#column(expression.name);
      case 'not':
        return made(`(NOT ${this.#truth(expression.of)})`, 'bool');
      case 'minus':
        return made(`(-${this.#number(expression.of).text})`, 'number');
      case 'binary':
        return this.#binary(expression.sign, expression.left, expression.right);
      case 'in': {
        const of = this.#write(expression.of);
        const list = expression.list.map((item) => this.#compared('=', of, this.#write(item))[1]);
        return made(`(${of.text} ${expression.not ? 'NOT IN' : 'IN'} (${list.join(', ')}))`, 'bool');
      }
      case 'between': {
        const of = this.#write(expression.of);
        const [text, low] = this.#compared('>=', of, this.#write(expression.low));
        const [, high] = this.#compared('<=', of, this.#write(expression.high));
        return made(`(${text} ${expression.not ? 'NOT ' : ''}BETWEEN ${low} AND ${high})`, 'bool');
      }
      case 'is_null':
        return made(`(${this.#write(expression.of).text} IS ${expression.not ? 'NOT ' : ''}NULL)`, 'bool');
      case 'call':
        return this.#call(expression.name, expression.args);
      case 'cast':
        return this.#cast(expression.of, expression.type);
      case 'case':
        return this.#case(expression);
      case 'list':
        throw new NotSame('the expression has an array');
    }
  }

  #column(name: string): Written {
    const column = this.#context.column(name);
    if (!column) throw new NotSame(`the expression names \`${name}\`, which is not carried over`);
    const before = kindOf(column.from.family, this.#context.source);
    const now = kindOf(column.to.family, this.#context.target.engine);
    if (before !== now && !(before === 'number' && now === 'bool') && !(before === 'bool' && now === 'number')) {
      if (!(before === 'inexact' && now === 'number') && !(before === 'number' && now === 'inexact')) {
        throw new NotSame(`the column \`${name}\` has another kind of type in the target`);
      }
    }
    return { text: this.#context.target.quote(column.name), kind: now, column, literal: null };
  }

  #binary(sign: string, left: Expression, right: Expression): Written {
    if (sign === 'and' || sign === 'or') {
      return made(`(${this.#truth(left)} ${sign.toUpperCase()} ${this.#truth(right)})`, 'bool');
    }
    if (sign === '||') return this.#concat([left, right]);
    if (/^[-+*/%]$/.test(sign)) return this.#arithmetic(sign, left, right);
    const [a, b] = this.#compared(sign, this.#write(left), this.#write(right));
    return made(`(${a} ${sign} ${b})`, 'bool');
  }

  #arithmetic(sign: string, left: Expression, right: Expression): Written {
    const a = this.#number(left);
    const b = this.#number(right);
    const whole = [a, b].every((one) => isWhole(one));
    const engines = [this.#context.source, this.#context.target.engine];
    if (sign === '/' && (engines.includes('mysql') || !whole))
      throw new NotSame('a division has another result in the target');
    if (sign === '%' && !whole) throw new NotSame('a remainder has another result in the target');
    if (!whole && engines.includes('sqlite')) throw new NotSame('SQLite computes decimals as floats');
    return made(`(${a.text} ${sign} ${b.text})`, a.kind === 'inexact' || b.kind === 'inexact' ? 'inexact' : 'number');
  }

  /** Both sides of a comparison, with literals in the form of the other side. */
  #compared(sign: string, a: Written, b: Written): readonly [string, string] {
    const equality = sign === '=' || sign === '<>';
    if (a.kind === 'bool' || b.kind === 'bool') return [this.#asTruthOf(b, a), this.#asTruthOf(a, b)];
    if (a.kind === 'text' && b.kind === 'text') {
      const columns = [a, b].filter((one) => one.literal === null);
      if (columns.some((one) => one.column === null || !one.column.exactText) || !equality) {
        if (!this.#context.loose) throw new NotSame('text is compared by other rules in the target');
      }
      return [a.text, b.text];
    }
    const kinds = new Set([a.kind, b.kind]);
    if (kinds.has('time') && (kinds.size === 1 || [a, b].some((one) => one.literal?.k === 'text')))
      return [a.text, b.text];
    const numbers = [a, b].every((one) => one.kind === 'number' || one.kind === 'inexact');
    if (numbers || kinds.has('null')) return [a.text, b.text];
    throw new NotSame('values of different kinds are compared');
  }

  /** 1 and 0 beside a boolean. */
  #asTruthOf(other: Written, one: Written): string {
    if (other.kind !== 'bool' || one.kind === 'bool' || one.kind === 'null') return one.text;
    if (one.literal?.k === 'number' && /^[01]$/.test(one.literal.text)) return this.#boolText(one.literal.text === '1');
    if (one.kind === 'number' && this.#context.target.engine !== 'postgres') return one.text;
    throw new NotSame('a boolean is compared with something else');
  }

  #truth(expression: Expression): string {
    const written = this.#write(expression);
    if (written.kind === 'bool' || written.kind === 'null') return written.text;
    if (written.kind === 'number') return `(${written.text} <> 0)`;
    throw new NotSame('something that is no condition stands for one');
  }

  #number(expression: Expression): Written {
    const written = this.#write(expression);
    if (written.kind !== 'number' && written.kind !== 'inexact')
      throw new NotSame('it computes with something that is no number');
    return written;
  }

  #concat(parts: readonly Expression[]): Written {
    const written = parts.map((part) => this.#write(part));
    if (written.some((one) => one.kind !== 'text')) throw new NotSame('something that is no text is joined to text');
    const texts = written.map((one) => one.text);
    return made(
      this.#context.target.engine === 'mysql' ? `concat(${texts.join(', ')})` : `(${texts.join(' || ')})`,
      'text',
    );
  }

  #call(name: string, args: readonly Expression[]): Written {
    const { source, target, loose } = this.#context;
    const [first] = args;
    const mysqlSource = source === 'mysql';
    const characters = target.engine === 'mysql' ? 'char_length' : 'length';
    if (name === 'concat' && mysqlSource) return this.#concat(args);
    if (name === 'ifnull' || name === 'coalesce') return this.#same('coalesce', args);
    if (name === 'nullif' && args.length === 2) return this.#same('nullif', args);
    if (first && args.length === 1) {
      if (name === 'abs') return made(`abs(${this.#number(first).text})`, this.#number(first).kind);
      if (/^(?:char|character)_length$/.test(name) || (name === 'length' && !mysqlSource))
        return this.#ofText(characters, first, 'number');
      if ((name === 'length' && mysqlSource) || name === 'octet_length')
        return this.#ofText('octet_length', first, 'number');
      if (name === 'trim' || name === 'btrim') return this.#ofText('trim', first, 'text');
      if (/^(?:lower|upper|lcase|ucase)$/.test(name)) {
        if (!loose && (source === 'sqlite' || target.engine === 'sqlite'))
          throw new NotSame('SQLite changes the case of ASCII only');
        return this.#ofText(name.includes('l') && !name.startsWith('u') ? 'lower' : 'upper', first, 'text');
      }
    }
    throw new NotSame(`the function \`${name}\` may mean something else in the target`);
  }

  #ofText(name: string, of: Expression, kind: Kind): Written {
    const written = this.#write(of);
    if (written.kind !== 'text') throw new NotSame(`\`${name}\` stands over something that is no text`);
    return made(`${name}(${written.text})`, kind);
  }

  #same(name: string, args: readonly Expression[]): Written {
    const written = args.map((one) => this.#write(one));
    const kinds = new Set(written.map((one) => one.kind).filter((kind) => kind !== 'null'));
    if (kinds.size !== 1) throw new NotSame('values of different kinds stand beside each other');
    if (name === 'nullif' && kinds.has('text')) throw new NotSame('text is compared by other rules in the target');
    return made(`${name}(${written.map((one) => one.text).join(', ')})`, [...kinds][0] ?? 'other');
  }

  /** What PostgreSQL writes around literals and columns when it keeps an expression. */
  #cast(of: Expression, type: string): Written {
    const family = this.#context.target.engine === 'postgres' ? null : type;
    if (of.k === 'text') {
      if (
        /^(?:numeric|integer|bigint|smallint|double precision|real)$/.test(type) &&
        /^-?\d+(?:\.\d+)?$/.test(of.text)
      ) {
        return made(of.text, 'number', { k: 'number', text: of.text });
      }
      if (/^(?:text|character varying|character|bpchar|varchar)$/.test(type)) return this.#write(of);
      if (/^(?:date|timestamp|time)/.test(type) && /^\d/.test(of.text))
        return made(this.#context.target.literal(of.text), 'time', of);
    }
    const written = this.#write(of);
    const text = /^(?:text|character varying|bpchar|varchar)$/.test(type) && written.kind === 'text';
    const number = /^(?:numeric|bigint|integer)$/.test(type) && written.kind === 'number';
    if (family !== null && (text || (number && (isWhole(written) || type === 'numeric')))) return written;
    throw new NotSame(`it casts to ${type}`);
  }

  #case({ branches, otherwise }: Extract<Expression, { k: 'case' }>): Written {
    const results: Written[] = [];
    const parts = branches.map(({ when, result }) => {
      const condition = this.#truth(when);
      const written = this.#write(result);
      results.push(written);
      return `WHEN ${condition} THEN ${written.text}`;
    });
    if (otherwise) {
      const written = this.#write(otherwise);
      results.push(written);
      parts.push(`ELSE ${written.text}`);
    }
    const kinds = new Set(results.map((one) => one.kind).filter((kind) => kind !== 'null'));
    if (kinds.size > 1) throw new NotSame('the results of a CASE are of different kinds');
    return made(`(CASE ${parts.join(' ')} END)`, [...kinds][0] ?? 'null');
  }

  #boolText(value: boolean): string {
    return this.#context.target.engine === 'postgres' ? (value ? 'TRUE' : 'FALSE') : value ? '1' : '0';
  }
}

function made(text: string, kind: Kind, literal: Expression | null = null): Written {
  return { text, kind, column: null, literal };
}

function isWhole({ kind, column, literal }: Written): boolean {
  if (literal?.k === 'number') return /^-?\d+$/.test(literal.text);
  return kind === 'number' && (column === null || column.to.family === 'int' || column.to.family === 'year');
}

function kindOf(family: TypeFamily, engine: Engine): Kind {
  switch (family) {
    case 'int':
    case 'year':
    case 'decimal':
      return 'number';
    case 'float':
      return 'inexact';
    case 'bool':
      return 'bool';
    case 'text':
    case 'enum':
    case 'set':
    case 'uuid':
      return 'text';
    case 'date':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      // Times of SQLite are text, which is compared as text.
      return engine === 'sqlite' ? 'other' : 'time';
    default:
      return 'other';
  }
}

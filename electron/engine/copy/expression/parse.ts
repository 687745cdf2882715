import type { Engine } from '../../../drivers/relational.ts';
import { type Token, tokensOf } from './tokens.ts';

/** An expression as all engines could say it. */
export type Expression =
  | { readonly k: 'null' }
  | { readonly k: 'bool'; readonly value: boolean }
  | { readonly k: 'number'; readonly text: string }
  | { readonly k: 'text'; readonly text: string }
  | { readonly k: 'column'; readonly name: string }
  | { readonly k: 'not' | 'minus'; readonly of: Expression }
  | { readonly k: 'binary'; readonly sign: string; readonly left: Expression; readonly right: Expression }
  | { readonly k: 'in'; readonly of: Expression; readonly list: readonly Expression[]; readonly not: boolean }
  | {
      readonly k: 'between';
      readonly of: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly not: boolean;
    }
  | { readonly k: 'is_null'; readonly of: Expression; readonly not: boolean }
  | { readonly k: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly k: 'cast'; readonly of: Expression; readonly type: string }
  | { readonly k: 'list'; readonly items: readonly Expression[] }
  | {
      readonly k: 'case';
      readonly branches: readonly { readonly when: Expression; readonly result: Expression }[];
      readonly otherwise: Expression | null;
    };

/** Null when the text has anything that is not known here. */
export function parseSql(engine: Engine, sql: string): Expression | null {
  const tokens = tokensOf(engine, sql);
  if (!tokens || tokens.length === 0) return null;
  try {
    const parser = new Parser(engine, tokens);
    return parser.whole();
  } catch (error) {
    if (error instanceof NotKnown) return null;
    throw error;
  }
}

class NotKnown extends Error {}

const comparisons = new Set(['=', '==', '<>', '!=', '<', '<=', '>', '>=']);
/** Words without parentheses that are functions. */
const bareCalls = new Set(['current_timestamp', 'current_date', 'current_time', 'localtimestamp', 'localtime']);

class Parser {
  readonly #engine: Engine;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(engine: Engine, tokens: readonly Token[]) {
    this.#engine = engine;
    this.#tokens = tokens;
  }

  whole(): Expression {
    const found = this.#or();
    if (this.#at < this.#tokens.length) throw new NotKnown();
    return found;
  }

  #or(): Expression {
    let left = this.#and();
    while (this.#word('or')) left = { k: 'binary', sign: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.#word('and')) left = { k: 'binary', sign: 'and', left, right: this.#not() };
    return left;
  }

  #not(): Expression {
    return this.#word('not') ? { k: 'not', of: this.#not() } : this.#comparison();
  }

  #comparison(): Expression {
    let left = this.#concat();
    for (;;) {
      const sign = this.#sign(comparisons);
      if (sign) left = this.#compared(left, sign === '==' ? '=' : sign === '!=' ? '<>' : sign);
      else if (this.#word('is')) {
        const not = this.#word('not');
        this.#expectWord('null');
        left = { k: 'is_null', of: left, not };
      } else if (this.#word('isnull')) left = { k: 'is_null', of: left, not: false };
      else if (this.#word('notnull')) left = { k: 'is_null', of: left, not: true };
      else {
        const not = this.#word('not');
        if (this.#word('in')) left = { k: 'in', of: left, list: this.#parenthesised(), not };
        else if (this.#word('between')) {
          const low = this.#concat();
          this.#expectWord('and');
          left = { k: 'between', of: left, low, high: this.#concat(), not };
        } else if (not) throw new NotKnown();
        else return left;
      }
    }
  }

  /** `= ANY (ARRAY[...])` is how PostgreSQL keeps IN. */
  #compared(left: Expression, sign: string): Expression {
    const any = this.#word('any');
    if (!any && !this.#word('all')) return { k: 'binary', sign, left, right: this.#concat() };
    if ((any && sign !== '=') || (!any && sign !== '<>')) throw new NotKnown();
    this.#expect('(');
    let list = this.#or();
    this.#expect(')');
    while (list.k === 'cast') list = list.of;
    if (list.k !== 'list') throw new NotKnown();
    return { k: 'in', of: left, list: list.items, not: !any };
  }

  /** In PostgreSQL weaker than sums, in SQLite stronger than products: where both meet, the text is left alone. */
  #concat(): Expression {
    let left = this.#sum();
    while (this.#sign(concats)) {
      if (this.#engine === 'mysql') throw new NotKnown();
      const right = this.#sum();
      if (isArithmetic(left) || isArithmetic(right)) throw new NotKnown();
      left = { k: 'binary', sign: '||', left, right };
    }
    return left;
  }

  #sum(): Expression {
    let left = this.#product();
    for (let sign = this.#sign(sums); sign; sign = this.#sign(sums))
      left = { k: 'binary', sign, left, right: this.#product() };
    return left;
  }

  #product(): Expression {
    let left = this.#unary();
    for (let sign = this.#sign(products); sign; sign = this.#sign(products)) {
      left = { k: 'binary', sign, left, right: this.#unary() };
    }
    return left;
  }

  #unary(): Expression {
    if (this.#sign(plus)) return this.#unary();
    if (this.#sign(minus)) {
      const of = this.#unary();
      return of.k === 'number' ? { k: 'number', text: `-${of.text}` } : { k: 'minus', of };
    }
    let found = this.#primary();
    while (this.#sign(casts)) found = { k: 'cast', of: found, type: this.#typeName() };
    return found;
  }

  #primary(): Expression {
    const token = this.#next();
    if (token.kind === 'text') return { k: 'text', text: token.text };
    if (token.kind === 'number') return { k: 'number', text: token.text };
    if (token.kind === 'sign') {
      if (token.text !== '(') throw new NotKnown();
      const inner = this.#or();
      this.#expect(')');
      return inner;
    }
    return token.kind === 'name' && token.quoted ? { k: 'column', name: token.text } : this.#named(token.text);
  }

  #named(name: string): Expression {
    const word = name.toLowerCase();
    if (word === 'null') return { k: 'null' };
    if (word === 'true' || word === 'false') return { k: 'bool', value: word === 'true' };
    if (word === 'case') return this.#case();
    if (word === 'cast') throw new NotKnown();
    if (word === 'array' && this.#peek('[')) {
      this.#expect('[');
      return { k: 'list', items: this.#items(']') };
    }
    if (this.#peek('(')) return { k: 'call', name: word, args: this.#parenthesised() };
    if (bareCalls.has(word)) return { k: 'call', name: word, args: [] };
    if (this.#peek('.') || reserved.has(word)) throw new NotKnown();
    return { k: 'column', name };
  }

  #case(): Expression {
    const branches: { when: Expression; result: Expression }[] = [];
    while (this.#word('when')) {
      const when = this.#or();
      this.#expectWord('then');
      branches.push({ when, result: this.#or() });
    }
    const otherwise = this.#word('else') ? this.#or() : null;
    this.#expectWord('end');
    if (branches.length === 0) throw new NotKnown();
    return { k: 'case', branches, otherwise };
  }

  #typeName(): string {
    const words: string[] = [];
    for (let token = this.#tokens[this.#at]; token?.kind === 'name'; token = this.#tokens[this.#at]) {
      if (words.length > 0 && !/^(?:varying|precision|without|with|time|zone)$/i.test(token.text)) break;
      words.push(token.text.toLowerCase());
      this.#at += 1;
    }
    if (words.length === 0) throw new NotKnown();
    if (this.#peek('(')) this.#parenthesised();
    while (this.#peek('[')) {
      this.#expect('[');
      this.#expect(']');
      words.push('[]');
    }
    return words.join(' ');
  }

  #parenthesised(): Expression[] {
    this.#expect('(');
    return this.#items(')');
  }

  #items(end: string): Expression[] {
    const items: Expression[] = [];
    if (this.#peek(end)) {
      this.#expect(end);
      return items;
    }
    do items.push(this.#or());
    while (this.#sign(commas));
    this.#expect(end);
    return items;
  }

  #next(): Token {
    const token = this.#tokens[this.#at];
    if (!token) throw new NotKnown();
    this.#at += 1;
    return token;
  }

  #peek(sign: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'sign' && token.text === sign;
  }

  #sign(signs: ReadonlySet<string>): string | null {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'sign' || !signs.has(token.text)) return null;
    this.#at += 1;
    return token.text;
  }

  #expect(sign: string): void {
    if (!this.#peek(sign)) throw new NotKnown();
    this.#at += 1;
  }

  #word(word: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'name' || token.quoted || token.text.toLowerCase() !== word) return false;
    this.#at += 1;
    return true;
  }

  #expectWord(word: string): void {
    if (!this.#word(word)) throw new NotKnown();
  }
}

const concats = new Set(['||']);
const sums = new Set(['+', '-']);
const products = new Set(['*', '/', '%']);
const plus = new Set(['+']);
const minus = new Set(['-']);
const casts = new Set(['::']);
const commas = new Set([',']);
const reserved = new Set(
  'and or not in is like glob regexp rlike between collate escape select interval div mod xor binary using from at exists similar ilike'.split(
    ' ',
  ),
);

function isArithmetic(expression: Expression): boolean {
  return expression.k === 'minus' || (expression.k === 'binary' && /^[-+*/%]$/.test(expression.sign));
}

import type { Engine } from '../../../drivers/relational.ts';

export type Token =
  | { readonly kind: 'name'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'text' | 'number' | 'sign'; readonly text: string };

/** Words and signs of an expression as an engine writes it; null where there is something that is not known. */
export function tokensOf(engine: Engine, sql: string): readonly Token[] | null {
  const tokens: Token[] = [];
  let at = 0;
  while (at < sql.length) {
    const rest = sql.slice(at);
    const found = oneOf(engine, rest);
    if (!found) return null;
    if (found.token) tokens.push(found.token);
    at += found.length;
  }
  return tokens;
}

type Found = { readonly token: Token | null; readonly length: number };

function oneOf(engine: Engine, rest: string): Found | null {
  const blank = /^\s+/.exec(rest);
  if (blank) return { token: null, length: blank[0].length };
  if (/^(?:[xb]'|n'|u&'|\$)/i.test(rest)) return null;
  return text(engine, rest) ?? quotedName(engine, rest) ?? plain(rest);
}

function text(engine: Engine, rest: string): Found | null {
  const pattern = engine === 'mysql' ? /^(?:_\w+\s*)?'((?:[^'\\]|''|\\.)*)'/s : /^(e?)'((?:[^']|'')*)'/is;
  const found = pattern.exec(rest);
  if (!found) return null;
  const escaped = engine === 'mysql' || (engine === 'postgres' && found[1] !== '');
  const raw = (engine === 'mysql' ? found[1] : found[2]) ?? '';
  if (escaped && [...raw.matchAll(/\\(.)/gs)].some(([, one]) => !`\\'"nrt0`.includes(one ?? ''))) return null;
  const value = escaped
    ? raw.replace(/''|\\(.)/gs, (_all, one?: string) => (one === undefined ? "'" : (escapes[one] ?? one)))
    : raw.replaceAll("''", "'");
  return { token: { kind: 'text', text: value }, length: found[0].length };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', 0: '\0' };

function quotedName(engine: Engine, rest: string): Found | null {
  const patterns = {
    sqlite: /^(?:"((?:[^"]|"")+)"|`((?:[^`]|``)+)`|\[([^\]]+)\])/,
    postgres: /^"((?:[^"]|"")+)"/,
    mysql: /^`((?:[^`]|``)+)`/,
  };
  const found = patterns[engine].exec(rest);
  if (!found) return null;
  const name = (found[1] ?? found[2] ?? found[3] ?? '').replace(/(["`])\1/g, '$1');
  return { token: { kind: 'name', text: name, quoted: true }, length: found[0].length };
}

function plain(rest: string): Found | null {
  const number = /^(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/i.exec(rest);
  if (number) return { token: { kind: 'number', text: number[0] }, length: number[0].length };
  const word = /^[a-z_][a-z_0-9$]*/i.exec(rest);
  if (word) return { token: { kind: 'name', text: word[0], quoted: false }, length: word[0].length };
  const sign = /^(?:::|\|\||<>|!=|<=|>=|==|[-+*/%<>=(),.[\]])/.exec(rest);
  return sign ? { token: { kind: 'sign', text: sign[0] }, length: sign[0].length } : null;
}

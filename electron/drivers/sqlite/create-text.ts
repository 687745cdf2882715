/** What of a table only its CREATE statement tells. */
export type CreateText = {
  readonly checks: readonly { readonly name: string | null; readonly expression: string }[];
  /** Expressions of generated columns and collations, by column in lower case. */
  readonly generated: ReadonlyMap<string, { readonly expression: string; readonly stored: boolean }>;
  readonly collations: ReadonlyMap<string, string>;
  /** In the order of the text: whether it is deferred, and its name. */
  readonly foreignKeys: readonly { readonly name: string | null; readonly deferrable: boolean }[];
  readonly autoincrement: boolean;
  readonly withoutRowid: boolean;
  readonly strict: boolean;
};

type Token = { readonly text: string; readonly from: number; readonly to: number };

/** Reads a statement that SQLite took, so that only its layout can surprise; what is not found is left out. */
export function readCreateText(sql: string): CreateText {
  const tokens = tokensOf(sql);
  const open = tokens.findIndex((token) => token.text === '(');
  const close = closing(tokens, open);
  const made = {
    checks: [] as { name: string | null; expression: string }[],
    generated: new Map<string, { expression: string; stored: boolean }>(),
    collations: new Map<string, string>(),
    foreignKeys: [] as { name: string | null; deferrable: boolean }[],
    autoincrement: false,
    withoutRowid: tokens.slice(close + 1).some((token) => is(token, 'without')),
    strict: tokens.slice(close + 1).some((token) => is(token, 'strict')),
  };
  if (open < 0) return made;
  for (const part of partsOf(tokens.slice(open + 1, close))) readPart(sql, part, made);
  return made;
}

type Building = {
  -readonly [K in keyof CreateText]: CreateText[K] extends readonly (infer T)[]
    ? T[]
    : CreateText[K] extends ReadonlyMap<string, infer V>
      ? Map<string, V>
      : CreateText[K];
};

const tableWords = new Set(['constraint', 'primary', 'unique', 'check', 'foreign']);

function readPart(sql: string, part: readonly Token[], made: Building): void {
  const first = part[0];
  if (!first) return;
  const isTable = tableWords.has(first.text.toLowerCase());
  const column = isTable ? null : unquoted(first.text).toLowerCase();
  let name: string | null = null;
  let key: { name: string | null; deferrable: boolean } | null = null;
  for (let at = isTable ? 0 : 1; at < part.length; at += 1) {
    const token = part[at] as Token;
    const next = part[at + 1];
    if (is(token, 'constraint') && next) {
      name = unquoted(next.text);
      at += 1;
    } else if (is(token, 'check') && next?.text === '(') {
      const end = closing(part, at + 1);
      made.checks.push({ name, expression: sql.slice(next.to, (part[end] as Token).from).trim() });
      name = null;
      at = end;
    } else if (is(token, 'as') && next?.text === '(' && column !== null) {
      const end = closing(part, at + 1);
      const stored = part[end + 1] !== undefined && is(part[end + 1] as Token, 'stored');
      made.generated.set(column, { expression: sql.slice(next.to, (part[end] as Token).from).trim(), stored });
      at = end;
    } else if (is(token, 'collate') && next && column !== null) {
      made.collations.set(column, unquoted(next.text));
      at += 1;
    } else if (is(token, 'references')) {
      key = { name, deferrable: false };
      made.foreignKeys.push(key);
      name = null;
    } else if (is(token, 'deferred') && key && is(part[at - 1] as Token, 'initially')) {
      key.deferrable = true;
    } else if (is(token, 'autoincrement')) made.autoincrement = true;
    else if (token.text === '(') at = closing(part, at);
    else if (/^(?:primary|unique|default|not)$/i.test(token.text)) name = null;
  }
}

/** Tokens between commas that stand in no parentheses. */
function partsOf(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (token.text === ',' && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** Position of the parenthesis that closes the one at `open`. */
function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at >= 0 && at < tokens.length; at += 1) {
    if (tokens[at]?.text === '(') depth += 1;
    if (tokens[at]?.text === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length - 1;
}

const tokenPattern =
  /\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|('(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\p{L}_\d$.]+|[\s\S])/gu;

function tokensOf(sql: string): Token[] {
  const tokens: Token[] = [];
  for (const found of sql.matchAll(tokenPattern)) {
    if (found[1] !== undefined) tokens.push({ text: found[1], from: found.index, to: found.index + found[1].length });
  }
  return tokens;
}

function is(token: Token, word: string): boolean {
  return token.text.toLowerCase() === word;
}

function unquoted(text: string): string {
  const first = text[0] ?? '';
  if (first === '[') return text.slice(1, -1);
  return '"`\''.includes(first) ? text.slice(1, -1).replaceAll(first + first, first) : text;
}

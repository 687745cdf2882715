import { DocFault, type DocLimits, type LineIndex } from './document.ts';

/** Counts the values of a document, so that a small text cannot stand for a huge one. */
export class Counter {
  readonly #limits: DocLimits;
  #values = 0;
  constructor(limits: DocLimits) {
    this.#limits = limits;
  }

  add(lines: LineIndex | null, offset: number): void {
    this.#values += 1;
    if (this.#values <= this.#limits.values) return;
    const message = `The document holds more than ${this.#limits.values.toLocaleString('en')} values`;
    throw new DocFault('too_many_values', message, lines?.place(offset) ?? null, null);
  }
}

/** Refuses what is nested too deep before a parser that calls itself meets it. Brackets in texts and comments do not count. */
export function checkDepth(text: string, limits: DocLimits, lines: LineIndex): void {
  let depth = 0;
  const token = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\n])*'|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[[\]{}]/g;
  for (const found of text.matchAll(token)) {
    const [sign] = found;
    if (sign === '[' || sign === '{') depth += 1;
    else if (sign === ']' || sign === '}') depth -= 1;
    if (depth > limits.depth) throw tooDeep(limits, lines.place(found.index));
  }
}

export function tooDeep(limits: DocLimits, place: ReturnType<LineIndex['place']> | null): DocFault {
  return new DocFault('too_deep', `The document is nested deeper than ${limits.depth} levels`, place, null);
}

/** The same for YAML, where brackets may also stand in plain text: only a depth that no text has by chance is refused. */
export function checkFlowDepth(text: string, lines: LineIndex): void {
  const most = 1000;
  let depth = 0;
  for (const { 0: sign, index } of text.matchAll(/(?<![^\s:,[{-])[[{]|[\]}]/g)) {
    depth = sign === '[' || sign === '{' ? depth + 1 : Math.max(0, depth - 1);
    if (depth > most)
      throw new DocFault('too_deep', `The document is nested deeper than ${most} levels`, lines.place(index));
  }
}

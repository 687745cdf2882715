/** Takes secrets out of everything that is logged. One stands before all sinks. */
export interface Redactor {
  /** From now on this value is replaced wherever it stands. */
  know(value: string): void;
  text(text: string): string;
  /** A copy of plain data with secret values and the values of telling keys replaced. */
  data(value: unknown): unknown;
}

const mark = '[redacted]';
const tellingKey = /pass(word|wd|phrase)?$|secret|token|api_?key|private_?key|credential|authorization|cookie/i;
/** `password=...`, `token: ...` and the user information of an address. */
const inText: readonly [RegExp, string][] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/@]+@/gi, `$1:${mark}@`],
  [
    /\b((?:pass(?:word|wd|phrase)?|secret|token|api_?key|authorization)["']?\s*[=:]\s*)("[^"]*"|'[^']*'|(?:bearer\s+)?[^\s,;&}]+)/gi,
    `$1${mark}`,
  ],
];
const shortest = 4;
const deepest = 8;

export function createRedactor(): Redactor {
  const values = new Set<string>();
  let longestFirst: readonly string[] = [];

  function text(given: string): string {
    let out = given;
    for (const value of longestFirst) if (out.includes(value)) out = out.replaceAll(value, mark);
    for (const [pattern, instead] of inText) out = out.replace(pattern, instead);
    return out;
  }

  function data(value: unknown, depth: number, seen: ReadonlySet<unknown>): unknown {
    if (typeof value === 'string') return text(value);
    if (typeof value === 'bigint') return value.toString();
    if (value instanceof Date) return value.toISOString();
    if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
    if (typeof value !== 'object' || value === null) return typeof value === 'function' ? '[function]' : value;
    if (depth >= deepest || seen.has(value)) return '[...]';
    const inside = new Set(seen).add(value);
    if (value instanceof Error) {
      const { name, message, stack, cause, ...own } = value as Error & Record<string, unknown>;
      return {
        name,
        message: text(message),
        ...(data(own, depth + 1, inside) as object),
        stack: stack ? text(stack) : undefined,
        ...(cause === undefined ? {} : { cause: data(cause, depth + 1, inside) }),
      };
    }
    if (Array.isArray(value)) return value.map((one) => data(one, depth + 1, inside));
    const entries = value instanceof Map ? [...value].map(([k, v]) => [String(k), v] as const) : Object.entries(value);
    return Object.fromEntries(
      entries.map(([key, one]) => [
        text(key),
        tellingKey.test(key) && one !== null ? mark : data(one, depth + 1, inside),
      ]),
    );
  }

  return {
    know(value) {
      // A value of three letters would black out half of every line and protect nobody.
      if (value.length < shortest || values.has(value)) return;
      for (const form of [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]) values.add(form);
      longestFirst = [...values].sort((a, b) => b.length - a.length);
    },
    text,
    data: (value) => data(value, 0, new Set()),
  };
}

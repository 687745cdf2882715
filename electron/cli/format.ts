import { estimated } from '#shared/model/figures.ts';

/** `about 31 s (25 s to 42 s)`; empty where nothing was measured. */
export function estimate(
  value: { readonly low: number; readonly likely: number; readonly high: number } | null,
): string {
  return value ? estimated(value) : '';
}

export type Column = { readonly title: string; readonly right?: boolean };

/** Columns wide enough for what they hold, two spaces apart; numbers to the right. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, index) =>
    Math.max(width(column.title), ...rows.map((row) => width(row[index] ?? ''))),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => {
        const space = ' '.repeat(Math.max(0, widths[index]! - width(cell)));
        return columns[index]!.right ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  return [line(columns.map((column) => column.title)), ...rows.map(line)].join('\n');
}

function width(text: string): number {
  return [...text].length;
}

/** Text of data on a terminal: control characters cannot move the cursor or hide anything. */
export function printable(text: string): string {
  let out = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    out += control && character !== '\n' ? `\\x${code.toString(16).padStart(2, '0')}` : character;
  }
  return out;
}

/** `2026-11-20 01:16:04 UTC`. */
export function utc(instant: string): string {
  return `${instant.slice(0, 19).replace('T', ' ')} UTC`;
}

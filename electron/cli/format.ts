/** `0.4 s`, `36 s`, `4 min 18 s`, `2 h 05 min`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

/** `512 B`, `3.4 MB`, `15.4 GB`. */
export function bytes(value: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let left = value;
  let unit = 0;
  while (left >= 1000 && unit < units.length - 1) {
    left /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? left : left.toFixed(1)} ${units[unit]}`;
}

/** `about 31 s (25 s to 42 s)`; empty where nothing was measured. */
export function estimate(
  value: { readonly low: number; readonly likely: number; readonly high: number } | null,
): string {
  if (!value) return '';
  return `about ${duration(value.likely * 1000)} (${duration(value.low * 1000)} to ${duration(value.high * 1000)})`;
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

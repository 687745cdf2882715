import { showHidden } from '../html/markup.ts';
import { local, utc } from '../words.ts';

/** Text in a paragraph or a cell: one line, nothing of it is markup. */
export function plain(text: string): string {
  return (
    showHidden(text)
      .replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ')
      .replace(/[\\`*_[\]|~&]/g, (character) => `\\${character}`)
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      // A bare address would become a link.
      .replace(/:\/\//g, ':&#47;&#47;')
      .replace(/^(\s*\d+)\./, '$1\\.')
  );
}

/** Code that may hold backticks and bars. */
export function code(text: string | null): string {
  if (text === null || text === '') return '';
  const flat = showHidden(text)
    .replace(/[\r\n\u2028\u2029]+/g, ' ')
    .replaceAll('|', '¦');
  const fence = '`'.repeat(Math.max(0, ...[...flat.matchAll(/`+/g)].map((run) => run[0].length)) + 1);
  return fence.length === 1 ? `\`${flat}\`` : `${fence} ${flat} ${fence}`;
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return 'None.';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = heads.map((name) => (name.endsWith(':') ? '---:' : '---'));
  return [line(heads.map((name) => name.replace(/:$/, ''))), line(rule), ...rows.map(line)].join('\n');
}

export function when(instant: string | null, timeZone: string): string {
  if (instant === null) return '';
  const here = local(instant, timeZone);
  return utc(instant).startsWith(here) ? utc(instant) : `${utc(instant)} (${here} local)`;
}

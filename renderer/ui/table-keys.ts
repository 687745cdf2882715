import type { KeyboardEvent } from 'react';
import { rowForKey } from './list-keys.ts';

/**
 * Arrow keys, Home and End move along the rows of any plain table in a region that takes the focus; Ctrl C copies the row.
 * Give it to an element around the tables. Tables whose rows are chosen or hold buttons in reach have keys of their own.
 */
export function onTableKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey || event.shiftKey) return;
  const target = event.target as HTMLElement;
  const region = target.closest<HTMLElement>('.scroll');
  const table = region?.querySelector('table.tbl');
  if (!region || !table || table.querySelector('tr.click, [data-row]')) return;
  if (target !== region && target.tagName !== 'TR') return;
  const rows = [...table.querySelectorAll<HTMLTableRowElement>('tbody tr, tfoot tr')];
  const at = rows.indexOf(target as HTMLTableRowElement);
  if (event.ctrlKey || event.metaKey) {
    const row = rows[at];
    if (event.key.toLowerCase() === 'c' && row && !getSelection()?.toString()) {
      void navigator.clipboard?.writeText(rowText(row)).catch(() => undefined);
    }
    return;
  }
  const row = rows[rowForKey(event.key, at, rows.length, 10) ?? -1];
  if (!row) return;
  event.preventDefault();
  // Reached by arrows only: the region is the one stop of the Tab key.
  row.tabIndex = -1;
  row.focus();
}

function rowText(row: HTMLTableRowElement): string {
  // biome-ignore lint/performance/useDomNodeTextContent: a cell may have two lines, which are to stay two words
  return [...row.cells].map((cell) => cell.innerText.trim().replaceAll(/\s+/g, ' ')).join('\t');
}

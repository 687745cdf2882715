import { type KeyboardEvent, useRef } from 'react';
import { rowForKey } from './list-keys.ts';

/**
 * Arrow keys, Home and End for a short list of buttons or links: spread the result over the element around them.
 * Focus moves among the elements marked `data-row`; Enter and Space are the buttons' own. Ctrl C copies `data-copy` of the row.
 */
export function useRovingList<E extends HTMLElement>() {
  const ref = useRef<E>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (target.closest('input, textarea, select')) return;
    const rows = [...(ref.current?.querySelectorAll<HTMLElement>('[data-row]:not(:disabled)') ?? [])];
    const at = rows.findIndex((row) => row.contains(target));
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c') {
      const text = rows[at]?.dataset.copy;
      if (text && !getSelection()?.toString()) void navigator.clipboard.writeText(text).catch(() => undefined);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = rowForKey(event.key, at, rows.length, 10);
    if (next === null) return;
    event.preventDefault();
    rows[next]?.focus();
  };
  return { ref, onKeyDown };
}

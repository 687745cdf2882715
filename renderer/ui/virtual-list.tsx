import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { rowForKey } from './list-keys.ts';

type Props<T> = {
  items: readonly T[];
  /** Accessible name, for example `1,000 issues`. */
  label: string;
  rowHeight: number;
  keyOf: (item: T, index: number) => string | number;
  children: (item: T, index: number) => ReactNode;
  /** Index of the chosen row, -1 for none. */
  selected: number;
  onSelect: (index: number) => void;
  /** Enter or double click. */
  onOpen?: ((index: number) => void) | undefined;
  /** Text for Ctrl C. */
  copy?: ((item: T) => string) | undefined;
  /** Called with the last row in view, to read on. */
  onReach?: ((index: number) => void) | undefined;
};

/** A list box of any length with a handful of rows in the DOM. It is one tab stop; arrows, Home, End, Page keys move the choice. */
export function VirtualList<T>(props: Props<T>) {
  const { items, label, rowHeight, keyOf, children, selected, onSelect, onOpen, copy, onReach } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 4,
    initialRect: { width: 600, height: rowHeight * 16 },
  });
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= 0) onReach?.(last);
  }, [last, onReach]);

  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = items[selected];
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c' && chosen !== undefined && copy) {
      if (!getSelection()?.toString()) void navigator.clipboard.writeText(copy(chosen)).catch(() => undefined);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.key === 'Enter' || event.key === ' ') && selected >= 0) {
      event.preventDefault();
      onOpen?.(selected);
      return;
    }
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const next = rowForKey(event.key, selected, items.length, page);
    if (next === null) return;
    event.preventDefault();
    onSelect(next);
    virtual.scrollToIndex(next);
  };

  const inView = rows.some((row) => row.index === selected);
  return (
    <div
      ref={scroller}
      className="scroll grow"
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={inView ? `${id}-${selected}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {rows.map((row) => {
          const item = items[row.index] as T;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list box handles the keys for all its rows
            // biome-ignore lint/a11y/useFocusableInteractive: the list box is the tab stop and names its active row
            <div
              key={keyOf(item, row.index)}
              id={`${id}-${row.index}`}
              className="li"
              role="option"
              aria-selected={row.index === selected}
              aria-posinset={row.index + 1}
              aria-setsize={items.length}
              style={{ position: 'absolute', top: row.start, left: 0, height: rowHeight }}
              onClick={() => onSelect(row.index)}
              onDoubleClick={() => onOpen?.(row.index)}
            >
              {children(item, row.index)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

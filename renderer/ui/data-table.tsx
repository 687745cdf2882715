import {
  type ColumnDef,
  flexRender,
  getCoreRowModel,
  getSortedRowModel,
  type RowData,
  type SortingState,
  useReactTable,
} from '@tanstack/react-table';
import { useState } from 'react';
import { rowForKey } from './list-keys.ts';

declare module '@tanstack/react-table' {
  interface ColumnMeta<TData extends RowData, TValue> {
    /** Right-aligned figures. */
    numeric?: boolean;
    width?: number | string;
    className?: string;
  }
}

type Props<T extends object> = {
  rows: readonly T[];
  // biome-ignore lint/suspicious/noExplicitAny: the library's own type for columns of mixed value types
  columns: readonly ColumnDef<T, any>[];
  keyOf: (row: T) => string;
  label: string;
  height?: 'low' | 'normal' | 'tall' | undefined;
  sortable?: boolean | undefined;
  selected?: string | undefined;
  onSelect?: ((row: T) => void) | undefined;
  onOpen?: ((row: T) => void) | undefined;
};

const heights = { low: 'low', normal: '', tall: 'mid46' } as const;

/** A native table with sorting and a chosen row. It scrolls sideways in a region that takes focus. From 200 rows on use VirtualList. */
export function DataTable<T extends object>(props: Props<T>) {
  const { rows, columns, keyOf, label, height = 'normal', sortable = false, selected, onSelect, onOpen } = props;
  const [sorting, setSorting] = useState<SortingState>([]);
  const table = useReactTable({
    data: rows as T[],
    columns: columns as ColumnDef<T>[],
    state: { sorting },
    onSortingChange: setSorting,
    getRowId: keyOf,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
    enableSorting: sortable,
    enableMultiSort: false,
  });
  const shown = table.getRowModel().rows;

  const onKeyDown = (event: React.KeyboardEvent, at: number) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = shown[at];
    if (row && (event.key === 'Enter' || event.key === ' ') && event.target === event.currentTarget) {
      event.preventDefault();
      (onOpen ?? onSelect)?.(row.original);
      return;
    }
    const next = rowForKey(event.key, at, shown.length, 10);
    const target = next === null ? undefined : shown[next];
    if (!target) return;
    event.preventDefault();
    onSelect?.(target.original);
    const body = (event.currentTarget as HTMLElement).parentElement;
    (body?.children[next as number] as HTMLElement | undefined)?.focus();
  };

  return (
    <section className="scroll" aria-label={label} tabIndex={0}>
      <table className={`tbl ${heights[height]}`}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => {
                const { numeric, width } = header.column.columnDef.meta ?? {};
                const sorted = header.column.getIsSorted();
                const words = flexRender(header.column.columnDef.header, header.getContext());
                return (
                  <th
                    key={header.id}
                    scope="col"
                    className={numeric ? 'num' : undefined}
                    style={width === undefined ? undefined : { width }}
                    aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : undefined}
                  >
                    {header.column.getCanSort() ? (
                      <button type="button" className="sort" onClick={header.column.getToggleSortingHandler()}>
                        {words}
                        <span aria-hidden>{sorted === 'asc' ? ' ↑' : sorted === 'desc' ? ' ↓' : ''}</span>
                      </button>
                    ) : (
                      words
                    )}
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {shown.map((row, index) => {
            const chosen = selected !== undefined && row.id === selected;
            const click = onSelect ?? onOpen;
            return (
              <tr
                key={row.id}
                className={click ? 'click' : undefined}
                aria-selected={selected === undefined ? undefined : chosen}
                tabIndex={click ? (chosen || (selected === undefined && index === 0) ? 0 : -1) : undefined}
                onClick={click ? () => click(row.original) : undefined}
                onDoubleClick={onOpen ? () => onOpen(row.original) : undefined}
                onKeyDown={click ? (event) => onKeyDown(event, index) : undefined}
              >
                {row.getVisibleCells().map((cell) => {
                  const { numeric, className } = cell.column.columnDef.meta ?? {};
                  return (
                    <td key={cell.id} className={`${numeric ? 'num' : ''} ${className ?? ''}`.trim() || undefined}>
                      {flexRender(cell.column.columnDef.cell, cell.getContext())}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

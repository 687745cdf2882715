import { useQueries } from '@tanstack/react-query';
import { useCallback, useState } from 'react';

const pageSize = 200;

export type Pages<T> = {
  /** Rows in all; null until the first page is there. */
  readonly total: number | null;
  /** One entry a row; undefined until its page is read. */
  readonly rows: readonly (T | undefined)[];
  readonly error: unknown;
  /** Reads the pages around this row. */
  readonly reach: (index: number) => void;
};

/** A list of any length, read by pages of 200 as they come into view. `key` names what is listed and its filter. */
export function usePages<T>(
  key: readonly unknown[],
  read: (offset: number, limit: number, signal: AbortSignal) => Promise<{ total: number; rows: readonly T[] }>,
): Pages<T> {
  const filter = JSON.stringify(key);
  const [wanted, setWanted] = useState<{ filter: string; pages: readonly number[] }>({ filter, pages: [0] });
  const pages = wanted.filter === filter ? wanted.pages : [0];
  const reads = useQueries({
    queries: pages.map((page) => ({
      queryKey: ['pages', filter, page],
      queryFn: ({ signal }: { signal: AbortSignal }) => read(page * pageSize, pageSize, signal),
    })),
  });
  const total = reads[0]?.data?.total ?? null;
  const rows = new Array<T | undefined>(total ?? 0).fill(undefined);
  for (const [at, result] of reads.entries()) {
    const offset = (pages[at] ?? 0) * pageSize;
    for (const [index, row] of (result.data?.rows ?? []).entries()) rows[offset + index] = row;
  }
  const reach = useCallback(
    (index: number) => {
      const near = [Math.floor(Math.max(0, index - 40) / pageSize), Math.floor(index / pageSize)];
      setWanted((now) => {
        const had = now.filter === filter ? now.pages : [0];
        const more = [...new Set(near)].filter((page) => !had.includes(page));
        return more.length === 0 && now.filter === filter ? now : { filter, pages: [...had, ...more] };
      });
    },
    [filter],
  );
  return { total, rows, error: reads.find((result) => result.error)?.error ?? null, reach };
}

import type { Counts } from '#shared/model/run.ts';
import type { Format } from '../../ui/format/format.ts';
import { useFormat } from '../../ui/format/format-context.tsx';

/** What is set aside: whole records, and rows of records that are written without them. */
export type Aside = { readonly records: number; readonly rows: number };

export const noAside: Aside = { records: 0, rows: 0 };

export function addAside(a: Aside, b: Aside): Aside {
  return { records: a.records + b.records, rows: a.rows + b.rows };
}

export function asideOf(counts: Counts): Aside {
  const rows = Object.values(counts.outputs).reduce((sum, output) => sum + output.rejected, 0);
  return { records: counts.rejected, rows };
}

/** `1,549 records`, `40 rows of written records`, `10 records and 40 rows of written records`: as the report says it. */
export function asideWords({ records, rows }: Aside, format: Format): string {
  if (rows === 0) return format.count(records, 'record');
  const parts = `${format.count(rows, 'row')} of written records`;
  return records === 0 ? parts : `${format.count(records, 'record')} and ${parts}`;
}

/** The same in a column: records, rows beneath them. */
export function AsideCount({ aside: { records, rows } }: { aside: Aside }) {
  const format = useFormat();
  return (
    <>
      {records > 0 || rows === 0 ? format.number(records) : ''}
      {rows > 0 ? <span className={records > 0 ? 'sub' : undefined}>{format.count(rows, 'row')}</span> : null}
    </>
  );
}

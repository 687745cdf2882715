import type { RelationalSession } from '../../../drivers/relational.ts';
import { encodeRecord } from '../../values/encode.ts';
import type { UndoEnv } from '../step-kind.ts';

/** Keeps every row of a table before it is dropped. */
export async function exportRows(table: string, session: RelationalSession, undo: UndoEnv): Promise<void> {
  const info = (await session.catalog([table])).tables.find((one) => one.name === table);
  if (!info) return;
  const columns = info.columns.map((column) => column.name);
  const key = (info.primaryKey.length > 0 ? info.primaryKey : columns).map((name) => columns.indexOf(name));
  for await (const batch of session.scan(table, columns, undo.signal)) {
    for (const row of batch.rows) {
      const text = key.map((index) => String(row[index] ?? 'null')).join(', ');
      await undo.export({ output: table, key: text, row: encodeRecord(columns, row) });
    }
  }
}

import type { Row } from '#shared/model/value.ts';
import { DbFailure, type OutputSpec } from '../relational.ts';
import type { ServerError } from './errors.ts';
import type { RowWriter } from './row-writer.ts';

/** The row that a foreign key refused, found by the key that the server names; null when it cannot be told. */
export function rowOfOrphan(
  error: unknown,
  output: OutputSpec,
  writer: RowWriter,
  batches: readonly (readonly Row[])[],
): DbFailure | null {
  if (!(error instanceof DbFailure) || error.error.code !== '23503' || error.row !== null) return null;
  const detail = (error.cause as ServerError | undefined)?.detail;
  const found = /^[^(]*\((.*)\)=\((.*)\) /s.exec(detail ?? '');
  if (!found) return null;
  const columns = (found[1] as string).split(', ').map((name) => name.replace(/^"(.*)"$/, '$1').replaceAll('""', '"'));
  const at = columns.map((name) => output.columns.indexOf(name));
  if (at.includes(-1)) return null;
  let ordinal = 0;
  for (const batch of batches) {
    for (const row of batch) {
      const texts = writer.texts(row, ordinal);
      if (at.map((index) => texts[index]).join(', ') === found[2])
        return new DbFailure({ ...error.error, column: columns.join(', ') }, { row: ordinal, cause: error });
      ordinal += 1;
    }
  }
  return null;
}

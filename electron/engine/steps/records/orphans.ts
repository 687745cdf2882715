import { makeFinding } from '#shared/model/finding.ts';
import type { RelationalSession } from '../../../drivers/relational.ts';
import { previewValue } from '../../values/text-preview.ts';
import type { ReadEnv, StepHead, ValidationItem } from '../step-kind.ts';
import { quoteName } from '../transaction.ts';
import type { Output } from './compiled.ts';

const listed = 100;

/** Rows of a table whose foreign keys point at nothing; the engine may not have enforced them. */
export async function* orphans(
  output: Output,
  target: RelationalSession,
  step: StepHead,
  env: ReadEnv,
): AsyncIterable<ValidationItem> {
  const quote = (name: string) => quoteName(target, name);
  const key = output.info.primaryKey.length > 0 ? output.info.primaryKey : output.spec.key;
  for (const foreign of output.info.foreignKeys) {
    const parentColumns = foreign.references;
    if (parentColumns.length !== foreign.columns.length) continue;
    const same = foreign.columns.map((name, at) => `parent.${quote(parentColumns[at]!)} = child.${quote(name)}`);
    const filled = foreign.columns.map((name) => `child.${quote(name)} IS NOT NULL`);
    const { rows, more } = await target.query(
      `SELECT ${[...key, ...foreign.columns].map((name, at) => `child.${quote(name)} AS overland_${at}`).join(', ')} FROM ${quote(output.table)} AS child
       WHERE ${filled.join(' AND ')} AND NOT EXISTS (SELECT 1 FROM ${quote(foreign.table)} AS parent WHERE ${same.join(' AND ')})`,
      listed,
      env.signal,
    );
    for (const row of rows) {
      const name = row
        .slice(0, key.length)
        .map((value) => previewValue(value))
        .join(', ');
      yield {
        kind: 'finding',
        finding: makeFinding({
          severity: 'error',
          category: 'orphan',
          step: step.id,
          path: `${output.table} / ${name} / ${foreign.columns.join(', ')}`,
          message: `Row ${name} of ${output.table} refers to a row of ${foreign.table} that is not there.`,
          newValue: row
            .slice(key.length)
            .map((value) => previewValue(value))
            .join(', '),
        }),
      };
    }
    yield {
      kind: 'check',
      check: `${output.table}.${foreign.columns.join(', ')} refers to ${foreign.table}`,
      found: rows.length === 0 ? 'no orphan' : `${more ? 'more than ' : ''}${rows.length} orphans`,
      severity: rows.length === 0 ? 'ok' : 'error',
    };
  }
}

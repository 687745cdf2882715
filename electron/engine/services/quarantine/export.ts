import { join, resolve } from 'node:path';
import type { EngineContext } from '../../run/engine-context.ts';
import type { QuarantineRecordRow, RunRecord } from '../../run/journal/rows.ts';
import { failed, messageOf } from '../failure.ts';

const blockRows = 500;

/**
 * Writes what was set aside as JSON Lines, one object a record: key, reason, state and the whole record with exact values
 * (docs/formats.md). It is production data, so the file is 0600. A folder gets a file of its own name in it.
 */
export async function exportQuarantine(
  context: EngineContext,
  run: RunRecord,
  filter: { readonly step: string | null; readonly code: string | null; readonly file: string },
): Promise<{ file: string; records: number }> {
  const { fs, random } = context.environment;
  const given = resolve(filter.file);
  const isFolder = (await fs.stat(given))?.kind === 'folder';
  const file = isFolder ? join(given, `quarantine-${run.id}.jsonl`) : given;
  const unfinished = `${file}.${random.id(6)}.tmp`;
  let records = 0;
  try {
    await fs.append(unfinished, '', 0o600);
    for (const block of blocksOf(context, run.id, filter.step, filter.code)) {
      await fs.append(unfinished, block.map(lineOf).join(''), 0o600);
      records += block.length;
    }
    await fs.rename(unfinished, file);
  } catch (error) {
    await fs.remove(unfinished).catch(() => undefined);
    throw failed(
      'not_written',
      `The quarantine could not be written to ${file}: ${messageOf(error)}`,
      { path: file, suggestion: 'Choose a folder that may be written and has room.' },
      error,
    );
  }
  return { file, records };
}

function* blocksOf(
  context: EngineContext,
  run: string,
  step: string | null,
  code: string | null,
): Generator<QuarantineRecordRow[]> {
  let after = 0;
  while (true) {
    const rows = context.journal.db.all<QuarantineRecordRow>(
      'SELECT * FROM quarantine WHERE run = ? AND id > ? AND (? IS NULL OR step = ?) AND (? IS NULL OR code = ?) ORDER BY id LIMIT ?',
      run,
      after,
      step,
      step,
      code,
      code,
      blockRows,
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last.id;
  }
}

function lineOf(row: QuarantineRecordRow): string {
  const { run, step, key, item, output, code, message, rule, state, at } = row;
  const column = row.column_name;
  const record: unknown = JSON.parse(row.record);
  return `${JSON.stringify({ run, step, key, item, output, code, message, column, rule, state, at, record })}\n`;
}

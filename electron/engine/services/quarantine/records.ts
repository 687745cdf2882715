import type * as z from 'zod';
import type { quarantineRecord } from '#shared/contract/quarantine.ts';
import type { Value } from '#shared/model/value.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import type { QuarantineRecordRow, RunRecord } from '../../run/journal/rows.ts';
import { maskedText } from '../../validation/sensitive.ts';
import { decodeRecord } from '../../values/encode.ts';
import { previewValue } from '../../values/text-preview.ts';
import { notFound } from '../failure.ts';
import { changeableRules, type Rule } from './changeable-rules.ts';
import type { RunRules } from './run-rules.ts';

export type QuarantineRecord = z.infer<typeof quarantineRecord>;
export type RecordFilter = {
  readonly step: string | null;
  readonly code: string | null;
  readonly search: string;
  readonly state?: QuarantineRecord['state'] | undefined;
  readonly offset: number;
  readonly limit: number;
};

const where = `run = ? AND (? IS NULL OR step = ?) AND (? IS NULL OR code = ?) AND (? IS NULL OR state = ?)
  AND (? = '' OR instr(lower(key), lower(?)) > 0 OR instr(lower(message), lower(?)) > 0 OR instr(lower(record), lower(?)) > 0)`;

/** A page of what was set aside, in the order in which it was. The search looks into key, reason and record. */
export function pageOfRecords(
  context: EngineContext,
  run: RunRecord,
  rules: RunRules,
  filter: RecordFilter,
): { total: number; records: QuarantineRecord[] } {
  const { step, code, search, state = null } = filter;
  const params = [run.id, step, step, code, code, state, state, search, search, search, search];
  const { db } = context.journal;
  const total = db.get<{ n: number }>(`SELECT count(*) AS n FROM quarantine WHERE ${where}`, ...params)?.n ?? 0;
  const rows = db.all<QuarantineRecordRow>(
    `SELECT * FROM quarantine WHERE ${where} ORDER BY id LIMIT ? OFFSET ?`,
    ...params,
    filter.limit,
    filter.offset,
  );
  return { total, records: rows.map((row) => recordOf(row, rules)) };
}

/** The whole record as it was read, sensitive columns masked, and the rules that can be changed. */
export function oneRecord(
  context: EngineContext,
  run: RunRecord,
  rules: RunRules,
  id: number,
): {
  record: QuarantineRecord;
  source: string;
  fields: { name: string; value: string | null; masked: boolean }[];
  rules: Rule[];
} {
  const row = context.journal.db.get<QuarantineRecordRow>(
    'SELECT * FROM quarantine WHERE run = ? AND id = ?',
    run.id,
    id,
  );
  if (row === null) throw notFound('record in quarantine', String(id));
  const step = rules.profile?.steps.find((one) => one.id === row.step);
  return {
    record: recordOf(row, rules),
    source: step ? step.kind.describe(step.spec, step.id).from : row.step,
    fields: [...decodeRecord(row.record)].map(([name, value]) => {
      const masked = rules.isSensitive(name);
      return { name, value: value === null ? null : masked ? maskedText : wholeText(value), masked };
    }),
    rules: changeableRules(rules.source, row.step, row.rule),
  };
}

function recordOf(row: QuarantineRecordRow, rules: RunRules): QuarantineRecord {
  const { id, step, key, item, output, code, at, state } = row;
  const { column_name: column } = row;
  const fault = faultOf(row, rules);
  // Messages of rules quote no value; those of the target may, about whatever column it refused.
  const quotes = row.rule === null && column !== null && rules.isSensitive(column);
  return {
    id,
    step,
    key,
    item,
    output,
    code,
    message: quotes ? `${code.replaceAll('_', ' ')} (${maskedText})` : row.message,
    column,
    at,
    state,
    preview: fault.preview,
  };
}

/** The value at fault: of the column named, else of the first source column that decides. */
function faultOf(row: QuarantineRecordRow, rules: RunRules): { preview: string; masked: boolean } {
  const record = decodeRecord(row.record);
  const named = row.column_name !== null && record.has(row.column_name) ? row.column_name : undefined;
  const column = named ?? rules.decidingColumns(row).find((one) => record.has(one));
  if (column === undefined) return { preview: '', masked: false };
  const masked = rules.isSensitive(column);
  return { preview: masked ? maskedText : previewValue(record.get(column) ?? null), masked };
}

/** A field in full: text as it is, bytes as a preview. */
function wholeText(value: Value): string {
  return typeof value === 'string' ? value : previewValue(value, 10_000);
}

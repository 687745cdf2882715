import { OverlandError } from '#shared/model/error.ts';
import type { Reject } from '#shared/model/value.ts';
import type { ProfileChange } from '../../profile/apply-changes.ts';
import { amendPlan } from '../../run/amended-plan.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import type { QuarantineRecordRow, RunRecord } from '../../run/journal/rows.ts';
import { decodeRecord } from '../../values/encode.ts';
import { messageOf } from '../failure.ts';

export type TrialRequest = {
  readonly step: string;
  /** Null: all open records of the step. */
  readonly code: string | null;
  readonly changes: readonly ProfileChange[];
};
export type Trial = { pass: number; stay: number; error: string | null };

/**
 * Tries changed rules on the open records of a step and reason, in memory: nothing is written, the target is only read. What the
 * rules themselves get wrong is told in `error`, then every record stays.
 */
export async function tryRules(
  context: EngineContext,
  run: RunRecord,
  request: TrialRequest,
  signal: AbortSignal,
): Promise<Trial> {
  const open = context.journal.findings.openOf(run.id, request.step, request.code);
  if (open.length === 0) return { pass: 0, stay: 0, error: null };
  try {
    const records = distinct(open).map((row) => decodeRecord(row.record));
    const { rejects } = await amendPlan(context, run, request, records, signal);
    const stay = open.filter((row) => rejects.some((reject) => sameThing(row, reject))).length;
    return { pass: open.length - stay, stay, error: null };
  } catch (error) {
    signal.throwIfAborted();
    return { pass: 0, stay: open.length, error: problemWords(error) };
  }
}

/** Items of one record have the same record. */
function distinct(rows: readonly QuarantineRecordRow[]): QuarantineRecordRow[] {
  return [...new Map(rows.map((row) => [row.key, row])).values()];
}

/** A record that is set aside whole takes its items with it. */
function sameThing(row: QuarantineRecordRow, reject: Reject): boolean {
  if (row.key !== reject.key) return false;
  if (reject.output === null && reject.item === null) return true;
  return row.output === reject.output && row.item === reject.item;
}

function problemWords(error: unknown): string {
  if (error instanceof OverlandError && (error.code === 'BUNDLE_INVALID' || error.code === 'INVALID_INPUT')) {
    const { problems } = error.data as OverlandError<'INVALID_INPUT'>['data'];
    const first = problems[0];
    if (first) return [first.key, first.message, first.advice].filter((part) => part !== null).join(': ');
  }
  return messageOf(error);
}

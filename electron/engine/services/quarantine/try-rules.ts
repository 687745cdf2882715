import { join } from 'node:path';
import { OverlandError } from '#shared/model/error.ts';
import type { Reject } from '#shared/model/value.ts';
import type { ProfileChange } from '../../profile/apply-changes.ts';
import { bundleOfRun } from '../../run/bundle-of-run.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import type { QuarantineRecordRow, RunRecord } from '../../run/journal/rows.ts';
import { SessionPool } from '../../run/session-pool.ts';
import { readEnv } from '../../run/step-env.ts';
import { storedPlan } from '../../run/stored-plan.ts';
import { withResource } from '../../run/with-resource.ts';
import { decodeRecord } from '../../values/encode.ts';
import { messageOf } from '../failure.ts';

export type TrialRequest = {
  readonly step: string;
  readonly code: string;
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
    const again = await rejectsOf(context, run, request, open, signal);
    const stay = open.filter((row) => again.some((reject) => sameThing(row, reject))).length;
    return { pass: open.length - stay, stay, error: null };
  } catch (error) {
    signal.throwIfAborted();
    return { pass: 0, stay: open.length, error: problemWords(error) };
  }
}

async function rejectsOf(
  context: EngineContext,
  run: RunRecord,
  request: TrialRequest,
  open: readonly QuarantineRecordRow[],
  signal: AbortSignal,
): Promise<readonly Reject[]> {
  const bundle = await bundleOfRun(context, run, request.changes);
  const step = bundle.profile.steps.find((one) => one.id === request.step);
  const stored = storedPlan(context, run.id).steps.find((one) => one.id === request.step);
  if (!step || !stored) throw new Error(`The plan has no step ${request.step}.`);
  const amended = step.kind.amend?.(stored.plan, step.spec) ?? null;
  if (amended === null || !step.kind.retry) {
    throw new Error(
      `Step ${request.step} cannot be replayed with these changes: only rules, maps and set values may differ.`,
    );
  }
  const { environment } = context;
  const scratch = join(environment.paths.scratch, run.id, `try-${environment.random.id(8)}`);
  await environment.fs.makeFolder(scratch);
  const records = distinct(open).map((row) => decodeRecord(row.record));
  const retry = step.kind.retry;
  try {
    const pool = new SessionPool(context, bundle.profile, bundle.files.folder, 'read', scratch, signal);
    return await withResource(pool, () =>
      retry(
        amended,
        stored,
        records,
        readEnv({ context, run, bundle, pool, scratch, signal, report: () => undefined }),
      ),
    );
  } finally {
    await environment.fs.remove(scratch);
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
  if (error instanceof OverlandError && error.code === 'BUNDLE_INVALID') {
    const { problems } = error.data as OverlandError<'BUNDLE_INVALID'>['data'];
    const first = problems[0];
    if (first) return [first.key, first.message, first.advice].filter((part) => part !== null).join(': ');
  }
  return messageOf(error);
}

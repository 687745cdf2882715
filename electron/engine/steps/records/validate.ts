import { counted, figure } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { RelationalSession } from '../../../drivers/relational.ts';
import { RowDigest } from '../../values/digest.ts';
import type { ReadEnv, StepDone, StepHead, ValidationItem } from '../step-kind.ts';
import { compareRecords } from './compare-records.ts';
import { compilePlan, type Output } from './compiled.ts';
import { orphans } from './orphans.ts';
import type { RecordsPlan } from './plan-types.ts';

/**
 * `quick`: each output table is read again and held against what its steps committed, as count and digest. `full`: the source is
 * read and mapped again as well and compared row by row. Where the digest cannot be foretold, quick compares row by row too.
 */
export async function* validateRecords(
  plan: RecordsPlan,
  step: StepHead,
  scope: 'quick' | 'full',
  done: StepDone,
  env: ReadEnv,
): AsyncIterable<ValidationItem> {
  const target = await env.session(plan.spec.target.connection);
  const compiled = compilePlan(plan, target, env);
  let unforeseen = false;
  for (const output of compiled.outputs) {
    if (!isLastToWrite(output, step, done)) continue;
    const expected = expectedOf(plan, output, done);
    if (expected === null) unforeseen = true;
    else yield* compareTable(output, expected, target, step, env);
    yield* orphans(output, target, step, env);
  }
  if (scope === 'full' || unforeseen) yield* compareRecords(plan, compiled, step, done, env);
}

/** A table that several steps write is read once, for the last of them. */
export function isLastToWrite(output: Pick<Output, 'table'>, step: StepHead, done: StepDone): boolean {
  const writers = done.shared.filter((one) => output.table in one.counts.outputs);
  return writers.length === 0 || writers.at(-1)!.step === step.id;
}

/** Digest of the whole table as it should be: what was there, and what every step of the run committed. Null when not known. */
function expectedOf(plan: RecordsPlan, output: Output, done: StepDone): RowDigest | null {
  if (plan.spec.target.mode !== 'insert' || output.digestBefore === null) return null;
  const sum = RowDigest.parse(output.digestBefore);
  for (const { digests, counts } of done.shared) {
    const digest = digests[output.table];
    if (digest !== undefined) sum.merge(RowDigest.parse(digest));
    else if ((counts.outputs[output.table]?.inserted ?? 0) > 0) return null;
  }
  return sum;
}

/** Holds a table as it is now against the digest that it should have. */
export async function* compareTable(
  output: Pick<Output, 'table' | 'comparable'>,
  expected: RowDigest,
  target: RelationalSession,
  step: StepHead,
  env: ReadEnv,
): AsyncIterable<ValidationItem> {
  const found = new RowDigest();
  for await (const batch of target.scan(output.table, output.comparable, env.signal)) {
    found.addAll(batch.rows);
    yield { kind: 'progress', done: found.rows };
  }
  const equal = found.equals(expected);
  yield {
    kind: 'table',
    table: output.table,
    expectedRows: expected.rows,
    foundRows: found.rows,
    expectedDigest: expected.toText(),
    foundDigest: found.toText(),
    equal,
  };
  if (!equal) yield { kind: 'finding', finding: differs(output, expected, found, step) };
}

function differs(output: Pick<Output, 'table'>, expected: RowDigest, found: RowDigest, step: StepHead): Finding {
  const missing = expected.rows - found.rows;
  const what =
    missing > 0
      ? `${counted(missing, 'row')} fewer than were written`
      : missing < 0
        ? `${counted(-missing, 'row')} more than were written`
        : 'as many rows as were written, with another content';
  return makeFinding({
    severity: missing > 0 ? 'critical' : 'error',
    category: missing > 0 ? 'data_loss' : 'data_consistency',
    step: step.id,
    path: output.table,
    message: `${output.table} holds ${what}.`,
    oldValue: expected.toText(),
    newValue: found.toText(),
    suggestion: 'Validate in full to see the rows and columns; somebody else may have written since.',
    count: missing === 0 ? null : Math.abs(missing),
    basis: `table read in full, ${figure(found.rows)} rows`,
  });
}

import { counted, figure } from '#shared/model/figures.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { Bounds, RelationalSession } from '../../../../drivers/relational.ts';
import { RowDigest } from '../../../values/digest.ts';
import type { ReadEnv, StepDone, StepHead, ValidationItem } from '../../step-kind.ts';
import { mapRange } from '../block.ts';
import { compareRecords } from '../compare-records.ts';
import { orphans } from '../orphans.ts';
import { compareTable, isLastToWrite } from '../validate.ts';
import { type CompiledTable, compileTable } from './compiled-table.ts';
import { digestOfTable, writtenDigest } from './expected-digest.ts';
import type { WholePlan } from './plan-types.ts';

/**
 * `quick`: every table of the target is read and held against the digest that was taken in flight. `full`: the source is read
 * and converted again as well and compared row by row, so that a difference is named down to row and column.
 */
export async function* validateWhole(
  plan: WholePlan,
  step: StepHead,
  scope: 'quick' | 'full',
  done: StepDone,
  env: ReadEnv,
): AsyncIterable<ValidationItem> {
  const source = await env.session(plan.spec.source.connection);
  const target = await env.session(plan.spec.target.connection);
  for (const table of plan.tables) {
    const compiled = compileTable(plan, table, env);
    const output = compiled.outputs[0]!;
    const expected = isLastToWrite(output, step, done) ? expectedOf(plan, compiled, done) : null;
    if (expected) yield* compareTable(output, expected, target, step, env);
    if (scope === 'full') {
      yield* orphans(output, target, step, env);
      yield* compareAgain(compiled, source, target, step, done, env);
    } else if (!expected && isLastToWrite(output, step, done)) {
      yield* compareAgain(compiled, source, target, step, done, env);
    }
  }
}

/** What the table should hold: what was there, and what every step of the run left in it. Null when it cannot be foretold. */
function expectedOf({ spec }: WholePlan, { outputs, table }: CompiledTable, done: StepDone): RowDigest | null {
  const { mode } = spec.target;
  if ((mode !== 'create' && mode !== 'insert') || table.digestBefore === null) return null;
  const output = outputs[0]!;
  const sum = RowDigest.parse(table.digestBefore);
  for (const { digests, counts } of done.shared) {
    if (digests[output.table] !== undefined) sum.merge(writtenDigest(digests, output.table));
    else if ((counts.outputs[output.table]?.inserted ?? 0) > 0) return null;
  }
  return sum;
}

async function* compareAgain(
  compiled: CompiledTable,
  source: RelationalSession,
  target: RelationalSession,
  step: StepHead,
  done: StepDone,
  env: ReadEnv,
): AsyncIterable<ValidationItem> {
  const { table, plan } = compiled;
  if (table.targetKey.length > 0) yield* compareRecords(plan, compiled, step, done, env);
  else if (table.rowsBefore === 0) yield* compareContents(compiled, source, target, step, done, env);
  else {
    const check = `Rows of ${table.copy.target} from ${step.id}`;
    const found = 'not compared: without a key they cannot be told from those that were there';
    yield { kind: 'check', check, found, severity: 'info' };
  }
}

/** Rows without a key are compared as a set. */
async function* compareContents(
  compiled: CompiledTable,
  source: RelationalSession,
  target: RelationalSession,
  step: StepHead,
  done: StepDone,
  env: ReadEnv,
): AsyncIterable<ValidationItem> {
  const output = compiled.outputs[0]!;
  const { mapping, read } = compiled;
  const expected = new RowDigest();
  for await (const block of mapRange(source, read, everything, mapping, env)) {
    const { rows, records } = block.mapped.outputs[0]!;
    for (const [at, row] of rows.entries()) {
      if (done.setAside?.has(mapping.keyText(block.rows[records[at]!]!))) continue;
      expected.add(output.stored(row));
    }
    yield { kind: 'progress', done: expected.rows };
  }
  const found = await digestOfTable(target, output, env.signal);
  const equal = found.equals(expected);
  yield {
    kind: 'check',
    check: `Rows of ${output.table} from ${step.id}, as a set`,
    found: equal ? `${counted(found.rows, 'row')}, all the same` : 'they differ',
    severity: equal ? 'ok' : 'error',
  };
  if (equal) return;
  const message = `${output.table} has no key and holds ${figure(found.rows)} rows that differ from the ${figure(expected.rows)} of the source.`;
  const finding = makeFinding({
    severity: found.rows < expected.rows ? 'critical' : 'error',
    category: found.rows < expected.rows ? 'data_loss' : 'data_consistency',
    step: step.id,
    path: output.table,
    message,
    suggestion: 'Name a key for the table, so that its rows can be told apart.',
  });
  yield { kind: 'finding', finding };
}

const everything: Bounds = { from: null, to: null, inclusive: 'to', records: 0 };

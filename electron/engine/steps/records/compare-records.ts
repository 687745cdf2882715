import { figure } from '#shared/model/figures.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { Row } from '#shared/model/value.ts';
import type { Bounds, RelationalSession } from '../../../drivers/relational.ts';
import { maskedText, sensitiveNames } from '../../validation/sensitive.ts';
import { previewValue } from '../../values/text-preview.ts';
import type { ReadEnv, StepDone, StepHead, ValidationItem } from '../step-kind.ts';
import { mapRange } from './block.ts';
import type { Compiled, Output } from './compiled.ts';
import type { RecordsPlan } from './plan-types.ts';
import { rowsInTarget } from './rows-in-target.ts';
import { sameValue } from './same-value.ts';

/** Differences that are listed one by one; counts are complete. */
const listed = 1_000;

const everything: Bounds = { from: null, to: null, inclusive: 'to', records: 0 };

type Found = { compared: number; missing: number; changed: number };

/** Reads and maps the source again and looks every row up in the target by its key, column by column. */
export async function* compareRecords(
  plan: RecordsPlan,
  compiled: Compiled,
  step: StepHead,
  done: StepDone,
  env: ReadEnv,
): AsyncIterable<ValidationItem> {
  const source = await env.session(plan.spec.source.connection);
  const target = await env.session(plan.spec.target.connection);
  const masked = sensitiveNames(env.sensitive);
  const totals = new Map<string, Found>(
    compiled.outputs.map((output) => [output.table, { compared: 0, missing: 0, changed: 0 }]),
  );
  let findings = 0;
  let records = 0;
  for await (const block of mapRange(source, compiled.read, everything, compiled.mapping, env)) {
    records += block.rows.length;
    const aside = recordsSetAside(compiled, block.rows, done);
    for (const output of compiled.outputs) {
      const { rows, records: owners } = block.mapped.outputs[output.index]!;
      const own = aside.size === 0 ? rows : rows.filter((_, at) => !aside.has(owners[at]!));
      for await (const difference of compareRows(output, own, target, totals.get(output.table)!)) {
        findings += 1;
        if (findings <= listed)
          yield { kind: 'finding', finding: describeDifference(difference, output, step, masked) };
      }
    }
    yield { kind: 'progress', done: records };
  }
  for (const [table, total] of totals) yield check(table, total, step);
}

/** Records that the target refused: they are in quarantine, and the row under their key is another's. */
function recordsSetAside({ mapping }: Compiled, rows: readonly Row[], done: StepDone): ReadonlySet<number> {
  const { setAside } = done;
  if (!setAside || setAside.size === 0) return new Set();
  return new Set(rows.flatMap((row, record) => (setAside.has(mapping.keyText(row)) ? [record] : [])));
}

type Difference = {
  readonly key: string;
  readonly column: string | null;
  readonly expected: Row[number] | null;
  readonly found: Row[number] | null;
};

async function* compareRows(
  output: Output,
  rows: readonly Row[],
  target: RelationalSession,
  total: Found,
): AsyncIterable<Difference> {
  if (rows.length === 0) return;
  const { key, columns } = output.spec;
  const at = key.map((name) => columns.indexOf(name));
  const rest = columns.filter((name) => !key.includes(name) && !output.spec.surrogate.includes(name));
  const expectedAt = rest.map((name) => ({ column: columns.indexOf(name), stored: output.comparable.indexOf(name) }));
  const inTarget = await rowsInTarget(target, output, rows, rest);
  for (const row of rows) {
    total.compared += 1;
    const there = inTarget(row);
    const name = at.map((index) => previewValue(row[index] ?? null)).join(', ');
    if (!there) {
      total.missing += 1;
      yield { key: name, column: null, expected: null, found: null };
      continue;
    }
    const stored = output.stored(row);
    let differs = false;
    for (const [index, { column, stored: position }] of expectedAt.entries()) {
      const expected = (position < 0 ? row[column] : stored[position]) ?? null;
      const value = there[key.length + index] ?? null;
      if (sameValue(expected, value) || (position < 0 && output.sameStored?.(expected, value))) continue;
      differs = true;
      yield { key: name, column: rest[index]!, expected, found: value };
    }
    if (differs) total.changed += 1;
  }
}

function describeDifference(
  difference: Difference,
  output: Output,
  step: StepHead,
  masked: (column: string) => boolean,
) {
  const { key, column, expected, found } = difference;
  if (column === null) {
    return makeFinding({
      severity: 'critical',
      category: 'data_loss',
      step: step.id,
      path: `${output.table} / ${key}`,
      message: `Row ${key} of ${output.table} is missing.`,
      suggestion: 'Look whether the application removed it; otherwise roll back.',
    });
  }
  const text = (value: Row[number] | null) =>
    value === null ? null : masked(column) ? maskedText : previewValue(value);
  return makeFinding({
    severity: 'error',
    category: 'data_consistency',
    step: step.id,
    path: `${output.table} / ${key} / ${column}`,
    message: `Column ${column} of row ${key} in ${output.table} differs from what the source gives.`,
    oldValue: text(expected),
    newValue: text(found),
    suggestion: 'Look whether the application changed it since.',
  });
}

function check(table: string, { compared, missing, changed }: Found, step: StepHead): ValidationItem {
  const parts = [`${figure(compared)} rows compared`];
  if (missing > 0) parts.push(`${figure(missing)} missing`);
  if (changed > 0) parts.push(`${figure(changed)} changed`);
  return {
    kind: 'check',
    check: `Rows of ${table} from ${step.id}, column by column`,
    found: parts.join(', '),
    severity: missing > 0 ? 'critical' : changed > 0 ? 'error' : 'ok',
  };
}

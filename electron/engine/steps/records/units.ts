import type { Bounds, Chunk } from '../../../drivers/relational.ts';
import type { StepHead, UnitWork, WorkEnv } from '../step-kind.ts';
import { controlLedger } from '../transaction.ts';
import { applyChunk, rejectChunk } from './apply.ts';
import { compilePlan } from './compiled.ts';
import type { RecordsPlan } from './plan-types.ts';
import { SamplePicker } from './samples.ts';
import { finishRecordsUndo, undoChunk } from './undo.ts';
import type { RecordsUnit } from './unit-context.ts';

/** One unit per step: a stored list of ranges of the source. */
export async function* recordsUnits(plan: RecordsPlan, step: StepHead, env: WorkEnv): AsyncIterable<UnitWork> {
  const source = await env.session(plan.spec.source.connection);
  const target = await env.session(plan.spec.target.connection);
  const compiled = compilePlan(plan, target, env);
  const samples = env.mode === 'dry_run' ? new SamplePicker(plan, compiled, env) : null;
  yield unitOf({ ...compiled, id: step.id, plan, step, env, source, target, purpose: 'rows', samples });
}

function unitOf(unit: RecordsUnit): UnitWork {
  const { plan, source, target, env, samples } = unit;
  return {
    id: unit.id,
    needs: [],
    commit: 'target_transaction',
    total: env.onlyKeys ? env.onlyKeys.size : plan.records,
    ledger: controlLedger(target, env.run.id, unit.id),
    bounds: (signal) => source.bounds(unit.read, plan.chunk, signal),
    apply: (chunk, apply) => applyChunk(unit, chunk, apply),
    halves: (chunk, hint) => halves(unit, chunk, hint),
    reject: (chunk, error, apply) => rejectChunk(unit, chunk, error, apply),
    probe: async (chunk) => {
      const rows = await target.control.chunks(env.run.id, unit.id);
      return rows.some((row) => row.path === chunk.path && row.state === 'done') ? 'present' : 'absent';
    },
    async *settle() {
      // Tables, indexes and keys were there before the rows.
    },
    undo: (chunk, undo) => undoChunk(unit, chunk, undo),
    finishUndo: (undo) => finishRecordsUndo(unit, undo),
    ...(samples ? { samples: () => samples.picked() } : {}),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** A bad record at the front or the end of a range still leaves two parts. */
function halves(unit: RecordsUnit, chunk: Chunk, hint: number | null): Promise<readonly [Bounds, Bounds] | null> {
  const { records } = chunk.bounds;
  const at = hint === null ? null : Math.min(Math.max(hint, 1), Math.max(records - 1, 1));
  return unit.source.halves(unit.read, chunk.bounds, at);
}

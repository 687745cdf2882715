import type { UnitWork } from '../../step-kind.ts';
import { controlLedger } from '../../transaction.ts';
import { rejectChunk } from '../apply.ts';
import { SamplePicker } from '../samples.ts';
import { finishRecordsUndo } from '../undo.ts';
import type { RecordsUnit } from '../unit-context.ts';
import type { WholeContext } from './action-unit.ts';
import { type CompiledTable, tableUnit } from './compiled-table.ts';
import { streamRange } from './stream.ts';
import { undoRange } from './undo-range.ts';

/** The rows of one table: a stored list of ranges of the source, several at once where the target can. */
export function rowsUnit(context: WholeContext, compiled: CompiledTable): UnitWork {
  const { source, target, step, env, plan } = context;
  const { table } = compiled;
  const samples = env.mode === 'dry_run' ? new SamplePicker(compiled.plan, compiled, env) : null;
  const unit: RecordsUnit = { ...tableUnit(compiled, step, env, { source, target }), samples };
  return {
    id: unit.id,
    needs: [],
    commit: 'target_transaction',
    parallel: Math.min(plan.spec.parallel, target.can.parallel ?? 1),
    total: env.onlyKeys ? null : table.records,
    ledger: controlLedger(target, env.run.id, unit.id),
    async *bounds(signal) {
      if (table.inOne) yield { from: null, to: null, inclusive: 'to', records: table.records };
      else yield* source.bounds(compiled.read, table.chunk, signal);
    },
    apply: (chunk, apply) => streamRange(unit, chunk, apply),
    halves: async (chunk, hint) => {
      const most = Math.max(chunk.bounds.records - 1, 1);
      return source.halves(compiled.read, chunk.bounds, hint === null ? null : Math.min(Math.max(hint, 1), most));
    },
    reject: (chunk, error, apply) => rejectChunk(unit, chunk, error, apply),
    probe: async (chunk) => {
      const rows = await target.control.chunks(env.run.id, unit.id);
      return rows.some((row) => row.path === chunk.path && row.state === 'done') ? 'present' : 'absent';
    },
    async *settle() {
      // What comes after the rows has a unit of its own: it needs all tables.
    },
    undo: (chunk, undo) => undoRange(context, compiled, unit, chunk, undo),
    finishUndo: (undo) => finishRecordsUndo(unit, undo),
    ...(samples ? { samples: () => samples.picked() } : {}),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

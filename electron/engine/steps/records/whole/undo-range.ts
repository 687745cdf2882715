import type { Chunk, RelationalTransaction } from '../../../../drivers/relational.ts';
import type { UndoEnv, UndoResult } from '../../step-kind.ts';
import { quoteName, undoFailure, withTransaction } from '../../transaction.ts';
import { undoChunk } from '../undo.ts';
import type { RecordsUnit } from '../unit-context.ts';
import type { WholeContext } from './action-unit.ts';
import type { CompiledTable } from './compiled-table.ts';
import { exportRows, goesAsAWhole, isUntouched, othersWrote, rowsLeft } from './drop-table.ts';

/**
 * Takes back one range. Rows of a table that will be dropped are not removed one by one as long as they are as this run wrote
 * them; rows without a key can only be taken back together.
 */
export async function undoRange(
  context: WholeContext,
  compiled: CompiledTable,
  unit: RecordsUnit,
  chunk: Chunk,
  undo: UndoEnv,
): Promise<UndoResult> {
  const drops = context.plan.spec.undo === 'drop_created';
  const keyless = compiled.table.targetKey.length === 0;
  try {
    if (keyless && !drops) return await undoKeyless(context, compiled, chunk, undo);
    if (drops && (keyless || (await goesAsAWhole(context, compiled, undo)))) {
      return await marked(context, chunk, undo, chunk.bounds.records);
    }
    return await undoChunk(unit, chunk, undo);
  } catch (error) {
    return undoFailure(error, undo.signal);
  }
}

/** The table was empty before. All its rows go with the first range that is taken back, the others are only marked. */
async function undoKeyless(
  context: WholeContext,
  compiled: CompiledTable,
  chunk: Chunk,
  undo: UndoEnv,
): Promise<UndoResult> {
  const { table } = compiled.outputs[0]!;
  const rows = await rowsLeft(context, compiled, undo);
  if (rows === 0) return marked(context, chunk, undo, 0);
  const untouched = await isUntouched(context, compiled, undo);
  const findings = untouched ? [] : [othersWrote(context, table, rows)];
  if (!untouched && undo.diverged === 'stop') return { kind: 'diverged', findings };
  if (!untouched && undo.diverged === 'export_and_remove') await exportRows(context, compiled, undo);
  const removes = untouched || undo.diverged === 'export_and_remove';
  const result = await marked(context, chunk, undo, removes ? rows : 0, async (transaction) => {
    if (removes) await transaction.execute(`DELETE FROM ${quoteName(context.target, table)}`);
  });
  return result.kind === 'undone' ? { ...result, diverged: findings } : result;
}

async function marked(
  { target }: WholeContext,
  chunk: Chunk,
  undo: UndoEnv,
  rows: number,
  act: (transaction: RelationalTransaction) => Promise<void> = async () => undefined,
): Promise<UndoResult> {
  return withTransaction(
    target,
    async (transaction): Promise<UndoResult> => {
      const claim = await transaction.claimUndo(chunk, undo.fence);
      if (claim === 'fenced') return { kind: 'fenced' };
      if (claim !== 'claimed') return { kind: 'nothing' };
      await act(transaction);
      undo.signal.throwIfAborted();
      await transaction.commit(null, null);
      return { kind: 'undone', rows, diverged: [] };
    },
    'bulk',
  );
}

import type { Finding } from '#shared/model/finding.ts';
import type { Chunk, RelationalTransaction } from '../../../drivers/relational.ts';
import type { UndoEnv, UndoResult } from '../step-kind.ts';
import { quoteName, undoFailure, withTransaction } from '../transaction.ts';
import { mapRange } from './block.ts';
import type { Output } from './compiled.ts';
import { Removal } from './removal.ts';
import type { RecordsUnit } from './unit-context.ts';

/**
 * Removes what one chunk wrote, in one transaction. Where keys or preimages were kept they decide; else the chunk's records are
 * read and mapped again, and a row is removed when it is still as it was written. The ledger in the target says how many rows
 * there must be. Rows that differ, are gone, or that others made to refer to ours are findings, and `diverged` decides.
 */
export async function undoChunk(unit: RecordsUnit, chunk: Chunk, undo: UndoEnv): Promise<UndoResult> {
  try {
    const outputs = await writtenOutputs(unit, chunk);
    return await withTransaction(unit.target, async (transaction): Promise<UndoResult> => {
      const claim = await transaction.claimUndo(chunk, undo.fence);
      if (claim === 'fenced') return { kind: 'fenced' };
      if (claim !== 'claimed') return { kind: 'nothing' };
      const removal = new Removal(unit, transaction, undo);
      const open: WrittenOutput[] = [];
      for (const written of outputs) {
        // Its children go first: the target would take them along.
        if (written.output.keep !== 'nothing' && open.length > 0)
          await undoMapped(unit, chunk, undo, open.splice(0), removal);
        if (!(await undoKept(unit, chunk, undo, transaction, written, removal))) open.push(written);
      }
      if (open.length > 0) await undoMapped(unit, chunk, undo, open, removal);
      const findings = removal.findings();
      if (removal.mustStop || (findings.length > 0 && undo.diverged === 'stop')) return { kind: 'diverged', findings };
      undo.signal.throwIfAborted();
      await transaction.commit(null, null);
      return { kind: 'undone', rows: removal.removed, diverged: findings };
    });
  } catch (error) {
    return undoFailure(error, undo.signal);
  }
}

/** After all chunks: whether the tables hold what they held before the run is proven by the rollback as a whole. */
export async function finishRecordsUndo(unit: RecordsUnit, undo: UndoEnv): Promise<readonly Finding[]> {
  undo.signal.throwIfAborted();
  const chunks = await unit.target.control.chunks(unit.env.run.id, unit.id);
  const open = chunks.filter((chunk) => chunk.state === 'done').length;
  return open === 0 ? [] : [Removal.notUndone(unit, open)];
}

type WrittenOutput = { readonly output: Output; readonly rows: number };

/** Outputs that this chunk wrote to, children before parents, with the rows that the ledger counts. */
async function writtenOutputs(unit: RecordsUnit, chunk: Chunk): Promise<WrittenOutput[]> {
  const ledger = await unit.target.control.chunks(unit.env.run.id, unit.id);
  const counts = ledger.find((row) => row.path === chunk.path)?.counts ?? null;
  return [...unit.outputs].reverse().flatMap((output) => {
    const own = counts?.outputs[output.table];
    const rows = own ? own.inserted + own.updated : 0;
    return rows === 0 ? [] : [{ output, rows }];
  });
}

/** True when keys or preimages were kept for this output, so that it is undone. */
async function undoKept(
  unit: RecordsUnit,
  chunk: Chunk,
  undo: UndoEnv,
  transaction: RelationalTransaction,
  { output }: WrittenOutput,
  removal: Removal,
): Promise<boolean> {
  const before = await referringRows(unit, transaction, output);
  const kept = await transaction.undoKept(output.spec, chunk, undo.fence);
  if (kept.undone === 0 && kept.diverged.length === 0) return false;
  await removal.kept(output, kept);
  for (const [table, rows] of await referringRows(unit, transaction, output)) {
    const gone = before.get(table)! - rows;
    if (gone > 0) removal.cascaded(output, table, gone);
  }
  return true;
}

/** Rows of other tables that refer to this one: deleting a parent may take them along. */
async function referringRows(
  unit: RecordsUnit,
  transaction: RelationalTransaction,
  output: Output,
): Promise<ReadonlyMap<string, number>> {
  const rows = new Map<string, number>();
  for (const table of new Set(output.referredBy.map((reference) => reference.table))) {
    if (table === output.table) continue;
    const [row] = await transaction.query(`SELECT count(*) FROM ${quoteName(unit.target, table)}`);
    rows.set(table, Number(row?.[0] ?? 0));
  }
  return rows;
}

/** Rows of tables that nothing refers to go batch by batch; the others after them, last row first. */
async function undoMapped(
  unit: RecordsUnit,
  chunk: Chunk,
  undo: UndoEnv,
  open: readonly WrittenOutput[],
  removal: Removal,
): Promise<void> {
  const { session, policy, onlyKeys } = unit.env;
  const env = { session, policy, onlyKeys, signal: undo.signal };
  const collected = new Map(open.map(({ output }) => [output, removal.collector()]));
  for await (const block of mapRange(unit.source, unit.read, chunk.bounds, unit.mapping, env)) {
    for (const { output } of open) {
      const { rows } = block.mapped.outputs[output.index]!;
      if (output.referredBy.length === 0) await removal.remove(output, rows);
      else collected.get(output)!.push(...rows.map((row) => [...row]));
    }
  }
  for (const { output, rows } of open) {
    if (output.referredBy.length > 0) await removal.removeReferred(output, collected.get(output)!.reverse());
    removal.expect(output, rows, chunk);
  }
}

import { counted } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { Chunk } from '../../../../drivers/relational.ts';
import { encodeRecord } from '../../../values/encode.ts';
import type { UndoEnv, UndoResult } from '../../step-kind.ts';
import { quoteName, withTransaction } from '../../transaction.ts';
import type { WholeContext } from './action-unit.ts';
import type { CompiledTable } from './compiled-table.ts';
import { digestOfChunks, digestOfTable } from './expected-digest.ts';
import type { Action } from './plan-types.ts';

/**
 * Drops a table that this run made. It must be empty, or hold what the run wrote and nothing else; rows of others are a
 * finding, and `diverged` decides: the table stays as it is, or its rows are exported and it goes.
 */
export async function dropTable(
  context: WholeContext,
  action: Action,
  chunk: Chunk,
  undo: UndoEnv,
): Promise<UndoResult> {
  const { target, tables } = context;
  const compiled = tables.find((one) => one.outputs[0]!.table === action.table);
  if (!compiled) throw new Error(`The plan makes ${action.table} and does not fill it`);
  const { tables: there } = await target.catalog([action.table]);
  const found = there.some((table) => table.name === action.table);
  const left = found && !(await isUntouched(context, compiled, undo)) ? await rowsLeft(context, compiled, undo) : 0;
  const findings = left > 0 ? [othersWrote(context, action.table, left)] : [];
  if (left > 0 && undo.diverged === 'stop') return { kind: 'diverged', findings };
  const drops = found && (left === 0 || undo.diverged === 'export_and_remove');
  if (drops && left > 0) await exportRows(context, compiled, undo);
  if (drops && !target.can.transactionalDdl) await target.direct?.([action.undo ?? ''], undo.signal);
  return withTransaction(
    target,
    async (transaction): Promise<UndoResult> => {
      const claim = await transaction.claimUndo(chunk, undo.fence);
      if (claim === 'fenced') return { kind: 'fenced' };
      if (claim !== 'claimed') return { kind: 'nothing' };
      if (drops && target.can.transactionalDdl) await transaction.execute(action.undo ?? '');
      undo.signal.throwIfAborted();
      await transaction.commit(null, null);
      return { kind: 'undone', rows: left, diverged: findings };
    },
    'bulk',
  );
}

const untouched = new WeakMap<CompiledTable, Promise<boolean>>();

/** Whether the table holds what this run wrote, row by row as it was written. Looked at once per undo. */
export function isUntouched(context: WholeContext, compiled: CompiledTable, undo: UndoEnv): Promise<boolean> {
  const known = untouched.get(compiled);
  if (known) return known;
  const looked = lookWhetherUntouched(context, compiled, undo);
  untouched.set(compiled, looked);
  looked.catch(() => untouched.delete(compiled));
  return looked;
}

/** Whether a table and all that it refers to are untouched: else its rows must go before those that they refer to. */
export async function goesAsAWhole(
  context: WholeContext,
  compiled: CompiledTable,
  undo: UndoEnv,
  seen: ReadonlySet<CompiledTable> = new Set(),
): Promise<boolean> {
  if (!(await isUntouched(context, compiled, undo))) return false;
  const path = new Set([...seen, compiled]);
  for (const key of compiled.table.copy.foreignKeys) {
    const parent = context.tables.find((one) => one.table.copy.target === key.table);
    if (parent && !path.has(parent) && !(await goesAsAWhole(context, parent, undo, path))) return false;
  }
  return true;
}

async function lookWhetherUntouched(
  { target, env, step }: WholeContext,
  { outputs, table }: CompiledTable,
  undo: UndoEnv,
): Promise<boolean> {
  const output = outputs[0]!;
  const units = [`${step.id}/${table.copy.source}`, `${step.id}/finish`];
  const written = await digestOfChunks(target, env.run.id, units, output.table);
  return written.equals(await digestOfTable(target, output, undo.signal));
}

/** Rows in the table now. */
export async function rowsLeft({ target }: WholeContext, { outputs }: CompiledTable, undo: UndoEnv): Promise<number> {
  const { rows } = await target.query(`SELECT count(*) FROM ${quoteName(target, outputs[0]!.table)}`, 1, undo.signal);
  return Number(rows[0]?.[0] ?? 0);
}

/** Keeps every row of the table before it goes. */
export async function exportRows({ target }: WholeContext, { outputs }: CompiledTable, undo: UndoEnv): Promise<void> {
  const { table, spec } = outputs[0]!;
  for await (const batch of target.scan(table, spec.columns, undo.signal)) {
    for (const row of batch.rows) {
      const key = spec.key.map((name) => String(row[spec.columns.indexOf(name)] ?? null)).join(', ');
      await undo.export({ output: table, key, row: encodeRecord(spec.columns, row) });
    }
  }
}

export function othersWrote({ step }: WholeContext, table: string, rows: number): Finding {
  return makeFinding({
    severity: 'error',
    category: 'diverged',
    step: step.id,
    path: table,
    message: `${table} holds ${counted(rows, 'row')} that this run did not write, or that were changed since.`,
    suggestion: 'Keep the table with these rows, or export them and drop it.',
    count: rows,
  });
}

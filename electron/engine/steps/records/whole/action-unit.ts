import { noCounts } from '#shared/model/run.ts';
import { type Chunk, DbFailure, type RelationalSession } from '../../../../drivers/relational.ts';
import type { ApplyEnv, ApplyResult, StepHead, UndoEnv, UndoResult, UnitWork, WorkEnv } from '../../step-kind.ts';
import {
  applyFailure,
  controlLedger,
  permanentError,
  quoteName,
  undoFailure,
  withTransaction,
} from '../../transaction.ts';
import type { CompiledTable } from './compiled-table.ts';
import { dropTable } from './drop-table.ts';
import { canTellDuplicates, removeDuplicates } from './duplicates.ts';
import { setOrphansAside } from './orphans.ts';
import type { Action, WholePlan } from './plan-types.ts';
import { commitTakenOut } from './taken-out.ts';

/** What the units of one copy share. */
export type WholeContext = {
  readonly plan: WholePlan;
  readonly tables: readonly CompiledTable[];
  readonly step: StepHead;
  readonly env: WorkEnv;
  readonly source: RelationalSession;
  readonly target: RelationalSession;
};

/**
 * A list of changes of the structure, one chunk each. Where the engine takes them into a transaction they commit with their
 * chunk's row; elsewhere it is looked first whether the change is there already, since a crash may have come between the two.
 */
export function actionUnit(context: WholeContext, name: 'make' | 'finish', actions: readonly Action[]): UnitWork {
  const { target, step, env } = context;
  const id = `${step.id}/${name}`;
  const byId = new Map(actions.map((action) => [action.id, action]));
  const actionOf = (chunk: Pick<Chunk, 'bounds' | 'path'>): Action => {
    const action = byId.get(chunk.bounds.from ?? '');
    if (!action) throw new Error(`Chunk ${chunk.path} of ${id} is no action of the plan`);
    return action;
  };
  return {
    id,
    needs: [],
    commit: target.can.transactionalDdl ? 'target_transaction' : 'probe',
    total: null,
    ledger: controlLedger(target, env.run.id, id),
    async *bounds() {
      for (const action of actions) yield { from: action.id, to: null, inclusive: 'to', records: 0 };
    },
    apply: (chunk, apply) => applyAction(context, actionOf(chunk), chunk, apply),
    halves: async () => null,
    reject: async (_chunk, error) => ({ kind: 'permanent', error: { ...error, kind: 'permanent' } }),
    probe: async (chunk) => ((await isThere(target, actionOf(chunk))) ? 'present' : 'absent'),
    async *settle() {
      // Every action is a chunk.
    },
    undo: (chunk, undo) => undoAction(context, actionOf(chunk), chunk, undo),
    finishUndo: async () => [],
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function applyAction(context: WholeContext, action: Action, chunk: Chunk, apply: ApplyEnv): Promise<ApplyResult> {
  const { target } = context;
  try {
    if (action.kind === 'orphans') return await setOrphansAside(context, chunk, apply);
    if (action.kind === 'duplicates') return await setDuplicatesAside(context, action, chunk, apply);
    if (!target.can.transactionalDdl) {
      const claim = await mayClaim(target, chunk, apply);
      if (claim !== 'claimed') return { kind: claim };
      const stopped = await changeDirectly(target, action, apply);
      if (stopped) return stopped;
    }
    return await withTransaction(
      target,
      async (transaction): Promise<ApplyResult> => {
        const claim = await transaction.claim(chunk, apply.fence);
        if (claim !== 'claimed') return { kind: claim };
        if (target.can.transactionalDdl) for (const sql of action.statements) await transaction.execute(sql);
        apply.signal.throwIfAborted();
        await transaction.commit(noCounts, '');
        return { kind: 'committed', counts: noCounts, digest: '' };
      },
      'bulk',
    );
  } catch (error) {
    const clash = error instanceof DbFailure && error.error.kind === 'data' && action.index?.unique;
    if (clash && target.can.transactionalDdl) return withoutDuplicates(context, action, chunk, apply);
    return applyFailure(error, apply.signal);
  }
}

/** Rows that a unique index refuses are looked for when it has refused: looking costs as much as the index. */
async function withoutDuplicates(
  context: WholeContext,
  action: Action,
  chunk: Chunk,
  apply: ApplyEnv,
): Promise<ApplyResult> {
  try {
    return await setDuplicatesAside(context, action, chunk, apply);
  } catch (error) {
    return applyFailure(error, apply.signal);
  }
}

/** In one transaction with the index, where the engine can. */
async function setDuplicatesAside(
  context: WholeContext,
  action: Action,
  chunk: Chunk,
  apply: ApplyEnv,
): Promise<ApplyResult> {
  const compiled = context.tables.find((one) => one.outputs[0]!.table === action.table);
  const { index } = action;
  if (!compiled || !index) throw new Error(`${action.id} is about no index of a table of the plan`);
  return withTransaction(
    context.target,
    async (transaction): Promise<ApplyResult> => {
      const claim = await transaction.claim(chunk, apply.fence);
      if (claim !== 'claimed') return { kind: claim };
      const told = canTellDuplicates(compiled, index);
      const taken = told ? await removeDuplicates(context, transaction, compiled, index) : null;
      for (const sql of action.statements) await transaction.execute(sql);
      return commitTakenOut(context, transaction, taken ? [taken] : [], apply);
    },
    'bulk',
  );
}

/** A process that was taken over must not change the structure either. Nothing is kept of the claim. */
async function mayClaim(target: RelationalSession, chunk: Chunk, { fence }: ApplyEnv) {
  return withTransaction(target, (transaction) => transaction.claim(chunk, fence), 'bulk');
}

async function changeDirectly(target: RelationalSession, action: Action, apply: ApplyEnv): Promise<ApplyResult | null> {
  const there = await isThere(target, action);
  if (there && action.kind === 'table' && !(await isEmpty(target, action.table))) {
    const message = `The target has a table ${action.table} with rows that this run did not write.`;
    return { kind: 'permanent', error: permanentError(message, { table: action.table }) };
  }
  if (!there) await runDirectly(target, action.statements, apply.signal);
  return null;
}

async function runDirectly(
  target: RelationalSession,
  statements: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  if (!target.direct) throw new Error(`The driver of ${target.endpoint.engine} has no way to change a structure`);
  await target.direct(statements, signal);
}

/** Whether the change was made. What can be made any number of times never is. */
async function isThere(target: RelationalSession, action: Action): Promise<boolean> {
  if (action.kind !== 'table' && action.kind !== 'index' && action.kind !== 'foreign_key') return false;
  const { tables } = await target.catalog([action.table]);
  const table = tables.find((one) => one.name === action.table);
  switch (action.kind) {
    case 'table':
      return table !== undefined;
    case 'index':
      return table?.details?.indexes.some((index) => index.name === action.object) ?? false;
    case 'foreign_key':
      return table?.foreignKeys.some((key) => key.name === action.object) ?? false;
  }
}

async function isEmpty(target: RelationalSession, table: string): Promise<boolean> {
  const { rows } = await target.query(`SELECT 1 FROM ${quoteName(target, table)} LIMIT 1`, 1);
  return rows.length === 0;
}

async function undoAction(context: WholeContext, action: Action, chunk: Chunk, undo: UndoEnv): Promise<UndoResult> {
  const { target } = context;
  try {
    if (action.kind === 'table') return await dropTable(context, action, chunk, undo);
    if (action.undo !== null && !target.can.transactionalDdl && (await isThere(target, action)))
      await runDirectly(target, [action.undo], undo.signal);
    return await withTransaction(
      target,
      async (transaction): Promise<UndoResult> => {
        const claim = await transaction.claimUndo(chunk, undo.fence);
        if (claim === 'fenced') return { kind: 'fenced' };
        if (claim !== 'claimed') return { kind: 'nothing' };
        if (action.undo !== null && target.can.transactionalDdl && (await isThere(target, action)))
          await transaction.execute(action.undo);
        await transaction.commit(null, null);
        return { kind: 'undone', rows: 0, diverged: [] };
      },
      'bulk',
    );
  } catch (error) {
    return undoFailure(error, undo.signal);
  }
}

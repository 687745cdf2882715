import { figure } from '#shared/model/figures.ts';
import type { Row } from '#shared/model/value.ts';
import type { Chunk, ForeignKey, RelationalTransaction } from '../../../../drivers/relational.ts';
import type { ApplyEnv, ApplyResult } from '../../step-kind.ts';
import { permanentError, quoteName, withTransaction } from '../../transaction.ts';
import type { WholeContext } from './action-unit.ts';
import type { CompiledTable } from './compiled-table.ts';
import { commitTakenOut, type TakenOut } from './taken-out.ts';

/**
 * Takes out of the filled tables every row whose foreign key points at nothing, then every row that refers to one of these, until
 * all keys hold, in one transaction.
 */
export async function setOrphansAside(context: WholeContext, chunk: Chunk, apply: ApplyEnv): Promise<ApplyResult> {
  return withTransaction(
    context.target,
    async (transaction): Promise<ApplyResult> => {
      const claim = await transaction.claim(chunk, apply.fence);
      if (claim !== 'claimed') return { kind: claim };
      const taken: TakenOut[] = [];
      for (let again = true; again; ) {
        again = false;
        for (const compiled of context.tables) {
          for (const key of compiled.table.copy.foreignKeys) {
            const rows = await orphansOf(context, transaction, compiled, key);
            if (rows.length === 0) continue;
            if (context.plan.spec.orphans === 'stop') return stop(compiled, key, rows.length);
            await removeOrphans(context, transaction, compiled, key);
            taken.push(takenOut(compiled, key, rows));
            again = true;
            apply.signal.throwIfAborted();
          }
        }
      }
      return commitTakenOut(context, transaction, taken, apply);
    },
    'bulk',
  );
}

function takenOut(compiled: CompiledTable, key: ForeignKey, rows: readonly Row[]): TakenOut {
  const { target } = compiled.table.copy;
  return {
    compiled,
    rows,
    code: 'foreign_key_missing',
    message: `${target}.${key.columns.join(', ')} refers to a row of ${key.table} that is not there.`,
    column: key.columns.length === 1 ? key.columns[0]! : null,
  };
}

async function orphansOf(
  context: WholeContext,
  transaction: RelationalTransaction,
  compiled: CompiledTable,
  key: ForeignKey,
): Promise<readonly Row[]> {
  const { table, spec } = compiled.outputs[0]!;
  const columns = spec.columns.map((name) => `child.${quoteName(context.target, name)}`);
  const from = `${quoteName(context.target, table)} AS child`;
  return transaction.query(
    `SELECT ${columns.join(', ')} FROM ${from} WHERE ${conditionOf(context, table, key, 'child')}`,
  );
}

/** The condition finds the same rows again: nobody else writes in between. */
async function removeOrphans(
  context: WholeContext,
  transaction: RelationalTransaction,
  compiled: CompiledTable,
  key: ForeignKey,
): Promise<void> {
  const { table } = compiled.outputs[0]!;
  const quoted = quoteName(context.target, table);
  await transaction.execute(`DELETE FROM ${quoted} WHERE ${conditionOf(context, table, key, quoted)}`);
}

function conditionOf({ target }: WholeContext, table: string, key: ForeignKey, child: string): string {
  const quote = (name: string) => quoteName(target, name);
  const filled = key.columns.map((name) => `${child}.${quote(name)} IS NOT NULL`);
  const names = key.references.map((name, at) => `${quote(name)} AS ${quote(`key_${at}`)}`);
  const same = key.columns.map((name, at) => `parent.${quote(`key_${at}`)} = ${child}.${quote(name)}`);
  // MySQL deletes from no table that it reads, unless what it reads is a table of its own.
  const distinct = key.table === table ? 'DISTINCT ' : '';
  const parent = `(SELECT ${distinct}${names.join(', ')} FROM ${quote(key.table)}) AS parent`;
  return `${filled.join(' AND ')} AND NOT EXISTS (SELECT 1 FROM ${parent} WHERE ${same.join(' AND ')})`;
}

function stop(compiled: CompiledTable, key: ForeignKey, rows: number): ApplyResult {
  const { target } = compiled.table.copy;
  const message = `${figure(rows)} rows of ${target} refer by ${key.columns.join(', ')} to rows of ${key.table} that are not there.`;
  return { kind: 'permanent', error: permanentError(message, { table: target, column: key.columns[0] ?? null }) };
}

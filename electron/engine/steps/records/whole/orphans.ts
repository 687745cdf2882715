import { figure } from '#shared/model/figures.ts';
import { type Counts, noCounts } from '#shared/model/run.ts';
import type { Row } from '#shared/model/value.ts';
import type { Chunk, ForeignKey, RelationalTransaction } from '../../../../drivers/relational.ts';
import { RowDigest } from '../../../values/digest.ts';
import { writeChunkDigest } from '../../chunk-digest.ts';
import type { ApplyEnv, ApplyResult, QuarantineEntry } from '../../step-kind.ts';
import { permanentError, quoteName, withTransaction } from '../../transaction.ts';
import type { WholeContext } from './action-unit.ts';
import type { CompiledTable } from './compiled-table.ts';
import { removedFrom } from './expected-digest.ts';
import { sourceRecords } from './source-records.ts';

/**
 * Takes out of the filled tables every row whose foreign key points at nothing, then every row that refers to one of these, until
 * all keys hold, in one transaction. They go to quarantine as records that were never written: both ledgers say so.
 */
export async function setOrphansAside(context: WholeContext, chunk: Chunk, apply: ApplyEnv): Promise<ApplyResult> {
  const { target, plan } = context;
  return withTransaction(
    target,
    async (transaction): Promise<ApplyResult> => {
      const claim = await transaction.claim(chunk, apply.fence);
      if (claim !== 'claimed') return { kind: claim };
      const taken: Taken[] = [];
      for (let again = true; again; ) {
        again = false;
        for (const compiled of context.tables) {
          for (const key of compiled.table.copy.foreignKeys) {
            const rows = await orphansOf(context, transaction, compiled, key);
            if (rows.length === 0) continue;
            if (plan.spec.orphans === 'stop') return stop(compiled, key, rows.length);
            await removeOrphans(context, transaction, compiled, key);
            taken.push({ compiled, key, rows });
            again = true;
            apply.signal.throwIfAborted();
          }
        }
      }
      const entries: QuarantineEntry[] = [];
      for (const one of taken) entries.push(...(await entriesOf(context, one)));
      if (entries.length > 0) await apply.quarantine(entries);
      const counts = countsOf(taken);
      const digest = writeChunkDigest(digestsOf(taken));
      await transaction.commit(counts, digest);
      return { kind: 'committed', counts, digest };
    },
    'bulk',
  );
}

/** `rows` hold the columns that the copy writes, in their order. */
type Taken = { readonly compiled: CompiledTable; readonly key: ForeignKey; readonly rows: readonly Row[] };

async function orphansOf(
  context: WholeContext,
  transaction: RelationalTransaction,
  compiled: CompiledTable,
  key: ForeignKey,
): Promise<readonly Row[]> {
  const columns = compiled.outputs[0]!.spec.columns.map((name) => `child.${quoteName(context.target, name)}`);
  return transaction.query(
    `SELECT ${columns.join(', ')} FROM ${quoteName(context.target, compiled.outputs[0]!.table)} AS child WHERE ${conditionOf(context, key, 'child')}`,
  );
}

/** The condition finds the same rows again: nobody else writes in between. */
async function removeOrphans(
  context: WholeContext,
  transaction: RelationalTransaction,
  compiled: CompiledTable,
  key: ForeignKey,
): Promise<void> {
  const table = quoteName(context.target, compiled.outputs[0]!.table);
  // MySQL refuses to read in a DELETE the table that it deletes from, unless the subquery is a table of its own.
  await transaction.execute(`DELETE FROM ${table} WHERE ${conditionOf(context, key, table)}`);
}

function conditionOf({ target }: WholeContext, key: ForeignKey, child: string): string {
  const quote = (name: string) => quoteName(target, name);
  const filled = key.columns.map((name) => `${child}.${quote(name)} IS NOT NULL`);
  const names = key.references.map((name, at) => `${quote(name)} AS ${quote(`key_${at}`)}`);
  const same = key.columns.map((name, at) => `parent.${quote(`key_${at}`)} = ${child}.${quote(name)}`);
  const parent = `(SELECT ${names.join(', ')} FROM ${quote(key.table)}) AS parent`;
  return `${filled.join(' AND ')} AND NOT EXISTS (SELECT 1 FROM ${parent} WHERE ${same.join(' AND ')})`;
}

async function entriesOf(context: WholeContext, { compiled, key, rows }: Taken): Promise<QuarantineEntry[]> {
  const records = await sourceRecords(context, compiled, rows);
  const columns = key.columns.join(', ');
  return records.map(({ name, record }) => ({
    key: name,
    item: null,
    output: null,
    code: 'foreign_key_missing',
    message: `${compiled.table.copy.target}.${columns} refers to a row of ${key.table} that is not there.`,
    column: key.columns.length === 1 ? key.columns[0]! : null,
    rule: null,
    record,
  }));
}

function countsOf(taken: readonly Taken[]): Counts {
  const outputs: Record<string, Counts['outputs'][string]> = {};
  let records = 0;
  for (const { compiled, rows } of taken) {
    const { table } = compiled.outputs[0]!;
    const had = outputs[table]?.inserted ?? 0;
    const inserted = had - rows.length;
    outputs[table] = { emitted: inserted, inserted, updated: 0, same: 0, rejected: 0 };
    records += rows.length;
  }
  return { ...noCounts, rejected: records, accepted: -records, outputs };
}

function digestsOf(taken: readonly Taken[]): Map<string, RowDigest> {
  const digests = new Map<string, RowDigest>();
  for (const { compiled, rows } of taken) {
    const output = compiled.outputs[0]!;
    const name = removedFrom(output.table);
    const digest = digests.get(name) ?? new RowDigest();
    digests.set(name, digest);
    for (const row of rows) digest.add(output.stored(row));
  }
  return digests;
}

function stop(compiled: CompiledTable, key: ForeignKey, rows: number): ApplyResult {
  const { target } = compiled.table.copy;
  const message = `${figure(rows)} rows of ${target} refer by ${key.columns.join(', ')} to rows of ${key.table} that are not there.`;
  return { kind: 'permanent', error: permanentError(message, { table: target, column: key.columns[0] ?? null }) };
}

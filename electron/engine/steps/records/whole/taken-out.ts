import { type Counts, noCounts } from '#shared/model/run.ts';
import type { Row } from '#shared/model/value.ts';
import type { RelationalTransaction } from '../../../../drivers/relational.ts';
import { RowDigest } from '../../../values/digest.ts';
import { writeChunkDigest } from '../../chunk-digest.ts';
import type { ApplyEnv, ApplyResult, QuarantineEntry } from '../../step-kind.ts';
import type { WholeContext } from './action-unit.ts';
import type { CompiledTable } from './compiled-table.ts';
import { removedFrom } from './expected-digest.ts';
import { sourceRecords } from './source-records.ts';

/** Rows that were written and that a constraint does not let stay. They hold the columns that the copy writes, in their order. */
export type TakenOut = {
  readonly compiled: CompiledTable;
  readonly rows: readonly Row[];
  readonly code: 'foreign_key_missing' | 'key_exists';
  readonly message: string;
  readonly column: string | null;
};

/** Their records go to quarantine as if they had never been written, in both ledgers and in the digest; then all commits. */
export async function commitTakenOut(
  context: WholeContext,
  transaction: RelationalTransaction,
  taken: readonly TakenOut[],
  apply: ApplyEnv,
): Promise<ApplyResult> {
  const entries: QuarantineEntry[] = [];
  for (const one of taken) entries.push(...(await entriesOf(context, one)));
  if (entries.length > 0) await apply.quarantine(entries);
  const counts = countsOf(taken);
  const digest = writeChunkDigest(digestsOf(taken));
  apply.signal.throwIfAborted();
  await transaction.commit(counts, digest);
  return { kind: 'committed', counts, digest };
}

async function entriesOf(
  context: WholeContext,
  { compiled, rows, code, message, column }: TakenOut,
): Promise<QuarantineEntry[]> {
  const records = await sourceRecords(context, compiled, rows);
  const common = { item: null, output: null, code, message, column, rule: null };
  return records.map(({ name, record }) => ({ key: name, ...common, record }));
}

function countsOf(taken: readonly TakenOut[]): Counts {
  const outputs: Record<string, Counts['outputs'][string]> = {};
  let records = 0;
  for (const { compiled, rows } of taken) {
    const { table } = compiled.outputs[0]!;
    const inserted = (outputs[table]?.inserted ?? 0) - rows.length;
    outputs[table] = { emitted: inserted, inserted, updated: 0, same: 0, rejected: 0 };
    records += rows.length;
  }
  return { ...noCounts, rejected: records, accepted: 0 - records, outputs };
}

function digestsOf(taken: readonly TakenOut[]): Map<string, RowDigest> {
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

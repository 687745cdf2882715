import type { RelationalSession, RelationalTransaction } from '../../../drivers/relational.ts';
import { trackingTable } from '../../plan/tracking-table.ts';

export type AppliedMigration = {
  readonly id: string;
  readonly name: string;
  readonly checksum: string;
  readonly appliedAt: string;
  readonly runId: string;
};

/** What is applied according to the target, by number; null when the table is not there. */
export async function readApplied(session: RelationalSession): Promise<readonly AppliedMigration[] | null> {
  const found = (await session.catalog([trackingTable])).tables.some((table) => table.name === trackingTable);
  if (!found) return null;
  const applied: AppliedMigration[] = [];
  for await (const batch of session.scan(trackingTable, ['id', 'name', 'checksum', 'applied_at', 'run_id'])) {
    for (const [id, name, checksum, appliedAt, runId] of batch.rows) {
      applied.push({
        id: String(id),
        name: String(name),
        checksum: String(checksum),
        appliedAt: String(appliedAt),
        runId: String(runId),
      });
    }
  }
  return applied.sort((a, b) => (a.id < b.id ? -1 : 1));
}

export async function ensureTracking(transaction: RelationalTransaction): Promise<void> {
  await transaction.execute(
    `CREATE TABLE IF NOT EXISTS ${trackingTable} (
  id VARCHAR(32) NOT NULL PRIMARY KEY,
  name VARCHAR(255) NOT NULL,
  checksum CHAR(64) NOT NULL,
  applied_at VARCHAR(40) NOT NULL,
  took_ms INTEGER NOT NULL,
  run_id VARCHAR(64) NOT NULL
)`,
  );
}

export async function track(
  transaction: RelationalTransaction,
  row: AppliedMigration & { readonly tookMs: number },
): Promise<void> {
  await transaction.execute(
    `INSERT INTO ${trackingTable} (id, name, checksum, applied_at, took_ms, run_id) VALUES (?, ?, ?, ?, ?, ?)`,
    [row.id, row.name, row.checksum, row.appliedAt, BigInt(row.tookMs), row.runId],
  );
}

export async function untrack(transaction: RelationalTransaction, id: string): Promise<number> {
  return transaction.execute(`DELETE FROM ${trackingTable} WHERE id = ?`, [id]);
}

import { DbFailure, type RelationalSession, type RelationalTransaction } from '../../../drivers/relational.ts';

/**
 * The list of applied migrations in the target. It belongs to the application: clean-up leaves it, only the way back removes
 * it, so it is none of the control tables. Its format is documented in docs/formats.md.
 */
export const trackingTable = 'overland_migrations';

export type AppliedMigration = {
  readonly id: string;
  readonly name: string;
  readonly checksum: string;
  readonly appliedAt: string;
  readonly runId: string;
};

/** What is applied according to the target, by number; null when the table is not there. */
export async function readApplied(session: RelationalSession): Promise<readonly AppliedMigration[] | null> {
  try {
    const { rows } = await session.query(
      `SELECT id, name, checksum, applied_at, run_id FROM ${trackingTable} ORDER BY id`,
      100_000,
    );
    return rows.map((row) => ({
      id: String(row[0]),
      name: String(row[1]),
      checksum: String(row[2]),
      appliedAt: String(row[3]),
      runId: String(row[4]),
    }));
  } catch (error) {
    if (isMissingTable(error)) return null;
    throw error;
  }
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

function isMissingTable(error: unknown): boolean {
  return error instanceof DbFailure && /no such table|does not exist|doesn't exist/i.test(error.error.message);
}

import type { RelationalSession, RelationalTransaction } from '../../../drivers/relational.ts';
import { type TrackingColumn, type TrackingState, trackingColumns, trackingTable } from '../../plan/tracking-table.ts';
import { withTransaction } from '../transaction.ts';
import { insertInto, mark, updateById } from './sql-values.ts';

export type AppliedMigration = {
  readonly id: string;
  readonly name: string;
  readonly checksum: string;
  readonly appliedAt: string;
  readonly runId: string;
  readonly state: TrackingState;
  /** Statements done, of a migration that is half way. */
  readonly statements: number | null;
  /** What it left, see `TrackedStructure`. Null where nothing is known. */
  readonly structure: TrackedStructure | null;
};

/** Kept with an applied migration: the digest of each object that it made or changed (null: dropped), for drift. */
export type TrackedStructure = {
  readonly objects?: Readonly<Record<string, string | null>>;
  /** Rows of the tables that it made, when it was done. */
  readonly rows?: Readonly<Record<string, number>>;
  /** Of a statement that was begun outside of a transaction: the objects that it names, as they were before. */
  readonly begun?: { readonly statement: number; readonly before: Readonly<Record<string, string>> };
};

type TrackingRow = Omit<AppliedMigration, 'statements' | 'structure'> & {
  readonly tookMs: number;
  readonly statements?: number | null;
  readonly structure?: TrackedStructure | null;
};

/** What is applied according to the target, by id; null when the table is not there. */
export async function readApplied(session: RelationalSession): Promise<readonly AppliedMigration[] | null> {
  const present = await presentColumns(session);
  if (!present) return null;
  const columns = trackingColumns.map((column) => column.name).filter((name) => present.has(name));
  const at = (name: TrackingColumn) => columns.indexOf(name);
  const applied: AppliedMigration[] = [];
  for await (const batch of session.scan(trackingTable, columns)) {
    for (const row of batch.rows) {
      const text = (name: TrackingColumn) => {
        const value = row[at(name)];
        return value === undefined || value === null ? null : String(value);
      };
      const statements = text('statements');
      applied.push({
        id: text('id') ?? '',
        name: text('name') ?? '',
        checksum: (text('checksum') ?? '').trim(),
        appliedAt: text('applied_at') ?? '',
        runId: text('run_id') ?? '',
        state: (text('state') ?? 'applied') as TrackingState,
        statements: statements === null ? null : Number(statements),
        structure: parsed(text('structure')),
      });
    }
  }
  return applied.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Makes the table, or adds the columns that an earlier version did not have. */
export class Tracking {
  readonly #session: RelationalSession;
  #ready = false;

  constructor(session: RelationalSession) {
    this.#session = session;
  }

  /** Statements that are still to run before a row can be written. */
  async missing(): Promise<readonly string[]> {
    if (this.#ready) return [];
    const present = await presentColumns(this.#session);
    if (!present) {
      const columns = trackingColumns.map((column) => `  ${column.name} ${column.type}`).join(',\n');
      const options = this.#session.endpoint.engine === 'mysql' ? ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4' : '';
      return [`CREATE TABLE IF NOT EXISTS ${trackingTable} (\n${columns}\n)${options}`];
    }
    return trackingColumns
      .filter((column) => !present.has(column.name))
      .map((column) => `ALTER TABLE ${trackingTable} ADD COLUMN ${column.name} ${column.type}`);
  }

  /** Inside the transaction of a migration. `confirm` after its commit. */
  async ensureIn(transaction: RelationalTransaction): Promise<void> {
    for (const statement of await this.missing()) await transaction.execute(statement);
  }

  /** In a transaction of its own, where a statement that makes a table would end another one. */
  async ensure(): Promise<void> {
    const statements = await this.missing();
    if (statements.length > 0) {
      await withTransaction(
        this.#session,
        async (transaction) => {
          for (const statement of statements) await transaction.execute(statement);
          await transaction.commit(null, null);
        },
        'structure',
      );
    }
    this.#ready = true;
  }

  confirm(): void {
    this.#ready = true;
  }

  add(transaction: RelationalTransaction, row: TrackingRow): Promise<number> {
    return insertInto(this.#session, transaction, trackingTable, {
      id: row.id,
      name: row.name,
      checksum: row.checksum,
      applied_at: row.appliedAt,
      took_ms: BigInt(Math.max(0, Math.round(row.tookMs))),
      run_id: row.runId,
      state: row.state,
      statements: row.statements === undefined || row.statements === null ? null : BigInt(row.statements),
      structure: row.structure ? JSON.stringify(row.structure) : null,
    });
  }

  /** Writes the row anew, whether it is there or not. */
  async put(transaction: RelationalTransaction, row: TrackingRow): Promise<void> {
    const { statements = null, structure = null } = row;
    const changed = await updateById(this.#session, transaction, trackingTable, row.id, {
      applied_at: row.appliedAt,
      run_id: row.runId,
      state: row.state,
      statements: statements === null ? null : BigInt(statements),
      structure: structure ? JSON.stringify(structure) : null,
    });
    if (changed === 0 && !(await this.#present(transaction, row.id))) await this.add(transaction, row);
  }

  /** Notes what an applied migration left. */
  async note(transaction: RelationalTransaction, id: string, structure: TrackedStructure): Promise<void> {
    await updateById(this.#session, transaction, trackingTable, id, { structure: JSON.stringify(structure) });
  }

  /** The structure that is noted for a migration; null when it has no row. */
  async structure(transaction: RelationalTransaction, id: string): Promise<TrackedStructure | null> {
    const sql = `SELECT structure FROM ${trackingTable} WHERE id = ${mark(this.#session, 1)}`;
    const value = (await transaction.query(sql, [id]))[0]?.[0];
    return parsed(value === undefined || value === null ? null : String(value));
  }

  remove(transaction: RelationalTransaction, id: string): Promise<number> {
    return transaction.execute(`DELETE FROM ${trackingTable} WHERE id = ${mark(this.#session, 1)}`, [id]);
  }

  /** What this run took over from another tool or from the profile. */
  removeTakenOver(transaction: RelationalTransaction, runId: string): Promise<number> {
    return transaction.execute(
      `DELETE FROM ${trackingTable} WHERE state IN ('adopted', 'baseline') AND run_id = ${mark(this.#session, 1)}`,
      [runId],
    );
  }

  /** MySQL counts rows that changed, not rows that were found. */
  async #present(transaction: RelationalTransaction, id: string): Promise<boolean> {
    const sql = `SELECT count(*) FROM ${trackingTable} WHERE id = ${mark(this.#session, 1)}`;
    return Number((await transaction.query(sql, [id]))[0]?.[0] ?? 0) > 0;
  }
}

async function presentColumns(session: RelationalSession): Promise<ReadonlySet<string> | null> {
  const found = (await session.catalog([trackingTable])).tables.find((table) => table.name === trackingTable);
  return found ? new Set(found.columns.map((column) => column.name)) : null;
}

function parsed(text: string | null): TrackedStructure | null {
  if (text === null) return null;
  try {
    return JSON.parse(text) as TrackedStructure;
  } catch {
    return null;
  }
}

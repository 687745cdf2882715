import type { Adoptable } from './adoption.ts';
import type { Migration } from './migrations.ts';
import type { AppliedMigration } from './tracking.ts';

/**
 * `changed`: applied with another text; `missing`: applied and not in the bundle; `out_of_order`: pending although later ones are
 * applied; `partial`, `undoing`: half way, see the tracking table; `adopted`: another tool's table says that it is applied;
 * `baseline`: the profile says so.
 */
export type MigrationState =
  | 'pending'
  | 'applied'
  | 'changed'
  | 'missing'
  | 'out_of_order'
  | 'partial'
  | 'undoing'
  | 'adopted'
  | 'baseline';

/** A migration as bundle and target see it. `missing` is applied but not in the bundle, so it has no migration. */
export type MigrationStatus = {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly state: MigrationState;
  readonly migration: Migration | null;
  readonly applied: AppliedMigration | null;
  readonly appliedAt: string | null;
};

/** What else says that a migration is applied, where our own table does not. */
export type Claims = { readonly baseline: string | null; readonly adopted: ReadonlyMap<string, Adoptable> };
const noClaims: Claims = { baseline: null, adopted: new Map() };

/** Compares the bundle's migrations, in the order in which they run, with what the target says is applied. */
export function migrationStatus(
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
  claims: Claims = noClaims,
): readonly MigrationStatus[] {
  const done = new Map(applied.map((row) => [row.id, row]));
  const baselineAt = migrations.findIndex((migration) => migration.id === claims.baseline);
  const told = migrations.map((migration, index): MigrationState => {
    const row = done.get(migration.id);
    if (row) return recordedState(row, migration);
    if (claims.adopted.has(migration.id)) return 'adopted';
    return index <= baselineAt ? 'baseline' : 'pending';
  });
  const isDone = (state: MigrationState) => state === 'applied' || state === 'changed' || state === 'adopted';
  const highest = told.findLastIndex(isDone);
  const own = migrations.map((migration, index): MigrationStatus => {
    const row = done.get(migration.id) ?? null;
    const state = told[index] === 'pending' && index < highest ? 'out_of_order' : told[index]!;
    const { id, name, title } = migration;
    const appliedAt = row?.appliedAt ?? claims.adopted.get(id)?.appliedAt ?? null;
    return { id, name, title, state, migration, applied: row, appliedAt };
  });
  const known = new Set(migrations.map((migration) => migration.id));
  const missing = applied
    .filter((row) => !known.has(row.id))
    .map(
      (row): MigrationStatus => ({
        id: row.id,
        name: row.name,
        title: row.name === row.id ? row.id : `${row.id}_${row.name}`,
        state: 'missing',
        migration: null,
        applied: row,
        appliedAt: row.appliedAt,
      }),
    );
  return [...own, ...missing];
}

/** Whether it is still to run, all of it or the rest. */
export function isPending(status: MigrationStatus): boolean {
  return status.state === 'pending' || status.state === 'out_of_order' || status.state === 'partial';
}

function recordedState(row: AppliedMigration, migration: Migration): MigrationState {
  if (row.checksum !== migration.checksum) return 'changed';
  if (row.state === 'partial' || row.state === 'undoing') return row.state;
  return 'applied';
}

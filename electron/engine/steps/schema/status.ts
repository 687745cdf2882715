import type { Migration } from './migrations.ts';
import type { AppliedMigration } from './tracking.ts';

export type MigrationState = 'pending' | 'applied' | 'changed' | 'missing' | 'out_of_order';

/** A migration as bundle and target see it. `missing` is applied but not in the bundle, so it has no migration. */
export type MigrationStatus = {
  readonly id: string;
  readonly name: string;
  readonly state: MigrationState;
  readonly migration: Migration | null;
  readonly appliedAt: string | null;
};

/** Compares the bundle's migrations with what the target says is applied. `out_of_order` is pending below one that is applied. */
export function migrationStatus(
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
): readonly MigrationStatus[] {
  const done = new Map(applied.map((row) => [row.id, row]));
  const highest = applied.reduce((most, row) => (BigInt(row.id) > most ? BigInt(row.id) : most), -1n);
  const own = migrations.map((migration): MigrationStatus => {
    const row = done.get(migration.id);
    const state = row
      ? row.checksum === migration.checksum
        ? 'applied'
        : 'changed'
      : BigInt(migration.id) < highest
        ? 'out_of_order'
        : 'pending';
    return { id: migration.id, name: migration.name, state, migration, appliedAt: row?.appliedAt ?? null };
  });
  const known = new Set(migrations.map((migration) => migration.id));
  const missing = applied
    .filter((row) => !known.has(row.id))
    .map(
      (row): MigrationStatus => ({
        id: row.id,
        name: row.name,
        state: 'missing',
        migration: null,
        appliedAt: row.appliedAt,
      }),
    );
  return [...own, ...missing];
}

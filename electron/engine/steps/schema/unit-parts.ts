import type { RelationalSession } from '../../../drivers/relational.ts';
import type { StepHead, WorkEnv } from '../step-kind.ts';
import type { PlannedMigration, SchemaPlan } from './plan-types.ts';
import type { TrackedStructure, Tracking } from './tracking.ts';

/** What the units of one step share. */
export type UnitParts = {
  readonly plan: SchemaPlan;
  readonly step: StepHead;
  readonly env: WorkEnv;
  readonly session: RelationalSession;
  readonly tracking: Tracking;
  /** Statements that this process has tried, and whether it has recorded one: those after it nobody has begun. */
  readonly statements: { readonly tried: Set<string>; recorded: boolean };
};

/** What the rehearsal says that a migration leaves. */
export function trackedStructure(migration: PlannedMigration): TrackedStructure | null {
  if (!migration.changes) return null;
  const objects = Object.entries(migration.changes).map(([name, change]) => [name, change.after] as const);
  return { objects: Object.fromEntries(objects), rows: migration.makes };
}

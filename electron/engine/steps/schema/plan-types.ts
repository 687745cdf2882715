import type { Migration } from './migrations.ts';
import type { Structure, StructureChanges } from './structure.ts';

/** One statement of a script that is not one transaction. */
export type PlannedStatement = {
  readonly text: string;
  /** Where it begins in the script, from 1. */
  readonly line: number;
  readonly runs: 'inside' | 'outside';
  readonly repeatable: boolean;
  /** Session settings that stand before it in the script. */
  readonly settings: readonly string[];
  /** What it changes according to the rehearsal; null when there was none. */
  readonly changes: StructureChanges | null;
};

export type PlannedScript = {
  /** `transaction`: the script and its record commit together; `statements`: one after the other, each with its record. */
  readonly way: 'transaction' | 'statements';
  /** Of way `statements`. */
  readonly statements: readonly PlannedStatement[];
  readonly count: number;
};

/** A migration with what the rehearsal saw. */
export type PlannedMigration = Migration & {
  readonly upScript: PlannedScript;
  readonly downScript: PlannedScript | null;
  /** Statements that an earlier run has done already. */
  readonly startAt: number;
  readonly statements: number;
  readonly tookMs: number;
  /** Objects that it makes, changes or drops; null when it was not rehearsed. */
  readonly changes: StructureChanges | null;
  /** Tables that it makes, with the rows that the script itself puts into them. */
  readonly makes: Readonly<Record<string, number>>;
};

/** A migration that is applied already, and that the first one of this step takes into our table. */
export type TakenOver = {
  readonly id: string;
  readonly name: string;
  readonly checksum: string;
  readonly appliedAt: string;
  readonly state: 'adopted' | 'baseline';
};

export type SchemaPlan = {
  readonly target: string;
  /** Whether `overland_migrations` was there before this step. */
  readonly tracked: boolean;
  readonly rehearsed: boolean;
  /** Structure of the target when the plan was made. */
  readonly before: Structure;
  readonly pending: readonly PlannedMigration[];
  readonly takenOver: readonly TakenOver[];
  readonly applied: readonly { readonly id: string; readonly name: string }[];
};

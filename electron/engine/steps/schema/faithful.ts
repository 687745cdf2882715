import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { Catalog } from '../../../drivers/relational.ts';
import type { StepHead } from '../step-kind.ts';
import type { PlannedMigration, PlannedScript } from './plan-types.ts';
import { changesBetween, type StructureChanges, structureOf } from './structure.ts';

/**
 * A scratch place on a server may lack what its copy does not carry. Of objects that are not there as they are in the target the
 * rehearsal says nothing: what it saw of them is left out, and they are named.
 */
export function withoutUnfaithful(
  migrations: readonly PlannedMigration[],
  target: Catalog,
  scratch: Catalog,
  step: StepHead,
): { readonly migrations: readonly PlannedMigration[]; readonly findings: readonly Finding[] } {
  const different = new Set(Object.keys(changesBetween(structureOf(target), structureOf(scratch))));
  const touched = migrations.flatMap((migration) => Object.keys(migration.changes ?? {}));
  const named = [...different].filter((object) => touched.includes(object));
  if (named.length === 0) return { migrations, findings: [] };
  const isIn = (changes: StructureChanges | null) => Object.keys(changes ?? {}).some((name) => different.has(name));
  const plain = <S extends PlannedScript | null>(script: S): S =>
    script && {
      ...script,
      statements: script.statements.map((one) => (isIn(one.changes) ? { ...one, changes: null } : one)),
    };
  return {
    migrations: migrations.map((migration) => ({
      ...migration,
      upScript: plain(migration.upScript),
      downScript: plain(migration.downScript),
      changes:
        migration.changes &&
        Object.fromEntries(Object.entries(migration.changes).filter(([name]) => !different.has(name))),
    })),
    findings: [
      makeFinding({
        severity: 'warning',
        category: 'scratch_differs',
        step: step.id,
        message: `The scratch place does not have ${named.join(', ')} as the target does; what the rehearsal saw of it is left out.`,
        suggestion: 'Look at these objects after the run: nothing compares them.',
      }),
    ],
  };
}

import { counted } from '#shared/model/figures.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { ReadEnv, StepHead, ValidationItem } from '../step-kind.ts';
import type { SchemaPlan } from './plan.ts';
import { structureDifferences, structureOf } from './structure.ts';
import { readApplied } from './tracking.ts';

/** Every migration is in the tracking table with its checksum, and the structure is the rehearsed one. */
export async function* validateSchema(plan: SchemaPlan, step: StepHead, env: ReadEnv): AsyncIterable<ValidationItem> {
  const session = await env.session(plan.target);
  const applied = new Map(((await readApplied(session)) ?? []).map((row) => [row.id, row]));
  const wrong = plan.pending.filter((migration) => applied.get(migration.id)?.checksum !== migration.checksum);
  for (const migration of wrong) {
    const row = applied.get(migration.id);
    yield {
      kind: 'finding',
      finding: makeFinding({
        severity: 'error',
        category: 'migration_not_applied',
        step: step.id,
        path: `overland_migrations / ${migration.id} / checksum`,
        message: row
          ? `Migration ${migration.id}_${migration.name} is recorded with another text.`
          : `Migration ${migration.id}_${migration.name} is not recorded as applied.`,
        oldValue: migration.checksum,
        newValue: row?.checksum ?? null,
      }),
    };
  }
  yield {
    kind: 'check',
    check: `Migrations of ${step.id}`,
    found: `${counted(plan.pending.length - wrong.length, 'migration')} of ${plan.pending.length} recorded with their checksum`,
    severity: wrong.length === 0 ? 'ok' : 'error',
  };
  yield* structureItems(plan, step, structureOf(await session.catalog(null)));
}

function* structureItems(
  plan: SchemaPlan,
  step: StepHead,
  found: ReturnType<typeof structureOf>,
): Iterable<ValidationItem> {
  const last = plan.pending.at(-1);
  if (!last) return;
  const first = plan.pending[0]!;
  const own = Object.keys(last.after).filter((object) => last.after[object] !== first.before[object]);
  // Later steps and other tools may add to the target; what this step made must be as it was made.
  const differences = structureDifferences(last.after, found).filter(
    (difference) => own.includes(difference.object) && difference.how !== 'additional',
  );
  for (const difference of differences) {
    yield {
      kind: 'finding',
      finding: makeFinding({
        severity: 'error',
        category: 'structure_differs',
        step: step.id,
        path: difference.object,
        message: `${difference.object} is ${difference.how} compared with the rehearsed structure.`,
      }),
    };
  }
  yield {
    kind: 'check',
    check: `Structure made by ${step.id}`,
    found:
      differences.length === 0
        ? `${counted(own.length, 'object')} as rehearsed`
        : `${differences.length} of ${own.length} differ`,
    severity: differences.length === 0 ? 'ok' : 'error',
  };
}

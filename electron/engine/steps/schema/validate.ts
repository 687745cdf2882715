import { counted } from '#shared/model/figures.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { ReadEnv, StepHead, ValidationItem } from '../step-kind.ts';
import type { SchemaPlan } from './plan-types.ts';
import { joinChanges, type Structure, structureOf, unlike } from './structure.ts';
import { readApplied } from './tracking.ts';

/** Every migration is in the tracking table with its checksum, and the structure is the rehearsed one. */
export async function* validateSchema(plan: SchemaPlan, step: StepHead, env: ReadEnv): AsyncIterable<ValidationItem> {
  const session = await env.session(plan.target);
  const applied = new Map(((await readApplied(session)) ?? []).map((row) => [row.id, row]));
  const wrong = plan.pending.filter(({ id, checksum }) => {
    const row = applied.get(id);
    return row?.checksum !== checksum || row.state !== 'applied';
  });
  for (const migration of wrong) {
    const row = applied.get(migration.id);
    yield {
      kind: 'finding',
      finding: makeFinding({
        severity: 'error',
        category: 'migration_not_applied',
        step: step.id,
        path: `overland_migrations / ${migration.id} / checksum`,
        message: !row
          ? `Migration ${migration.title} is not recorded as applied.`
          : row.checksum === migration.checksum
            ? `Migration ${migration.title} is recorded as half applied.`
            : `Migration ${migration.title} is recorded with another text.`,
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

function* structureItems(plan: SchemaPlan, step: StepHead, found: Structure): Iterable<ValidationItem> {
  if (plan.pending.length === 0) return;
  if (!plan.rehearsed) {
    const check = `Structure made by ${step.id}`;
    yield { kind: 'check', check, found: 'not rehearsed, so there is nothing to compare it with', severity: 'info' };
    return;
  }
  const made = joinChanges(plan.pending.map((migration) => migration.changes ?? {}));
  const expected = Object.fromEntries(Object.entries(made).map(([object, { after }]) => [object, after]));
  // Later steps and other tools may add to the target; what this step made must be as it was made.
  const differences = unlike(expected, found).filter((difference) => difference.how !== 'additional');
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
  const own = Object.keys(expected).length;
  yield {
    kind: 'check',
    check: `Structure made by ${step.id}`,
    found:
      differences.length === 0 ? `${counted(own, 'object')} as rehearsed` : `${differences.length} of ${own} differ`,
    severity: differences.length === 0 ? 'ok' : 'error',
  };
}

import type { StepKind } from '../step-kind.ts';
import { readMigrations } from './migrations.ts';
import { planSchema, type SchemaPlan } from './plan.ts';
import { parseSchema, type SchemaSpec } from './spec.ts';
import { schemaUnits } from './units.ts';
import { validateSchema } from './validate.ts';
import { describeSchema } from './words.ts';

/** SQL migrations with the way back: numbered scripts, tracked in the target, rehearsed before they run. */
export const schemaKind: StepKind<SchemaSpec, SchemaPlan> = {
  kind: 'schema',
  planVersion: 1,
  parse(raw, at, context) {
    const parsed = parseSchema(raw, at, context);
    if ('problems' in parsed) return parsed;
    const read = readMigrations(context.files, parsed.spec.migrations);
    return 'problems' in read ? read : parsed;
  },
  describe: describeSchema,
  connections: (spec) => ({ reads: [], writes: [spec.target] }),
  plan: planSchema,
  units: schemaUnits,
  validate: (plan, step, _scope, _done, env) => validateSchema(plan, step, env),
};

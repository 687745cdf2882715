import type { StepKind } from '../step-kind.ts';
import { planSchema } from './plan.ts';
import type { SchemaPlan } from './plan-types.ts';
import { parseSchema, type SchemaSpec } from './spec.ts';
import { schemaUnits } from './units.ts';
import { validateSchema } from './validate.ts';
import { describeSchema } from './words.ts';

/** SQL migrations with the way back: numbered scripts, tracked in the target, rehearsed before they run. */
export const schemaKind: StepKind<SchemaSpec, SchemaPlan> = {
  kind: 'schema',
  planVersion: 2,
  parse: parseSchema,
  describe: describeSchema,
  connections: (spec) => ({ reads: [], writes: [spec.target] }),
  rights: (spec) => ({ connection: spec.target, structure: true, mode: 'insert', tables: [] }),
  plan: planSchema,
  units: schemaUnits,
  validate: (plan, step, _scope, _done, env) => validateSchema(plan, step, env),
};

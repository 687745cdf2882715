import * as z from 'zod';
import { configShape } from '../steps/config/spec-shape.ts';
import { filesShape } from '../steps/files/spec-shape.ts';
import { recordsShape } from '../steps/records/spec-shape.ts';
import { wholeShape } from '../steps/records/whole/spec-shape.ts';
import { schemaShape } from '../steps/schema/spec.ts';
import { connectionShapes, profileShape } from './shape.ts';
import { plainName } from './shape-parts.ts';

/** Shapes of each kind of step, without `kind` and `needs`. */
const stepShapes = [
  ['schema', schemaShape],
  ['records', recordsShape],
  ['records', wholeShape],
  ['config', configShape],
  ['files', filesShape],
] as const;

/**
 * The JSON Schema of `profile.toml`, for editors. It says as much as a schema can: which names must agree, whether expressions
 * compile and which files must be there is found by `overland check`.
 */
export function profileJsonSchema(): Record<string, unknown> {
  const steps = stepShapes.map(([kind, shape]) =>
    shape.extend({
      kind: z.literal(kind).describe('Kind of the step.'),
      needs: z.array(plainName).optional().describe('Steps that must be done before.'),
    }),
  );
  const whole = profileShape.extend({
    connections: z.record(plainName, z.union(Object.values(connectionShapes))).describe('Named endpoints.'),
    steps: z.record(plainName, z.union(steps)).describe('Units of work by id; "needs" gives their order.'),
  });
  const schema = z.toJSONSchema(whole, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
    override: asToml,
  });
  return { $id: 'overland-profile-1.schema.json', title: 'Overland profile, format 1', ...schema };
}

/** TOML has one kind of whole number; that we read it as bigint is no matter of the format. */
function asToml({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodType;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  if (zodSchema instanceof z.ZodBigInt) jsonSchema.type = 'integer';
  if (zodSchema instanceof z.ZodLiteral && zodSchema.value === 1n) {
    jsonSchema.type = 'integer';
    jsonSchema.const = 1;
  }
  if (typeof jsonSchema.default === 'bigint') jsonSchema.default = Number(jsonSchema.default);
}

import { holdsTables } from '../../../drivers/relational.ts';
import type { StepKind } from '../step-kind.ts';
import { amendRecords } from './amend.ts';
import { examineRecords, planRecords } from './plan.ts';
import type { RecordsPlan } from './plan-types.ts';
import { retryPlan } from './retry.ts';
import { recordsRights } from './rights.ts';
import { parseRecords, type RecordsSpec } from './spec.ts';
import { recordsUnits } from './units.ts';
import { validateRecords } from './validate.ts';
import { amendWhole } from './whole/amend.ts';
import { examineWhole, planWhole } from './whole/plan.ts';
import type { WholePlan } from './whole/plan-types.ts';
import { retryWhole } from './whole/retry.ts';
import { parseWhole } from './whole/spec.ts';
import { isWhole } from './whole/spec-shape.ts';
import type { WholeSpec } from './whole/spec-types.ts';
import { wholeUnits } from './whole/units.ts';
import { validateWhole } from './whole/validate.ts';
import { describeWhole } from './whole/words.ts';
import { describeRecords } from './words.ts';

/**
 * Rows of a table or a query to rows of several tables, or the tables of a whole schema as they are; with both ledgers,
 * quarantine and an exact way back.
 */
export const recordsKind: StepKind<RecordsSpec | WholeSpec, RecordsPlan | WholePlan> = {
  kind: 'records',
  planVersion: 1,
  parse: (raw, at, context) => (isWhole(raw) ? parseWhole : parseRecords)(raw, at, context),
  describe: (spec) => ('form' in spec ? describeWhole(spec) : describeRecords(spec)),
  connections: (spec) => ({
    reads: [...new Set([spec.source.connection, ...lookedUp(spec)])].filter((name) => name !== spec.target.connection),
    writes: [spec.target.connection],
  }),
  rights: recordsRights,
  examine: async (spec, step, source, env) => {
    if (!holdsTables(source)) return [];
    return 'form' in spec ? examineWhole(spec, step, source) : examineRecords(spec, step, source, env);
  },
  plan: (spec, step, world, env) =>
    'form' in spec ? planWhole(spec, step, world, env) : planRecords(spec, step, world, env),
  amend: (plan, spec) => {
    if ('form' in plan) return 'form' in spec ? amendWhole(plan, spec) : null;
    return 'form' in spec ? null : amendRecords(plan, spec);
  },
  retry: (plan, step, records, env) =>
    'form' in plan ? retryWhole(plan, step, records, env) : retryPlan(plan, step, records, env),
  units: (plan, step, env) => ('form' in plan ? wholeUnits(plan, step, env) : recordsUnits(plan, step, env)),
  validate: (plan, step, scope, done, env) =>
    'form' in plan ? validateWhole(plan, step, scope, done, env) : validateRecords(plan, step, scope, done, env),
};

function lookedUp(spec: RecordsSpec | WholeSpec): string[] {
  if ('form' in spec) return [];
  return [...spec.lookups, ...spec.outputs.flatMap((output) => output.lookups)].map((lookup) => lookup.connection);
}

import type { StepKind } from '../step-kind.ts';
import { planConfig } from './plan.ts';
import { type ConfigPlan, specOf } from './plan-types.ts';
import { parseConfig } from './spec.ts';
import type { ConfigSpec } from './spec-types.ts';
import { configUnits } from './units.ts';
import { validateConfig } from './validate.ts';
import { describeConfig } from './words.ts';

/** Configuration files by rules: every key has a fate, every file its own result, and each comes back as it was. */
export const configKind: StepKind<ConfigSpec, ConfigPlan> = {
  kind: 'config',
  planVersion: 1,
  parse: parseConfig,
  describe: describeConfig,
  connections: ({ source, target }) => ({
    reads: source.connection === target.connection ? [] : [source.connection],
    writes: [target.connection],
  }),
  plan: planConfig,
  async *protects(plan) {
    const { connection } = specOf(plan).target;
    for (const { target, sha, beforeSha } of plan.files)
      if (sha !== null && sha !== beforeSha) yield { connection, object: target };
  },
  units: configUnits,
  validate: (plan, step, scope, done, env) => validateConfig(plan, step.id, scope, done, env),
};

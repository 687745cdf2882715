import type { StepKind } from '../step-kind.ts';
import { planFiles } from './plan.ts';
import { type FilesPlan, isWritten } from './plan-types.ts';
import { parseFiles } from './spec.ts';
import type { FilesSpec } from './spec-types.ts';
import { filesUnits } from './units.ts';
import { validateFiles } from './validate.ts';
import { describeFiles } from './words.ts';

/** Files and whole trees to new places: hashed on the way, whole or not there, and each goes back. */
export const filesKind: StepKind<FilesSpec, FilesPlan> = {
  kind: 'files',
  planVersion: 1,
  parse: parseFiles,
  describe: describeFiles,
  connections({ source, target, how }) {
    if (source.connection === target.connection) return { reads: [], writes: [target.connection] };
    // A move takes files away from its source.
    return how === 'move'
      ? { reads: [], writes: [target.connection, source.connection] }
      : { reads: [source.connection], writes: [target.connection] };
  },
  plan: planFiles,
  /** What is moved goes back by its name; only what is replaced, and what is yet to be made, is noted. */
  async *protects({ files, spec }) {
    for (const { target } of files.filter(isWritten)) yield { connection: spec.target.connection, object: target };
  },
  units: filesUnits,
  validate: (plan, step, scope, done, env) => validateFiles(plan, step.id, scope, done, env),
};

import type { StepRights } from '../step-kind.ts';
import type { RecordsSpec } from './spec-types.ts';
import type { WholeSpec } from './whole/spec-types.ts';

/** What the step does at its target. The tables of a whole schema are known by name only when they were renamed. */
export function recordsRights(spec: RecordsSpec | WholeSpec): StepRights {
  const { connection } = spec.target;
  if ('form' in spec) {
    const { mode } = spec.target;
    return {
      connection,
      structure: mode === 'create' || spec.afterLoad.length > 0,
      mode: mode === 'create' ? 'insert' : mode,
      tables: null,
    };
  }
  return {
    connection,
    structure: false,
    mode: spec.target.mode,
    tables: [...new Set(spec.outputs.map((output) => output.table))],
  };
}

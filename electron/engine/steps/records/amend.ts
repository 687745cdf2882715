import type { RecordsPlan } from './plan-types.ts';
import type { RecordsSpec } from './spec.ts';

/** The plan under changed `reject` and `set` rules, for a replay; null when anything else differs. Maps are not part of the plan. */
export function amendRecords(plan: RecordsPlan, spec: RecordsSpec): RecordsPlan | null {
  return withoutRules(plan.spec) === withoutRules(spec) ? { ...plan, spec } : null;
}

function withoutRules(spec: RecordsSpec): string {
  return JSON.stringify({
    ...spec,
    reject: [],
    outputs: spec.outputs.map((output) => ({
      ...output,
      reject: [],
      // The same columns must be written: validation and undo compare them.
      set: output.set.map((set) => set.column).sort(),
    })),
  });
}

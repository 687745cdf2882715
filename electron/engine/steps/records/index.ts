import type { StepKind } from '../step-kind.ts';
import { amendRecords } from './amend.ts';
import { examineRecords, planRecords } from './plan.ts';
import type { RecordsPlan } from './plan-types.ts';
import { retryPlan } from './retry.ts';
import { parseRecords, type RecordsSpec } from './spec.ts';
import { recordsUnits } from './units.ts';
import { validateRecords } from './validate.ts';
import { describeRecords } from './words.ts';

/** Rows of a table or a query to rows of several tables, with both ledgers, quarantine and an exact way back. */
export const recordsKind: StepKind<RecordsSpec, RecordsPlan> = {
  kind: 'records',
  planVersion: 1,
  parse: parseRecords,
  describe: describeRecords,
  connections: (spec) => ({
    reads: [...new Set([spec.source.connection, ...lookedUp(spec)])].filter((name) => name !== spec.target.connection),
    writes: [spec.target.connection],
  }),
  examine: examineRecords,
  plan: planRecords,
  amend: amendRecords,
  retry: retryPlan,
  units: recordsUnits,
  validate: validateRecords,
};

function lookedUp(spec: RecordsSpec): string[] {
  return [...spec.lookups, ...spec.outputs.flatMap((output) => output.lookups)].map((lookup) => lookup.connection);
}

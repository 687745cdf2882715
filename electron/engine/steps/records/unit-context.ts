import type { RelationalSession, TransactionPurpose } from '../../../drivers/relational.ts';
import type { StepHead, WorkEnv } from '../step-kind.ts';
import type { Compiled } from './compiled.ts';
import type { RecordsPlan } from './plan-types.ts';
import type { SamplePicker } from './samples.ts';

/** What the parts of a `records` unit share. */
export type RecordsUnit = Compiled & {
  readonly id: string;
  readonly plan: RecordsPlan;
  readonly step: StepHead;
  readonly env: WorkEnv;
  readonly source: RelationalSession;
  readonly target: RelationalSession;
  /** How rows are written; `rows` unless foreign keys come later. */
  readonly purpose: TransactionPurpose;
  /** Only in a dry run. */
  readonly samples: SamplePicker | null;
};

import type { ConsentVia } from '#shared/model/error.ts';
import type { Condition, Counts, Outcome, Phase, Severity, UndoMode, UnitState } from '#shared/model/run.ts';

/** Rows as the journal stores them, names as in schema.ts. JSON columns stay text; `parseCounts` and friends read them. */
export type RunRecord = {
  readonly id: string;
  readonly profile_id: string;
  readonly profile_version: string;
  readonly bundle_path: string;
  readonly bundle_hash: string;
  /** JSON of Overrides. */
  readonly overrides: string;
  readonly plan_hash: string | null;
  readonly parent_run: string | null;
  readonly engine_version: string;
  readonly phase: Phase;
  readonly condition: Condition;
  readonly outcome: Outcome | null;
  readonly epoch: number;
  readonly person: string;
  readonly machine: string;
  /** JSON of Identity; null when no process works on the run. */
  readonly holder: string | null;
  readonly heartbeat_at: string | null;
  readonly auto_rollback: number;
  readonly accepted_at: string | null;
  readonly accepted_by: string | null;
  readonly started_at: string;
  readonly ended_at: string | null;
  /** JSON of {step, message, advice}. */
  readonly failure: string | null;
  readonly cleaned_at: string | null;
};

export type PhaseRecord = {
  readonly run: string;
  readonly phase: Phase;
  readonly attempt: number;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly result: string | null;
};

export type StepRecord = {
  readonly run: string;
  readonly id: string;
  readonly kind: string;
  readonly ord: number;
  readonly state: UnitState;
  readonly undo: UndoMode;
  readonly counts: string | null;
  readonly error: string | null;
  readonly started_at: string | null;
  readonly ended_at: string | null;
};

export type ChunkRecord = {
  readonly run: string;
  readonly step: string;
  readonly unit: string;
  readonly path: string;
  readonly bounds: string;
  readonly state: 'pending' | 'done' | 'split' | 'undone';
  readonly attempt: number;
  readonly counts: string | null;
  readonly digest: string | null;
  readonly took_ms: number | null;
};

export type QuarantineRecordRow = {
  readonly id: number;
  readonly run: string;
  readonly step: string;
  readonly unit: string;
  readonly chunk: string;
  readonly key: string;
  readonly item: number | null;
  readonly output: string | null;
  readonly code: string;
  readonly message: string;
  readonly column_name: string | null;
  readonly rule: string | null;
  readonly record: string;
  readonly state: 'open' | 'replayed' | 'waived';
  readonly decided_by: string | null;
  readonly child_run: string | null;
  readonly at: string;
};

export type EventRecord = {
  readonly run: string;
  readonly seq: number;
  readonly at: string;
  readonly severity: Severity;
  readonly code: string;
  readonly step: string | null;
  readonly text: string;
  readonly prev_sha256: string;
  readonly sha256: string;
};

export type ConsentRecord = {
  readonly run: string;
  readonly subject: string;
  readonly text: string;
  readonly text_sha256: string;
  readonly who: string;
  readonly via: ConsentVia;
  readonly at: string;
};

export type PointRecord = {
  readonly id: string;
  readonly run: string;
  readonly location: string;
  readonly state: 'writing' | 'verified' | 'used' | 'expired';
  readonly verified_by: 'hash' | 'listed' | 'restored' | null;
  readonly grade: 'same_bytes' | 'same_content' | 'partly' | 'none';
  readonly at: string;
};

export type UndoRecord = {
  readonly run: string;
  readonly step: string;
  readonly unit: string;
  readonly path: string;
  readonly action: string;
  readonly state: 'planned' | 'done' | 'diverged' | 'failed';
  readonly expected: string | null;
  readonly found: string | null;
  readonly rows: number;
  readonly at: string;
};

export type RecentBundleRecord = {
  readonly path: string;
  readonly name: string;
  readonly version: string | null;
  readonly opened_at: string;
  readonly overrides: string;
};

/** Counts as stored; null stays null. */
export function parseCounts(text: string | null): Counts | null {
  return text === null ? null : (JSON.parse(text) as Counts);
}

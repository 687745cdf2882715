import * as z from 'zod';

/** Phases of a run, in order. A run is in one phase with one condition. */
export const phase = z.enum(['plan', 'backup', 'dry_run', 'execute', 'validate', 'rollback', 'cleanup']);
export type Phase = z.infer<typeof phase>;

/** `interrupted` is never stored: it is `running` with a holder that is gone. */
export const condition = z.enum(['idle', 'running', 'pausing', 'paused', 'stopping', 'failed', 'done']);
export type Condition = z.infer<typeof condition>;

export const outcome = z.enum([
  'completed',
  'completed_with_quarantine',
  'validation_failed',
  'failed',
  'cancelled',
  'rolled_back',
  'rollback_incomplete',
]);
export type Outcome = z.infer<typeof outcome>;

export const nextPhases: Readonly<Record<Phase, readonly Phase[]>> = {
  plan: ['backup', 'dry_run'],
  backup: ['dry_run', 'execute'],
  dry_run: ['backup', 'execute'],
  execute: ['validate', 'rollback'],
  validate: ['rollback', 'cleanup'],
  rollback: ['cleanup', 'execute'],
  cleanup: [],
};

export const unitState = z.enum([
  'pending',
  'loading',
  'settling',
  'completed',
  'failed',
  'skipped',
  'undoing',
  'undone',
  'undo_diverged',
]);
export type UnitState = z.infer<typeof unitState>;

/** "Running" is a lock in the target, not a state of a chunk. */
export const chunkState = z.enum(['pending', 'done', 'split', 'undone']);
export type ChunkState = z.infer<typeof chunkState>;

/** Rows of one output: emitted = inserted + updated + same + rejected. */
export const outputCounts = z.object({
  emitted: z.number().int(),
  inserted: z.number().int(),
  updated: z.number().int(),
  same: z.number().int(),
  rejected: z.number().int(),
});
export type OutputCounts = z.infer<typeof outputCounts>;

/** Source records: read = filtered + rejected + accepted. The second ledger is per output. */
export const counts = z.object({
  read: z.number().int(),
  filtered: z.number().int(),
  rejected: z.number().int(),
  accepted: z.number().int(),
  outputs: z.record(z.string(), outputCounts),
});
export type Counts = z.infer<typeof counts>;

export const undoMode = z.enum([
  'transaction',
  'down',
  'delete_written',
  'drop_created',
  'preimages',
  'restore',
  'move_back',
  'none',
]);
export type UndoMode = z.infer<typeof undoMode>;

/** How "exactly once in effect" is had, shown in the plan. */
export const commitClass = z.enum(['target_transaction', 'keyed_and_verified', 'probe']);
export type CommitClass = z.infer<typeof commitClass>;

export const stepKindName = z.enum(['schema', 'records', 'config', 'files', 'vectors', 'archive', 'command']);
export type StepKindName = z.infer<typeof stepKindName>;

export const severity = z.enum(['critical', 'error', 'warning', 'info']);
export type Severity = z.infer<typeof severity>;

/** Exit codes of the command line, and what the wizard shows as such. */
export const exitCodes = {
  completed: 0,
  failed: 1,
  usage: 2,
  quarantineOrValidation: 3,
  rolledBackByCriterion: 4,
  locked: 5,
  planStale: 6,
  consentMissing: 7,
  rollbackIncomplete: 8,
  cancelled: 130,
} as const;

/** The exit code that an ended run has; a rollback that a person asked for did what it was to do. */
export function exitCodeOf(outcome: Outcome, byCriterion: boolean): number {
  switch (outcome) {
    case 'completed':
      return exitCodes.completed;
    case 'completed_with_quarantine':
    case 'validation_failed':
      return exitCodes.quarantineOrValidation;
    case 'failed':
      return exitCodes.failed;
    case 'cancelled':
      return exitCodes.cancelled;
    case 'rolled_back':
      return byCriterion ? exitCodes.rolledBackByCriterion : exitCodes.completed;
    case 'rollback_incomplete':
      return exitCodes.rollbackIncomplete;
  }
}

/** Sum of two ledgers. */
export function addCounts(a: Counts, b: Counts): Counts {
  const outputs: Record<string, OutputCounts> = { ...a.outputs };
  for (const [name, more] of Object.entries(b.outputs)) {
    const had = outputs[name];
    outputs[name] = had
      ? {
          emitted: had.emitted + more.emitted,
          inserted: had.inserted + more.inserted,
          updated: had.updated + more.updated,
          same: had.same + more.same,
          rejected: had.rejected + more.rejected,
        }
      : more;
  }
  return {
    read: a.read + b.read,
    filtered: a.filtered + b.filtered,
    rejected: a.rejected + b.rejected,
    accepted: a.accepted + b.accepted,
    outputs,
  };
}

export const noCounts: Counts = { read: 0, filtered: 0, rejected: 0, accepted: 0, outputs: {} };

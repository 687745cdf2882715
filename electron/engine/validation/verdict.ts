import type { Outcome, Severity } from '#shared/model/run.ts';
import { worstOf } from './severity.ts';

export type Verdict = {
  /** False when a finding is an error or critical: the outcome is `validation_failed`. */
  readonly passed: boolean;
  readonly worst: Severity | null;
};

/** Whether the validation passed. A check that could not be carried out counts as what it reports, never as passed. */
export function verdict(findings: readonly { readonly severity: Severity }[]): Verdict {
  const worst = worstOf(findings);
  return { passed: worst !== 'critical' && worst !== 'error', worst };
}

/** Outcome of a run whose execute phase is done: what validation found comes before what was set aside. */
export function outcomeAfterValidation(passed: boolean, setAside: number): Outcome {
  if (!passed) return 'validation_failed';
  return setAside > 0 ? 'completed_with_quarantine' : 'completed';
}

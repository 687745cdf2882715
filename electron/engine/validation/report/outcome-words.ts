import { counted, figure } from '#shared/model/figures.ts';
import type { Condition, Outcome, Phase } from '#shared/model/run.ts';

/** What the words about an outcome rest on; every figure is from the journal. */
export type OutcomeFacts = {
  readonly outcome: Outcome | null;
  readonly phase: Phase;
  readonly condition: Condition;
  /** `running` with nobody behind it. */
  readonly interrupted: boolean;
  readonly failure: { readonly step: string | null; readonly message: string } | null;
  /** Target as a person names it. */
  readonly target: string;
  readonly steps: readonly { readonly ord: number; readonly id: string; readonly ended: boolean }[];
  /** Records that are set aside, and single rows of records that were otherwise written. */
  readonly setAside: { readonly records: number; readonly items: number; readonly open: number };
  readonly filtered: number;
  /** Rows that the target holds of this run. */
  readonly written: number;
  readonly validation: { readonly passed: boolean | null; readonly errors: number; readonly warnings: number } | null;
  readonly rollback: { readonly differs: number; readonly diverged: number; readonly notUndone: number } | null;
  /** A verified rollback point is there. */
  readonly canRollBack: boolean;
};

export type OutcomeWords = {
  readonly title: string;
  readonly lead: string;
  readonly severity: 'ok' | 'warning' | 'error' | 'open';
  /** What is still to be decided or done. */
  readonly open: readonly string[];
};

/** Heading, sentence and open points for the Finish screen, the history and the report. */
export function outcomeWords(facts: OutcomeFacts): OutcomeWords {
  return { ...headline(facts), open: openPoints(facts) };
}

function headline(facts: OutcomeFacts): Omit<OutcomeWords, 'open'> {
  const { target } = facts;
  const back = facts.canRollBack ? ' The old state can be brought back until you clean up.' : '';
  switch (facts.outcome) {
    case 'completed':
      if (facts.validation === null) return notValidated(facts, back);
      if (facts.setAside.records + facts.setAside.items > 0) return allDecided(facts, back);
      return { severity: 'ok', title: completedTitle(facts), lead: `The application can start.${back}` };
    case 'completed_with_quarantine':
      if (facts.validation === null) return notValidated(facts, back);
      if (facts.setAside.open === 0) return allDecided(facts, back);
      return {
        severity: 'warning',
        title: `Completed, with ${setAsideWords(facts)} set aside`,
        lead: `The application can start. What is set aside is not in ${target} until it is replayed.${back}`,
      };
    case 'validation_failed':
      return {
        severity: 'error',
        title: `Written, but validation found ${counted(facts.validation?.errors ?? 0, 'error')}${alsoSetAside(facts)}`,
        lead: `Do not start the application against ${target} before the findings are understood.${back}`,
      };
    case 'failed':
      return { severity: 'error', title: stoppedTitle('Failed', facts), lead: failedLead(facts) };
    case 'cancelled':
      return {
        severity: 'warning',
        title: stoppedTitle('Cancelled', facts),
        lead:
          facts.written === 0
            ? `Nothing was written to ${target}.`
            : `What is committed is kept. Resume the run or roll it back; do not start the application against ${target} before.`,
      };
    case 'rolled_back':
      return rolledBackWords(facts);
    case 'rollback_incomplete':
      return {
        severity: 'error',
        title: `The rollback is incomplete: ${incompleteWords(facts)}`,
        lead: `${target} is neither in the old state nor in the new one. Resume the rollback, or restore by RESTORE.md of the rollback point.`,
      };
    case null:
      return openRun(facts);
  }
}

/** Nothing is open in the quarantine any more. */
function allDecided(facts: OutcomeFacts, back: string): Omit<OutcomeWords, 'open'> {
  return {
    severity: 'ok',
    title: `Completed. All ${setAsideWords(facts)} that were set aside are decided`,
    lead: `The application can start. None of them is open: each was replayed or waived by name.${back}`,
  };
}

/** Execute is done; whether the result is right is not known yet. */
function notValidated(facts: OutcomeFacts, back: string): Omit<OutcomeWords, 'open'> {
  const { records, items } = facts.setAside;
  const aside = records + items === 0 ? 'none is set aside' : `${setAsideWords(facts)} set aside`;
  return {
    severity: records + items === 0 ? 'open' : 'warning',
    title: `Written, ${aside}. The result is not validated yet`,
    lead: `Validate before the application is started against ${facts.target}.${back}`,
  };
}

function completedTitle(facts: OutcomeFacts): string {
  const warnings = facts.validation?.warnings ?? 0;
  const but = warnings > 0 ? `, with ${counted(warnings, 'warning')}` : '';
  return facts.filtered === 0
    ? `Completed${but}. Every record arrived, none is set aside`
    : `Completed${but}. None is set aside, ${figure(facts.filtered)} are filtered by the profile`;
}

/** `1,549 records`, `40 rows`, `10 records and 40 rows of others`. */
function setAsideWords({ setAside }: OutcomeFacts): string {
  if (setAside.items === 0) return counted(setAside.records, 'record');
  if (setAside.records === 0) return `${counted(setAside.items, 'row')} of written records`;
  return `${counted(setAside.records, 'record')} and ${counted(setAside.items, 'row')} of written records`;
}

function alsoSetAside(facts: OutcomeFacts): string {
  if (facts.setAside.records + facts.setAside.items === 0) return '';
  return `; ${setAsideWords(facts)} ${facts.setAside.records + facts.setAside.items === 1 ? 'is' : 'are'} set aside`;
}

function stoppedTitle(word: 'Failed' | 'Cancelled', facts: OutcomeFacts): string {
  const at = facts.steps.find((step) => step.id === facts.failure?.step) ?? facts.steps.find((step) => !step.ended);
  const where = at && facts.phase === 'execute' ? ` in step ${at.ord} of ${facts.steps.length}` : inPhase(facts.phase);
  if (facts.written === 0) return `${word}${where}. Nothing was written to ${facts.target}`;
  return `${word}${where}. ${facts.target} holds part of the new state`;
}

function failedLead(facts: OutcomeFacts): string {
  const reason = facts.failure === null ? '' : sentence(facts.failure.message);
  const step = facts.failure?.step ? `Step ${facts.failure.step}: ` : '';
  const warning =
    facts.written === 0
      ? 'The application can go on with the old state.'
      : `Do not start the application against ${facts.target}.`;
  return [`${step}${reason}`, warning].filter((part) => part !== '').join(' ');
}

function rolledBackWords(facts: OutcomeFacts): Omit<OutcomeWords, 'open'> {
  const notBack = facts.rollback?.notUndone ?? 0;
  if (notBack > 0) {
    return {
      severity: 'warning',
      title: `Rolled back. ${counted(notBack, 'step')} cannot be undone, everything else is back`,
      lead: 'What cannot be undone was accepted with the plan. The legacy application can start.',
    };
  }
  return {
    severity: 'ok',
    title: 'Rolled back. The old state is back, and every comparison agrees',
    lead: 'The legacy application can start. The run can be started again later with the same plan.',
  };
}

function incompleteWords(facts: OutcomeFacts): string {
  const differs = facts.rollback?.differs ?? 0;
  const diverged = facts.rollback?.diverged ?? 0;
  const parts: string[] = [];
  if (differs > 0)
    parts.push(`${counted(differs, 'object')} ${differs === 1 ? 'differs' : 'differ'} from the old state`);
  if (diverged > 0)
    parts.push(`${counted(diverged, 'row')} changed by others ${diverged === 1 ? 'waits' : 'wait'} for a decision`);
  return parts.length > 0 ? parts.join(' and ') : 'it stopped before the last step was undone';
}

function openRun(facts: OutcomeFacts): Omit<OutcomeWords, 'open'> {
  const what = phaseWords[facts.phase];
  if (facts.interrupted) {
    return {
      severity: 'warning',
      title: `Interrupted ${what.during}. It can be resumed`,
      lead: 'The process that worked on it is gone. What the target committed is kept, nothing is half-written.',
    };
  }
  switch (facts.condition) {
    case 'running':
    case 'pausing':
    case 'stopping':
      return { severity: 'open', title: `${what.doing}`, lead: 'The run is not over; figures are as of now.' };
    case 'paused':
      return { severity: 'warning', title: `Paused ${what.during}`, lead: 'It waits to be resumed.' };
    case 'failed':
      return { severity: 'error', title: stoppedTitle('Failed', facts), lead: failedLead(facts) };
    case 'idle':
    case 'done':
      return {
        severity: 'open',
        title: what.done,
        lead:
          facts.written === 0
            ? `Nothing was written to ${facts.target}.`
            : `${facts.target} holds the new state; it is not validated yet.`,
      };
  }
}

const phaseWords: Readonly<Record<Phase, { during: string; doing: string; done: string }>> = {
  plan: {
    during: 'during the analysis',
    doing: 'The plan is being made',
    done: 'Planned. It waits for the next phase',
  },
  backup: {
    during: 'during the backup',
    doing: 'The old state is being saved',
    done: 'Backed up. It waits for the next phase',
  },
  dry_run: {
    during: 'during the dry run',
    doing: 'The dry run is under way',
    done: 'Dry run done. It waits to be executed',
  },
  execute: { during: 'while executing', doing: 'The run is executing', done: 'Executed. It waits for validation' },
  validate: { during: 'during validation', doing: 'The result is being validated', done: 'Validated' },
  rollback: { during: 'during the rollback', doing: 'The run is being rolled back', done: 'Rolled back' },
  cleanup: { during: 'during the clean-up', doing: 'The run is being cleaned up', done: 'Cleaned up' },
};

function inPhase(phase: Phase): string {
  return ` ${phaseWords[phase].during}`;
}

function openPoints(facts: OutcomeFacts): string[] {
  const open: string[] = [];
  const rolledBack = facts.outcome === 'rolled_back';
  if (facts.setAside.open > 0 && !rolledBack) {
    open.push(`${counted(facts.setAside.open, 'entry is', 'entries are')} in quarantine: replay or waive them.`);
  }
  const errors = facts.validation?.errors ?? 0;
  if (errors > 0 && !rolledBack) {
    open.push(`Validation found ${counted(errors, 'error')}.`);
  }
  if (facts.validation === null && facts.written > 0 && !rolledBack) {
    open.push('The result was not validated.');
  }
  const unfinished = facts.steps.filter((step) => !step.ended).length;
  if (facts.outcome === 'failed' || facts.outcome === 'cancelled') {
    open.push(
      `${unfinished} of ${counted(facts.steps.length, 'step')} ${unfinished === 1 ? 'is' : 'are'} not completed.`,
    );
  }
  if (facts.outcome === 'rollback_incomplete') open.push(`The rollback: ${incompleteWords(facts)}.`);
  return open;
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

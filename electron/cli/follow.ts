import type { RunSnapshot } from '#shared/contract/run.ts';
import { OverlandError } from '#shared/model/error.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { Phase } from '#shared/model/run.ts';
import type { CommandContext } from './context.ts';
import { printable } from './format.ts';
import { Interrupted } from './output.ts';
import { createDisplay } from './progress.ts';

/** As `watchPhase`; a failure of the phase rejects as well. */
export async function follow(context: CommandContext, runId: string): Promise<RunSnapshot> {
  const last = await watchPhase(context, runId);
  requireSuccess(last);
  return last;
}

/**
 * Watches a run until the phase that was started has ended, showing how it goes. The first Ctrl C cancels the run and
 * waits until it has stopped; then this rejects with Interrupted. What refuses to start rejects with the error that has
 * its exit code.
 */
export async function watchPhase(context: CommandContext, runId: string): Promise<RunSnapshot> {
  const { services, signal } = context;
  const display = createDisplay(context.settings.progress, context.live, {
    line: (text) => context.output.line(text),
    paint: (text) => process.stderr.write(`\r\x1b[K${printable(text).slice(0, (process.stderr.columns || 100) - 1)}`),
  });
  const cancel = () => {
    context.output.note('Cancelling: the chunk in hand is undone, what is committed stays. Ctrl C again ends at once.');
    // When the phase ended in the same moment there is nothing left to cancel.
    services.run.cancel({ runId }, {}).catch(() => undefined);
  };
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  try {
    let last = await services.run.snapshot({ runId }, {});
    if (isAtWork(last)) {
      for await (const snapshot of await services.run.watch({ runId }, {})) {
        last = snapshot;
        display.show(snapshot);
        if (!isAtWork(snapshot)) break;
      }
    } else display.show(last);
    if (isAtWork(last)) last = await services.run.snapshot({ runId }, {});
    display.end();
    if (signal.aborted) throw new Interrupted(stoppedAdvice(last));
    if (last.refused) throw refusalError(last.refused);
    return last;
  } finally {
    display.end();
    signal.removeEventListener('abort', cancel);
  }
}

function stoppedAdvice({ phase, runId }: RunSnapshot): string {
  return phase === 'execute'
    ? `What is committed stays. overland resume ${runId} goes on, overland rollback ${runId} takes it back.`
    : `overland resume ${runId} goes on.`;
}

/** The sentence of a failure names its step, or the step is put before it. */
export function failureText({ step, message }: NonNullable<RunSnapshot['failure']>): string {
  return step === null || message.startsWith(step) ? message : `${step}: ${message}`;
}

/** Whether a process is at work on the run. */
export function isAtWork(snapshot: RunSnapshot): boolean {
  const { condition, interrupted } = snapshot;
  return (condition === 'running' || condition === 'pausing' || condition === 'stopping') && interrupted === null;
}

function requireSuccess(snapshot: RunSnapshot): void {
  const { failure, condition, phase } = snapshot;
  if (condition !== 'failed' || isOutcomeOf(phase, snapshot)) return;
  const message = failure?.message ?? `The phase ${phase.replace('_', ' ')} failed.`;
  const finding = makeFinding({
    severity: 'error',
    category: `${phase}_failed`,
    message,
    step: failure?.step ?? null,
    suggestion: failure?.advice ?? null,
  });
  throw new OverlandError('FAILED', failure ? failureText(failure) : message, { finding }, advice(failure));
}

/** An end that has an exit code of its own is told by the outcome, not as an error. */
function isOutcomeOf(phase: Phase, snapshot: RunSnapshot): boolean {
  if (phase === 'validate') return snapshot.outcome === 'validation_failed' || snapshot.failure === null;
  return phase === 'rollback' && snapshot.outcome === 'rollback_incomplete';
}

function refusalError(refused: NonNullable<RunSnapshot['refused']>): OverlandError {
  switch (refused.kind) {
    case 'locked':
      return new OverlandError('LOCKED', `${refused.target} is in use by another run. Nothing was written.`, {
        holder: refused.holder,
      });
    case 'changed':
      return new OverlandError(
        'PLAN_STALE',
        'What the plan rests on has changed. Nothing was written.',
        { differences: refused.differences },
        { advice: 'Make a new plan and look at it: overland plan BUNDLE.' },
      );
    case 'space':
      return new OverlandError('SPACE', `There is not enough space in ${refused.where}. Nothing was written.`, {
        where: refused.where,
        neededBytes: refused.neededBytes,
        freeBytes: refused.freeBytes,
        advice: 'Free the space named, or choose another folder for rollback points in the settings.',
      });
    case 'other':
      return new OverlandError(
        'FAILED',
        refused.message,
        { finding: makeFinding({ severity: 'error', category: 'refused', message: refused.message }) },
        advice(refused),
      );
  }
}

function advice(from: { readonly advice: string | null } | null): { advice?: string } {
  return from?.advice ? { advice: from.advice } : {};
}

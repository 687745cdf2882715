import type { RunSnapshot, StepProgress } from '#shared/contract/run.ts';
import type { Format } from '../../ui/format/format.ts';
import { currentStep, type ExecuteMode } from './mode.ts';

export type Words = { readonly title: string; readonly lead: string };

/** Heading and sentence under it: what is so, with the figure that decides. `lostAt` is the time the engine stopped answering. */
export function executeWords(
  mode: Exclude<ExecuteMode, 'ready' | 'refused' | 'done'>,
  snapshot: RunSnapshot,
  format: Format,
  target: string,
  lostAt: string | null,
): Words {
  const step = currentStep(snapshot.steps);
  const where = step ? `step ${step.ord} of ${snapshot.steps.length}, ${step.id}` : 'its first step';
  switch (mode) {
    case 'running':
      return { title: `Running ${where}`, lead: timeLeft(snapshot, format) };
    case 'about_to_stop': {
      const seconds = snapshot.aboutToStop?.seconds ?? null;
      const soon = seconds === null ? 'soon' : `in about ${format.duration(seconds)}`;
      return { title: `Running ${where}. It stops by itself ${soon}`, lead: forecastWords(snapshot, format) };
    }
    case 'stopping':
      return {
        title: snapshot.condition === 'pausing' ? `Pausing in ${where}` : `Stopping in ${where}`,
        lead: stoppingWords(snapshot, format),
      };
    case 'paused':
      return {
        title: `Paused in step ${step?.ord ?? 1} of ${snapshot.steps.length}${afterChunk(step, format, ',')}`,
        lead: `Nothing is being written and no transaction is open. The application must stay stopped: ${target} holds part of the new state.${workLeft(snapshot, format)}`,
      };
    case 'recovered':
      return {
        title: `The engine is back. Nothing was lost; paused${afterChunk(step, format, '')}`,
        lead: `Journal and target were compared at ${format.timeSeconds(snapshot.reconciled?.at ?? snapshot.at)}. It does not resume by itself.`,
      };
    case 'interrupted':
      return {
        title: `Interrupted in ${where}`,
        lead: `${snapshot.interrupted?.words ?? 'What was committed stays committed.'} ${target} holds part of the new state.`.trim(),
      };
    case 'failed':
      return {
        title:
          snapshot.criterion?.words === snapshot.failure?.message && snapshot.criterion
            ? `Stopped by the policy before ${where}`
            : `Failed in ${where}`,
        lead: `${sentence(snapshot.failure?.message ?? 'The step ended with an error')} ${target} holds part of the new state: the application must stay stopped.`,
      };
    case 'cancelled':
      return {
        title: `Cancelled in step ${step?.ord ?? 1} of ${snapshot.steps.length}. ${format.count(snapshot.counts.accepted, 'record')} stay written`,
        lead: `${target} holds part of the new state. The application must not be started against it before you resume or roll back.`,
      };
    case 'lost':
      return {
        title: `Engine lost${lostAt ? ` at ${format.timeSeconds(lostAt)}` : ''}. Reconnecting`,
        lead: `Figures below are the last known, of ${format.timeSeconds(snapshot.at)}. Progress now is unknown until the engine answers.`,
      };
  }
}

/** `Resume at chunk 250`, or at the step where chunks are not counted. */
export function resumeLabel(snapshot: RunSnapshot, format: Format): string {
  const step = currentStep(snapshot.steps);
  if (!step) return 'Resume';
  return step.chunk ? `Resume at chunk ${format.number(step.chunk.at + 1)}` : `Resume at step ${step.ord}`;
}

/** `About 31 min left (25 to 42). Ends about 03:11 (03:05 to 03:22), 1 h 49 min before the window closes.` */
export function timeLeft(snapshot: RunSnapshot, format: Format): string {
  const left = snapshot.leftSeconds;
  if (!left) return 'How long it takes is not known yet: no speed was measured.';
  const from = Date.parse(snapshot.at);
  const clock = (seconds: number) => format.time(new Date(from + seconds * 1000).toISOString());
  const first = capital(format.estimate(left).replace(/^(about [^(]+?)( \(|$)/, '$1 left$2'));
  const range = clock(left.low) === clock(left.high) ? '' : ` (${clock(left.low)} to ${clock(left.high)})`;
  const ends = `Ends about ${clock(left.likely)}${range}`;
  if (!snapshot.window) return `${first}. ${ends}.`;
  const spare = (Date.parse(snapshot.window.closes) - from) / 1000 - left.likely;
  const held = `${format.duration(Math.abs(spare))} ${spare >= 0 ? 'before' : 'after'} the window closes`;
  return `${first}. ${ends}, ${held}.`;
}

function forecastWords({ setAside }: RunSnapshot, format: Format): string {
  const now = `${format.number(setAside.now)} ${setAside.now === 1 ? 'is' : 'are'} set aside so far`;
  return setAside.forecast === null ? `${now}.` : `${now}; the dry run forecast ${format.number(setAside.forecast)}.`;
}

function stoppingWords({ stopping }: RunSnapshot, format: Format): string {
  if (!stopping) return 'The chunk that is being written is finished first.';
  const undoing = stopping.undoing ? ' The database is undoing a chunk that was not committed.' : '';
  const seconds = stopping.seconds === null ? '' : ` About ${format.duration(stopping.seconds)} left.`;
  return `${stopping.what}.${undoing}${seconds}`;
}

function afterChunk(step: StepProgress | undefined, format: Format, comma: string): string {
  if (!step?.chunk || step.chunk.at < 1) return '';
  const of = step.chunk.of === null ? '' : ` of ${format.number(step.chunk.of)}`;
  return `${comma} after chunk ${format.number(step.chunk.at)}${of}`;
}

function workLeft({ leftSeconds }: RunSnapshot, format: Format): string {
  return leftSeconds ? ` ${capital(format.estimate(leftSeconds))} of work are left.` : '';
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

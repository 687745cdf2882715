import { ORPCError } from '@orpc/client';
import type { ErrorCode, ErrorData } from '#shared/model/error.ts';
import { EngineLost } from './engine-lost.ts';

/** Whether a call failed with this expected error of the contract; then `error.data` has its type. */
export function isOverlandError<C extends ErrorCode>(error: unknown, code: C): error is ORPCError<C, ErrorData<C>> {
  return error instanceof ORPCError && error.defined && error.code === code;
}

export function isEngineLost(error: unknown): error is EngineLost {
  return error instanceof EngineLost;
}

/** What the window itself refuses, before the engine is asked. */
export class Refusal extends Error {
  readonly advice: string;

  constructor(message: string, advice: string) {
    super(message);
    this.name = 'Refusal';
    this.advice = advice;
  }
}

export type ErrorWords = {
  /** What is so. */
  title: string;
  /** What it means, what can be done. Null when the title says it all. */
  advice: string | null;
};

/** Words for an error where a screen has none of its own. Never the text of an unexpected exception alone: that goes to the log. */
export function errorWords(error: unknown): ErrorWords {
  if (error instanceof Refusal) return { title: error.message, advice: error.advice };
  if (isEngineLost(error)) {
    return {
      title: 'The engine does not answer',
      advice: 'What is committed stays committed. It is read again on return.',
    };
  }
  if (isOverlandError(error, 'BUNDLE_INVALID')) {
    const { problems } = error.data;
    return { title: error.message, advice: problems.length ? problems.map((p) => p.message).join(' ') : null };
  }
  if (isOverlandError(error, 'INVALID_INPUT')) {
    return { title: error.message, advice: error.data.problems.map((p) => p.advice ?? p.message).join(' ') || null };
  }
  if (isOverlandError(error, 'LOCKED')) {
    const { holder } = error.data;
    return {
      title: error.message,
      advice: `Held by ${holder.person} on ${holder.machine}, process ${holder.pid}, run ${holder.runId}.`,
    };
  }
  if (isOverlandError(error, 'NO_BACKUP') || isOverlandError(error, 'SPACE')) {
    return { title: error.message, advice: error.data.advice };
  }
  if (isOverlandError(error, 'CONNECTION')) {
    const first = error.data.findings[0];
    return {
      title: error.message,
      advice: first ? [first.message, first.suggestion].filter(Boolean).join('. ') : null,
    };
  }
  if (isOverlandError(error, 'SECRET_MISSING')) {
    return { title: error.message, advice: `Needed: ${error.data.names.join(', ')}. Enter them under Connections.` };
  }
  if (isOverlandError(error, 'FAILED')) return { title: error.message, advice: error.data.finding.suggestion };
  if (error instanceof ORPCError && error.defined) return { title: error.message, advice: null };
  return {
    title: 'The engine met an error that it did not expect',
    advice: 'Nothing more was started. The log of the engine holds the cause; Settings shows where it is.',
  };
}

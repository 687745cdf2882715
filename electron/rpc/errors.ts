import { randomInt } from 'node:crypto';
import { ORPCError } from '@orpc/server';
import { OverlandError } from '#shared/model/error.ts';
import type { Log } from '../platform/log.ts';

/**
 * What a caller is told. An expected error keeps its code, message, data and advice; anything else is a bug: it is logged
 * with its causes under a reference, and only the reference is answered, since the text of a foreign error may hold data.
 */
export function answerFor(error: unknown, procedure: string, log: Log): ORPCError<string, unknown> {
  if (error instanceof ORPCError) return error;
  if (error instanceof OverlandError) {
    const advice = error.advice === null ? {} : { advice: error.advice };
    return new ORPCError(error.code, { message: error.message, data: { ...advice, ...error.data } });
  }
  const reference = randomInt(36 ** 6)
    .toString(36)
    .padStart(6, '0');
  log.error('unexpected error', { reference, procedure, error: plainError(error) });
  return new ORPCError('INTERNAL', {
    status: 500,
    message: `Unexpected error in the engine, reference ${reference}. The log names its cause.`,
    data: { reference },
  });
}

/** An error with its chain of causes as plain data. */
export function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: plainError(error.cause) }),
  };
}

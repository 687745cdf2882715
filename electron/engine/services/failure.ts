import { OverlandError } from '#shared/model/error.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';

/** A request that cannot be carried out because of what was given: which field, why, and what to do. */
export function invalidInput(
  key: string,
  message: string,
  advice: string | null = null,
  file = '',
): OverlandError<'INVALID_INPUT'> {
  return new OverlandError(
    'INVALID_INPUT',
    message,
    { problems: [{ file, line: null, column: null, key, message, advice }] },
    advice === null ? {} : { advice },
  );
}

export function notFound(what: string, name: string, advice?: string): OverlandError<'NOT_FOUND'> {
  return new OverlandError('NOT_FOUND', `There is no ${what} ${name}.`, { what, name }, advice ? { advice } : {});
}

/** An expected failure that is none of the named ones. */
export function failed(
  category: string,
  message: string,
  more: Partial<Finding> = {},
  cause?: unknown,
): OverlandError<'FAILED'> {
  return new OverlandError(
    'FAILED',
    message,
    { finding: makeFinding({ severity: 'error', category, message, ...more }) },
    { ...(more.suggestion ? { advice: more.suggestion } : {}), ...(cause === undefined ? {} : { cause }) },
  );
}

/** The words of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

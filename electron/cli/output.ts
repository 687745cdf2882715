import { adviceOf } from '#shared/contract/advice.ts';
import { type ErrorData, OverlandError } from '#shared/model/error.ts';
import { figure } from '#shared/model/figures.ts';
import { type Finding, makeFinding, type Problem } from '#shared/model/finding.ts';
import { exitCodes } from '#shared/model/run.ts';
import { printable } from './format.ts';

export type Streams = {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
};

/** What a command has to say: as text for a person, or with `--json` as exactly one document on stdout. */
export class Output {
  readonly json: boolean;
  readonly #streams: Streams;
  #answered = false;

  constructor(streams: Streams, json: boolean) {
    this.#streams = streams;
    this.json = json;
  }

  /** A line for a person; on stderr when stdout belongs to the document. */
  say(text: string): void {
    (this.json ? this.#streams.stderr : this.#streams.stdout).write(`${printable(text)}\n`);
  }

  /** A line beside the answer, in either form on stderr. */
  note(text: string): void {
    this.#streams.stderr.write(`${printable(text)}\n`);
  }

  /** A line as it is, for streams of JSON. */
  line(text: string): void {
    (this.json ? this.#streams.stderr : this.#streams.stdout).write(`${text}\n`);
  }

  /** The answer of the command; once. */
  answer(exitCode: number, data: Readonly<Record<string, unknown>>): number {
    if (this.json && !this.#answered) {
      this.#answered = true;
      this.#streams.stdout.write(`${JSON.stringify({ ok: exitCode === 0, exitCode, ...data }, null, 2)}\n`);
    }
    return exitCode;
  }

  /** Says what went wrong, where, and what to do; returns the exit code. */
  fail(error: unknown): number {
    const exitCode = exitCodeFor(error);
    if (this.json) {
      return this.answer(exitCode, { error: errorDocument(error) });
    }
    for (const line of errorLines(error)) this.note(line);
    return exitCode;
  }
}

/** Arguments that cannot be meant. */
export class UsageError extends Error {
  readonly advice: string | null;

  constructor(message: string, advice: string | null = null) {
    super(message);
    this.name = 'UsageError';
    this.advice = advice;
  }
}

/** Ended by Ctrl C. */
export class Interrupted extends Error {
  readonly advice: string | null;

  constructor(advice: string | null = null) {
    super('Cancelled.');
    this.name = 'Interrupted';
    this.advice = advice;
  }
}

/** Exit code of a failure, as the table in the README has it. */
export function exitCodeFor(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof Interrupted) return exitCodes.cancelled;
  if (!(error instanceof OverlandError)) return exitCodes.failed;
  switch ((error as OverlandError).code) {
    case 'BUNDLE_INVALID':
    case 'INVALID_INPUT':
    case 'NOT_FOUND':
    case 'WRONG_STATE':
      return exitCodes.usage;
    case 'LOCKED':
      return exitCodes.locked;
    case 'PLAN_STALE':
      return exitCodes.planStale;
    case 'CONSENT_MISSING':
      return exitCodes.consentMissing;
    case 'CANCELLED':
      return exitCodes.cancelled;
    default:
      return exitCodes.failed;
  }
}

/** What went wrong, where, what to do: one line each. */
export function errorLines(error: unknown): string[] {
  if (!(error instanceof OverlandError)) {
    const message = error instanceof Error ? error.message : String(error);
    const advice = error instanceof UsageError || error instanceof Interrupted ? error.advice : null;
    return [`error: ${message}`, ...(advice ? [`  ${advice}`] : [])];
  }
  const advice = error.advice ?? adviceOf(error);
  const details = detailLines(error);
  const said = advice !== null && details.some((line) => line.trim() === advice);
  return [`error: ${error.message}`, ...details, ...(advice !== null && !said ? [`  ${advice}`] : [])];
}

function detailLines(error: OverlandError): string[] {
  switch (error.code) {
    case 'BUNDLE_INVALID':
    case 'INVALID_INPUT':
      return (error.data as ErrorData<'INVALID_INPUT'>).problems.flatMap(problemLines);
    case 'PLAN_STALE':
      return (error.data as ErrorData<'PLAN_STALE'>).differences
        .filter((one) => !one.same)
        .map((one) => `  ${one.what}: in the plan ${one.inPlan}, now ${one.now}`);
    case 'CONSENT_MISSING':
      return (error.data as ErrorData<'CONSENT_MISSING'>).needs.flatMap((need) => [
        `  ${need.text}`,
        `    --consent ${need.name}`,
      ]);
    case 'CONNECTION':
      return (error.data as ErrorData<'CONNECTION'>).findings.flatMap(findingLines);
    case 'FAILED':
      return findingLines((error.data as ErrorData<'FAILED'>).finding).filter((line) => !line.includes(error.message));
    case 'LOCKED': {
      const { holder } = error.data as ErrorData<'LOCKED'>;
      return [
        `  held by ${holder.person} on ${holder.machine}, process ${holder.pid}, run ${holder.runId}, in ${holder.phase} since ${holder.since}`,
      ];
    }
    case 'SECRET_MISSING':
      return (error.data as ErrorData<'SECRET_MISSING'>).names.map(
        (name) => `  OVERLAND_SECRET_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')} is not set`,
      );
    default:
      return [];
  }
}

/** `profile.toml:12:3  steps.subtasks.needs: message`, then the advice. */
export function problemLines(problem: Problem): string[] {
  const at = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(':');
  return [
    `  ${at}  ${problem.key ? `${problem.key}: ` : ''}${problem.message}`,
    ...(problem.advice ? [`    ${problem.advice}`] : []),
  ];
}

export function findingLines(given: Finding): string[] {
  const finding = makeFinding(given);
  // A sentence that begins with the count says it already.
  const count =
    finding.count === null || finding.message.startsWith(`${figure(finding.count)} `)
      ? ''
      : ` (${figure(finding.count)})`;
  return [
    `  ${finding.severity}: ${finding.message}${count}${finding.path ? `  at ${finding.path}` : ''}`,
    ...(finding.suggestion ? [`    ${finding.suggestion}`] : []),
  ];
}

function errorDocument(error: unknown): Record<string, unknown> {
  if (error instanceof OverlandError) {
    return { code: error.code, message: error.message, advice: error.advice, data: error.data };
  }
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof UsageError ? 'USAGE' : error instanceof Interrupted ? 'CANCELLED' : 'INTERNAL';
  const advice = error instanceof UsageError || error instanceof Interrupted ? error.advice : null;
  return { code, message, advice, data: null };
}

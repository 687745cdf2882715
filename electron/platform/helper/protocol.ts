import type { HelperProgress, HelperTaskName, HelperTasks } from '../helper-host.ts';

/** What passes between the engine and a helper process. Plain data; bigint and bytes survive both transports. */
export type ToHelper = { readonly type: 'run'; readonly task: HelperTaskName; readonly input: unknown };
export type FromHelper =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly progress: HelperProgress }
  | { readonly type: 'done'; readonly output: unknown }
  | { readonly type: 'failed'; readonly failure: FailureWords };

/** An error as it crosses a process border; `detail` is whatever structured data the error had. */
export type FailureWords = {
  readonly name: string;
  readonly message: string;
  readonly stack: string | null;
  readonly detail: unknown;
};

export type HelperTaskHandlers = {
  readonly [K in HelperTaskName]: (
    input: HelperTasks[K]['input'],
    report: (progress: HelperProgress) => void,
  ) => HelperTasks[K]['output'] | Promise<HelperTasks[K]['output']>;
};

/** A task that failed inside a helper process. */
export class HelperFailure extends Error {
  readonly detail: unknown;

  constructor(failure: FailureWords) {
    super(failure.message);
    this.name = 'HelperFailure';
    this.detail = failure.detail;
    if (failure.stack) this.stack = failure.stack;
  }
}

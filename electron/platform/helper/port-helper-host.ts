import { setTimeout as sleep } from 'node:timers/promises';
import type { HelperHost, HelperProgress, HelperTaskName, HelperTasks } from '../helper-host.ts';
import { type FromHelper, HelperFailure } from './protocol.ts';

/** A helper process that somebody else started for us. */
export interface SpawnedHelper {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** The process or its channel is gone; `reason` in words. */
  onClose(listener: (reason: string) => void): void;
  /** SIGKILL, at once. */
  kill(): void;
  /** Whether this process must stay alive for it: not while the helper waits for its next task. */
  needed?(needed: boolean): void;
}

/** How long a helper waits for its next task before it is ended, in milliseconds. Starting one costs a tenth of a second. */
const idleMs = 5_000;
/** Helpers that may wait at the same time. */
const mostIdle = 2;
const longestDying = 1_000;

/**
 * Runs tasks in processes that `spawn` starts: main's utility processes on the desktop, forks elsewhere. One task a process
 * at a time. A process whose task ended well gets the next task; one that failed or was stopped is killed, and gone before
 * the caller hears of it.
 */
export function portHelperHost(spawn: () => Promise<SpawnedHelper>): HelperHost {
  const idle: Helper[] = [];

  const takeIdle = (): Helper | null => {
    for (let helper = idle.pop(); helper; helper = idle.pop()) if (helper.wake()) return helper;
    return null;
  };

  return {
    async run(task, input, { signal, onProgress }) {
      signal?.throwIfAborted();
      const helper = takeIdle() ?? new Helper(await spawn());
      let done = false;
      try {
        const output = await helper.converse(task, input, signal, onProgress);
        done = true;
        return output;
      } finally {
        if (done && idle.length < mostIdle) {
          idle.push(helper);
          helper.rest();
        } else await helper.end();
      }
    },
  };
}

/** A process and the task that it has in hand. */
class Helper {
  readonly #process: SpawnedHelper;
  readonly #closed: Promise<void>;
  #hear: (message: FromHelper) => void = () => undefined;
  #lost: (reason: string) => void = () => undefined;
  #gone: string | null = null;
  /** Takes the listener of the task in hand off its signal. */
  #settled: () => void = () => undefined;
  #bored: NodeJS.Timeout | undefined;

  constructor(process: SpawnedHelper) {
    this.#process = process;
    process.onMessage((message) => this.#hear(message as FromHelper));
    this.#closed = new Promise((resolve) =>
      process.onClose((reason) => {
        this.#gone ??= reason;
        this.#lost(reason);
        resolve();
      }),
    );
  }

  /** Waits for another task, not for ever, and keeps nobody from ending. */
  rest(): void {
    this.#process.needed?.(false);
    this.#bored = setTimeout(() => this.#process.kill(), idleMs);
    this.#bored.unref();
  }

  /** False when it is gone meanwhile. */
  wake(): boolean {
    clearTimeout(this.#bored);
    if (this.#gone !== null) return false;
    this.#process.needed?.(true);
    return true;
  }

  /** Its locks last until it is gone, a few milliseconds; a host that cannot tell must not hold us up. */
  async end(): Promise<void> {
    this.#process.kill();
    await Promise.race([this.#closed, sleep(longestDying, undefined, { ref: false })]);
  }

  converse<K extends HelperTaskName>(
    task: K,
    input: HelperTasks[K]['input'],
    signal: AbortSignal | undefined,
    onProgress: ((progress: HelperProgress) => void) | undefined,
  ): Promise<HelperTasks[K]['output']> {
    return new Promise<HelperTasks[K]['output']>((resolve, reject) => {
      const onAbort = (): void => {
        this.#process.kill();
        reject(signal?.reason);
      };
      if (signal?.aborted) {
        onAbort();
        return;
      }
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#lost = (reason) => reject(new Error(`The helper process for ${task} ended early: ${reason}`));
      if (this.#gone !== null) this.#lost(this.#gone);
      this.#hear = (message) => {
        if (message.type === 'progress') onProgress?.(message.progress);
        else if (message.type === 'done') resolve(message.output as HelperTasks[K]['output']);
        else if (message.type === 'failed') reject(new HelperFailure(message.failure));
      };
      this.#settled = () => signal?.removeEventListener('abort', onAbort);
      this.#process.send({ type: 'run', task, input });
    }).finally(() => {
      this.#settled();
      this.#hear = this.#lost = this.#settled = () => undefined;
    });
  }
}

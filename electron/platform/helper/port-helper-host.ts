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
}

const longestDying = 1000;

/** Runs tasks in processes that `spawn` starts: main's utility processes on the desktop, forks elsewhere. */
export function portHelperHost(spawn: () => Promise<SpawnedHelper>): HelperHost {
  return {
    async run(task, input, { signal, onProgress }) {
      signal?.throwIfAborted();
      const helper = await spawn();
      const closed = new Promise<void>((resolve) => helper.onClose(() => resolve()));
      try {
        return await converse(helper, task, input, signal, onProgress);
      } finally {
        helper.kill();
        // Its locks last until it is gone, a few milliseconds; a host that cannot tell must not hold us up.
        await Promise.race([closed, sleep(longestDying, undefined, { ref: false })]);
      }
    },
  };
}

function converse<K extends HelperTaskName>(
  helper: SpawnedHelper,
  task: K,
  input: HelperTasks[K]['input'],
  signal: AbortSignal | undefined,
  onProgress: ((progress: HelperProgress) => void) | undefined,
): Promise<HelperTasks[K]['output']> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      helper.kill();
      reject(signal?.reason);
    };
    const settle = (act: () => void): void => {
      signal?.removeEventListener('abort', onAbort);
      act();
    };
    if (signal?.aborted) {
      onAbort();
      return;
    }
    signal?.addEventListener('abort', onAbort, { once: true });
    helper.onClose((reason) =>
      settle(() => reject(new Error(`The helper process for ${task} ended early: ${reason}`))),
    );
    helper.onMessage((given) => {
      const message = given as FromHelper;
      if (message.type === 'progress') onProgress?.(message.progress);
      else if (message.type === 'done') settle(() => resolve(message.output as HelperTasks[K]['output']));
      else if (message.type === 'failed') settle(() => reject(new HelperFailure(message.failure)));
    });
    helper.send({ type: 'run', task, input });
  });
}

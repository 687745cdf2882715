import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import type { HelperHost } from '../helper-host.ts';
import { portHelperHost, type SpawnedHelper } from './port-helper-host.ts';

const keptErrorText = 2000;

/**
 * Helpers as forks of this Node process, for the command line and the browser host. `entry` is the file that serves
 * tasks (`drivers/helper-main`). Not for Electron's utilityProcess: run-as-node is fused off there.
 */
export function forkHelperHost(entry: string): HelperHost {
  return portHelperHost(async () => {
    const child = fork(entry, [], {
      serialization: 'advanced',
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    return overChild(child);
  });
}

function overChild(child: ChildProcess): SpawnedHelper {
  let errorText = '';
  child.stderr?.on('data', (part: Buffer) => {
    errorText = (errorText + part.toString('utf8')).slice(-keptErrorText);
  });
  return {
    send: (message) => {
      // The child may be gone already; `exit` tells.
      child.send(message as object, () => undefined);
    },
    onMessage: (listener) => void child.on('message', listener),
    onClose: (listener) => {
      child.on('error', (error) => listener(error.message));
      child.on('exit', (code, signal) =>
        listener(`${signal ? `ended by ${signal}` : `exit code ${code}`}${errorText ? `: ${errorText.trim()}` : ''}`),
      );
    },
    kill: () => void child.kill('SIGKILL'),
    needed(needed) {
      const holds = [child, child.channel, child.stderr as Socket | null];
      for (const hold of holds)
        if (needed) hold?.ref();
        else hold?.unref();
    },
  };
}

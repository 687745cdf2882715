import { type HelperPort, serveHelper } from '../platform/helper/serve-helper.ts';
import { sqliteTasks } from './sqlite/helper-tasks.ts';

/**
 * Entry of a helper process. Started by `fork` (command line, browser host) or as a utilityProcess by Electron's main; there
 * `process.parentPort` is the channel, and main may hand over a MessagePort that leads straight to the engine.
 */
type ParentPort = {
  on(event: 'message', listener: (event: { data: unknown; ports?: readonly TransferredPort[] }) => void): void;
  postMessage(message: unknown): void;
};
type TransferredPort = HelperPort & { start(): void };

const { parentPort } = process as unknown as { parentPort?: ParentPort };

if (parentPort) {
  parentPort.on('message', (event) => {
    const port = event.ports?.[0];
    if (!port) return;
    serveHelper(port, sqliteTasks);
    port.start();
  });
} else if (process.send) {
  // Never close a database on the way out: that would tidy up files which are not ours to change.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  serveHelper(
    {
      postMessage: (message) => void process.send?.(message as object),
      on: (_event, listener) => process.on('message', listener),
    },
    sqliteTasks,
  );
} else {
  process.stderr.write('This file is started by Overland and does nothing by itself.\n');
  process.exitCode = 2;
}

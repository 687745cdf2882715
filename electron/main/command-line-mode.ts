import { app } from 'electron';
import { runCommandLine } from '../cli/command-line.ts';
import type { Places } from '../cli/places.ts';
import { portHelperHost, type SpawnedHelper } from '../platform/helper/port-helper-host.ts';
import { HelperProcesses } from './helper-processes.ts';
import { restartWithoutDisplay } from './without-display.ts';

/**
 * The command line inside the packaged app, where there is no Node to run it: the engine works in this process, helpers are
 * utility processes. Synchronous: switches count only before the app is ready.
 */
export function startCommandLine(args: readonly string[], places: Places): void {
  if (restartWithoutDisplay()) return;
  app.disableHardwareAcceleration();
  app.dock?.hide();
  const helpers = new HelperProcesses(places.helper);
  let nextId = 1;
  const host = portHelperHost(async () => overPort(helpers, nextId++));
  void app
    .whenReady()
    .then(() => runCommandLine(args, places, host))
    .then(
      (code) => finish(helpers, code),
      (error: unknown) => {
        process.stderr.write(`error: unexpected: ${error instanceof Error ? error.stack : String(error)}\n`);
        finish(helpers, 1);
      },
    );
}

function overPort(helpers: HelperProcesses, id: number): SpawnedHelper {
  const port = helpers.spawn(id);
  port.start();
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => void port.on('message', ({ data }) => listener(data)),
    onClose: (listener) => void port.on('close', () => listener('its process is gone')),
    // The port closes with the process: that is how its end is known.
    kill: () => helpers.kill(id),
  };
}

/** What was written to a pipe must have left before the process does. */
function finish(helpers: HelperProcesses, code: number): void {
  helpers.killAll();
  process.stdout.write('', () => process.stderr.write('', () => app.exit(code)));
}

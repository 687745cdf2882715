import { app, dialog } from 'electron';
import type { Log } from '../platform/log.ts';
import { plainError } from '../rpc/errors.ts';

/** Time for the engine to bring its chunk to an end. */
const graceMs = 5_000;

/**
 * A bug in main: it is logged, said, and the app ends. Electron's own answer is a box that nobody can close on a machine
 * without a screen. Before anything else runs.
 */
export function installCrashHandling(log: () => Log | null, beforeEnd: () => Promise<void>): void {
  let ending = false;
  const end = (error: unknown): void => {
    if (ending) return;
    ending = true;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`Overland ends because of an unexpected error.\n${text}\n`);
    log()?.error('unexpected error in main', { error: plainError(error) });
    const said =
      app.isReady() && process.env.OVERLAND_UNATTENDED !== '1'
        ? dialog.showMessageBox({
            type: 'error',
            title: 'Overland',
            message: 'Overland ends because of an unexpected error.',
            detail:
              'What is committed stays. Start it again: an interrupted run is shown and can be resumed or rolled back. The log has the cause.',
            buttons: ['Close'],
          })
        : Promise.resolve();
    const late = new Promise((resolve) => setTimeout(resolve, graceMs));
    void Promise.race([Promise.allSettled([beforeEnd(), said]), late]).finally(() => app.exit(1));
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

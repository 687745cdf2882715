import { spawnSync } from 'node:child_process';
import { app } from 'electron';

/**
 * Starts the command line of the app again in a way that needs no display, and ends this process with its exit code. On
 * Linux the choice of a display is made from the process's own arguments, before any script can change them; without one
 * the process would crash. Returns false where nothing is to be done.
 */
export function restartWithoutDisplay(): boolean {
  if (process.platform !== 'linux' || app.commandLine.hasSwitch('ozone-platform')) return false;
  const args = [
    '--ozone-platform=headless',
    // Chromium's own complaints about a missing desktop do not belong on the stderr of a command.
    '--log-level=3',
    ...(app.commandLine.hasSwitch('no-sandbox') ? ['--no-sandbox'] : []),
    ...process.argv.slice(1),
  ];
  const { execve } = process as { execve?: (file: string, args: string[], env: NodeJS.ProcessEnv) => never };
  if (execve) execve(process.execPath, [process.execPath, ...args], process.env);
  // Ctrl C reaches the child by itself; this process must live to pass on its exit code.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  const child = spawnSync(process.execPath, args, { stdio: 'inherit' });
  process.exit(child.status ?? 1);
}

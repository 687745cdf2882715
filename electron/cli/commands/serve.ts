import { spawn } from 'node:child_process';
import { exitCodes } from '#shared/model/run.ts';
import { createRouter } from '../../rpc/router.ts';
import { type RunningServer, startServer } from '../../server/server.ts';
import type { Register } from '../command.ts';
import type { CommandContext } from '../context.ts';
import { UsageError } from '../output.ts';
import { wholeNumber } from '../settings.ts';

type Given = { readonly port: string; readonly open: boolean };

export const registerServe: Register = (program, run) => {
  program
    .command('serve')
    .description('the wizard in a browser window, on this machine only')
    .option('--port <n>', 'a port; 0 takes any that is free', '0')
    .option('--no-open', 'print the address and open no window')
    .action((given: Given, command) =>
      run(command, async (context) => {
        const server = await start(context, wholeNumber('--port', given.port, 0, 65_535));
        announce(context, server);
        if (given.open && hasDisplay()) openWindow(server.address());
        await untilAborted(context.signal);
        context.output.note('Ending: what runs finishes its chunk and pauses.');
        await server.close();
        return exitCodes.completed;
      }),
    );
};

async function start(context: CommandContext, port: number): Promise<RunningServer> {
  const { services, log, rendererFolder, output } = context;
  try {
    return await startServer({
      port,
      renderer: rendererFolder,
      router: createRouter(services, log),
      log,
      onOpened: (next) => output.note(`A window is open. For another one: ${next}`),
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new UsageError(`Port ${port} is in use.`, 'Without --port a free one is taken.');
    }
    if ((error as NodeJS.ErrnoException).code === 'EACCES') {
      throw new UsageError(`Port ${port} may not be used by this account.`, 'Take a port above 1023, or none.');
    }
    throw error;
  }
}

/** The address at once, in the form asked for: the process goes on, so the document does not wait for its end. */
function announce(context: CommandContext, server: RunningServer): void {
  const address = server.address();
  if (context.output.json) context.output.answer(exitCodes.completed, { address, port: server.port, pid: process.pid });
  else {
    context.output.say(`Overland is at ${address}`);
    context.output.say('The address works once, on this machine. Ctrl C ends Overland.');
  }
}

/** Whether a window can appear here. */
export function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

function openWindow(address: string): void {
  const [command, args] =
    process.platform === 'darwin'
      ? (['open', [address]] as const)
      : process.platform === 'win32'
        ? (['rundll32', ['url.dll,FileProtocolHandler', address]] as const)
        : (['xdg-open', [address]] as const);
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  // The address is printed; without a browser it is opened by hand.
  child.on('error', () => undefined);
  child.unref();
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

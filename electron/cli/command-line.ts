import type { HelperHost } from '../platform/helper-host.ts';
import { limitNursery } from './nursery.ts';
import { Output } from './output.ts';
import type { Places } from './places.ts';
import { createProgram, grammarError, grammarExitCode } from './program.ts';
import { createRunner } from './run-command.ts';
import { processTerminal } from './terminal.ts';
import { version } from './version.ts';

/** Runs the command line in this process; gives the exit code. `args` are the words after the program's name. */
export async function runCommandLine(args: readonly string[], places: Places, helpers: HelperHost): Promise<number> {
  let exitCode = 0;
  limitNursery();
  outliveReaders();
  const run = createRunner({
    streams: process,
    terminal: processTerminal(),
    variables: process.env,
    places,
    version,
    helpers,
    live: process.stderr.isTTY === true,
    onStop,
    exitNow: (code) => process.exit(code),
    setExitCode: (code) => {
      exitCode = code;
    },
  });
  const program = createProgram(run, version, process);
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    const code = grammarExitCode(error);
    if (code === null) throw error;
    exitCode = code;
    // Whoever asked for a document gets one for what the grammar refuses as well.
    if (code !== 0 && args.includes('--json')) new Output(process, true).fail(grammarError(error));
  }
  return exitCode;
}

/** A reader that closes the pipe (`| head`) does not end a run that is writing: what is said from then on is lost, no more. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
    });
  }
}

function onStop(listener: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}

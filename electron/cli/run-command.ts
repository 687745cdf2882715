import type { Command } from 'commander';
import type { HelperHost } from '../platform/helper-host.ts';
import type { Runner, Work } from './command.ts';
import { startLocalEngine } from './local-engine.ts';
import { Output, type Streams } from './output.ts';
import type { Places } from './places.ts';
import { checkSettings, type GivenOptions } from './settings.ts';
import type { Terminal } from './terminal.ts';

export type CommandLine = {
  readonly streams: Streams;
  readonly terminal: Terminal;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly places: Places;
  readonly version: string;
  readonly helpers: HelperHost;
  /** stderr is a terminal: progress may be painted. */
  readonly live: boolean;
  /** Calls back at Ctrl C, SIGTERM and SIGHUP; the result takes the listener away. */
  readonly onStop: (listener: () => void) => () => void;
  /** Ends the process at once. */
  readonly exitNow: (code: number) => void;
  readonly setExitCode: (code: number) => void;
};

/** Runs commands: settings checked, an engine in this process for as long as the work takes, the exit code set. */
export function createRunner(line: CommandLine): Runner {
  return async (command: Command, work: Work) => {
    const given = command.opts<GivenOptions>();
    const output = new Output(line.streams, given.json === true);
    line.setExitCode(await runWork(line, output, given, command.name(), work));
  };
}

async function runWork(
  line: CommandLine,
  output: Output,
  given: GivenOptions,
  name: string,
  work: Work,
): Promise<number> {
  const stop = new AbortController();
  let asked = 0;
  const forget = line.onStop(() => {
    asked += 1;
    stop.abort();
    // The second time it is meant: the run is left as a crash leaves it, and can be resumed.
    if (asked > 1) line.exitNow(130);
  });
  try {
    const settings = checkSettings(given, line.variables);
    const engine = await startLocalEngine({
      kind: name === 'serve' ? 'browser' : 'cli',
      home: settings.home,
      variables: line.variables,
      resources: line.places.resources,
      version: line.version,
      helpers: line.helpers,
      logLevel: settings.logLevel,
      logStream: line.streams.stderr,
    });
    try {
      return await work({
        services: engine.services,
        output,
        settings,
        terminal: line.terminal,
        paths: engine.paths,
        log: engine.log,
        rendererFolder: line.places.renderer,
        signal: stop.signal,
        live: line.live,
      });
    } finally {
      await engine.end();
    }
  } catch (error) {
    return output.fail(error);
  } finally {
    forget();
  }
}

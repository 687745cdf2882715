import type { Services } from '#shared/contract/services.ts';
import type { Paths } from '../platform/environment.ts';
import type { Log } from '../platform/log.ts';
import type { Output } from './output.ts';
import type { Settings } from './settings.ts';
import type { Terminal } from './terminal.ts';

/** What the work of a command has at hand. */
export type CommandContext = {
  readonly services: Services;
  readonly output: Output;
  readonly settings: Settings;
  readonly terminal: Terminal;
  readonly paths: Paths;
  readonly log: Log;
  /** The built wizard, for `serve`. */
  readonly rendererFolder: string;
  /** Aborted by the first Ctrl C (or SIGTERM); a second one ends the process. */
  readonly signal: AbortSignal;
  /** Where progress is drawn: a terminal line that is painted again, or lines. */
  readonly live: boolean;
};

import pino from 'pino';
import type { Log } from '../log.ts';
import type { Redactor } from './redactor.ts';
import { openRotatingFile } from './rotating-file.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
export type LogOptions = {
  readonly level: LogLevel;
  readonly redactor: Redactor;
  /** Null keeps no file. */
  readonly folder: string | null;
  /** Name of the file without `.log`; one per kind of process. */
  readonly name: string;
  /** Also to this stream, as JSON lines; the command line passes stderr. */
  readonly stream?: { write(line: string): void };
  readonly maxBytes?: number;
  readonly keep?: number;
};

/** Log over pino with synchronous sinks; worker transports do not survive bundling. */
export function createPinoLog(options: LogOptions): Log & { close(): void } {
  const file = options.folder
    ? openRotatingFile({
        folder: options.folder,
        name: options.name,
        maxBytes: options.maxBytes ?? 8 << 20,
        keep: options.keep ?? 5,
      })
    : null;
  const sinks = [...(file ? [{ stream: file }] : []), ...(options.stream ? [{ stream: options.stream }] : [])];
  const logger = pino(
    { level: options.level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.multistream(sinks.map((sink) => ({ ...sink, level: options.level === 'silent' ? 'error' : options.level }))),
  );
  const { redactor } = options;
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, data?: Readonly<Record<string, unknown>>): void => {
      if (!logger.isLevelEnabled(level)) return;
      logger[level]((data ? redactor.data(data) : {}) as object, redactor.text(message));
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    close: () => file?.close(),
  };
}

import { resolve } from 'node:path';
import type { LogLevel } from '../platform/log/pino-log.ts';
import { UsageError } from './output.ts';

/** Options that every command takes, as commander gives them. */
export type GivenOptions = {
  readonly json?: boolean;
  readonly home?: string;
  readonly logLevel?: string;
  readonly progress?: string;
  readonly yes?: boolean;
  readonly consent?: readonly string[];
  readonly connection?: readonly string[];
};

/** The same, checked. */
export type Settings = {
  readonly json: boolean;
  /** Null: `OVERLAND_HOME`, else the platform's folder. */
  readonly home: string | null;
  /** Null: to the log file only. */
  readonly logLevel: LogLevel | null;
  readonly progress: 'lines' | 'ndjson' | 'none';
  readonly yes: boolean;
  readonly consents: readonly string[];
  readonly connections: readonly ConnectionOverride[];
  /** `OVERLAND_CONNECTION_<NAME>` by NAME, as it stands in the environment. */
  readonly environmentConnections: ReadonlyMap<string, string>;
};

/** A field, or with field `url` the whole address of a server. */
export type ConnectionOverride = { readonly connection: string; readonly field: string; readonly value: string };

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

/** Refuses what cannot be meant, naming the option. */
export function checkSettings(
  given: GivenOptions,
  variables: Readonly<Record<string, string | undefined>> = {},
): Settings {
  const logLevel = (given.logLevel ?? null) as LogLevel | null;
  if (logLevel !== null && !levels.includes(logLevel)) {
    throw new UsageError(`--log-level ${logLevel} is not a level.`, `One of ${levels.join(', ')}.`);
  }
  const progress = given.progress ?? 'lines';
  if (progress !== 'lines' && progress !== 'ndjson' && progress !== 'none') {
    throw new UsageError(`--progress ${progress} is not a form.`, 'One of lines, ndjson, none.');
  }
  return {
    json: given.json === true,
    home: given.home === undefined ? null : resolve(given.home),
    logLevel,
    progress,
    yes: given.yes === true,
    consents: given.consent ?? [],
    connections: (given.connection ?? []).map(parseOverride),
    environmentConnections: connectionsOf(variables),
  };
}

function connectionsOf(variables: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> {
  const prefix = 'OVERLAND_CONNECTION_';
  const found = Object.entries(variables).filter(([name, value]) => name.startsWith(prefix) && value);
  return new Map(found.map(([name, value]) => [name.slice(prefix.length), value!]));
}

/** `legacy=/data/old.db` sets the path, `new=postgres://app@db1/shop` the address, `new.host=db1` any other field. */
function parseOverride(text: string): ConnectionOverride {
  const match = /^([^=.]+)(?:\.([^=]+))?=(.*)$/s.exec(text);
  if (!match) {
    throw new UsageError(
      `--connection ${text} cannot be read.`,
      'Write NAME=PATH, NAME=ADDRESS, or NAME.FIELD=VALUE for another field.',
    );
  }
  const [, connection, given, value] = match;
  const field = given ?? (isAddress(value!) ? 'url' : 'path');
  const path = field === 'path' && value !== '' ? resolve(value!) : value!;
  return { connection: connection!, field, value: path };
}

/** `postgres://...`; a path has no `://`. */
export function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
}

/** A whole number in a range, or a usage error that names the option. */
export function wholeNumber(option: string, text: string, from: number, to = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text.replaceAll('_', ''));
  if (!Number.isInteger(value) || value < from || value > to) {
    throw new UsageError(`${option} ${text} is not a whole number from ${from} to ${to}.`);
  }
  return value;
}

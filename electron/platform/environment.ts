import type { Failpoints } from './failpoints.ts';
import type { FileSystem } from './file-system.ts';
import type { HelperHost } from './helper-host.ts';
import type { Log } from './log.ts';

/** Everything the engine takes from outside, passed in so that it runs in a test unchanged. */
export type Environment = {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly random: Random;
  readonly paths: Paths;
  readonly failpoints: Failpoints;
  readonly helpers: HelperHost;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly identity: Identity;
  /** Environment variables that a profile may name as input; none where they are not given. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
};

export interface Clock {
  now(): Date;
  /** Milliseconds that never go back, for durations. */
  monotonic(): number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** `length` characters of a-z0-9. */
  id(length: number): string;
}

/** The data folder: `OVERLAND_HOME`, else the platform's application data. */
export type Paths = {
  readonly home: string;
  readonly journal: string;
  readonly settings: string;
  readonly points: string;
  readonly scratch: string;
  readonly logs: string;
  readonly reports: string;
  /** Files that ship with the app: bundles, schema, icons. */
  readonly resources: string;
};

export type SecretPlace = 'key_store' | 'session' | 'environment';

/** Values of secrets. They never reach a profile, journal, log, report or error. */
export interface Secrets {
  get(name: string): Promise<string | null>;
  where(name: string): Promise<SecretPlace | null>;
  list(): Promise<readonly { name: string; bundle: string | null; where: SecretPlace; setAt: string | null }[]>;
  set(name: string, value: string, keep: 'key_store' | 'session', bundle: string | null): Promise<void>;
  remove(name: string): Promise<void>;
  /** Why values cannot be kept, in words; null when there is a key store. */
  note(): Promise<string | null>;
}

export type Identity = {
  readonly person: string;
  readonly machine: string;
  readonly pid: number;
  /** Tells this process from an earlier one with the same pid: start time of the process. */
  readonly startedAt: string;
};

import { OverlandError } from '#shared/model/error.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { Driver, Holds, Session } from '../../drivers/driver.ts';
import type { Access, Endpoint } from '../../drivers/endpoint.ts';
import { type FolderSession, holdsFiles } from '../../drivers/files.ts';
import { holdsTables, type RelationalSession } from '../../drivers/relational.ts';
import { holdsVectors, type VectorSession } from '../../drivers/vector.ts';
import type { Environment } from '../../platform/environment.ts';
import { resolveEndpoint } from '../profile/endpoint.ts';
import type { Profile, ProfileConnection } from '../profile/profile.ts';

export type PoolMode =
  /** Nothing is written: targets are opened for reading, one that does not exist yet is an empty scratch file. */
  | 'read'
  /** Connections with write access are opened for writing. */
  | 'write'
  /** Connections with write access are replaced by scratch copies. */
  | 'scratch';

type PoolContext = {
  readonly environment: Environment;
  readonly drivers: ReadonlyMap<string, Driver>;
};

/** Sessions of one phase: opened at the first use, one per connection, closed together. */
export class SessionPool implements AsyncDisposable {
  readonly #context: PoolContext;
  readonly #profile: Profile;
  readonly #folder: string;
  readonly #mode: PoolMode;
  readonly #scratchFolder: string;
  readonly #signal: AbortSignal;
  readonly #open = new Map<string, Promise<Session>>();
  /** Made on servers in place of targets; dropped with the pool. */
  readonly #scratches: { readonly driver: Driver; readonly endpoint: Endpoint }[] = [];

  /** `folder` is the bundle's; `scratchFolder` is ours alone. */
  constructor(
    context: PoolContext,
    profile: Profile,
    folder: string,
    mode: PoolMode,
    scratchFolder: string,
    signal: AbortSignal,
  ) {
    this.#context = context;
    this.#profile = profile;
    this.#folder = folder;
    this.#mode = mode;
    this.#scratchFolder = scratchFolder;
    this.#signal = signal;
  }

  get environment(): Environment {
    return this.#context.environment;
  }

  session(name: string): Promise<Session> {
    const known = this.#open.get(name);
    if (known) return known;
    const opening = this.#connect(this.connection(name));
    this.#open.set(name, opening);
    opening.catch(() => this.#open.delete(name));
    return opening;
  }

  /** Fails with CONNECTION when the connection is no database. */
  async tables(name: string): Promise<RelationalSession> {
    const session = await this.session(name);
    return holdsTables(session) ? session : this.#refuse(name, 'tables');
  }

  /** Fails with CONNECTION when the connection is no folder. */
  async folder(name: string): Promise<FolderSession> {
    const session = await this.session(name);
    return holdsFiles(session) ? session : this.#refuse(name, 'files');
  }

  /** Fails with CONNECTION when the connection is no store of vectors. */
  async vectors(name: string): Promise<VectorSession> {
    const session = await this.session(name);
    return holdsVectors(session) ? session : this.#refuse(name, 'vectors');
  }

  connection(name: string): ProfileConnection {
    const connection = this.#profile.connections.get(name);
    if (!connection)
      throw new OverlandError('NOT_FOUND', `The profile has no connection "${name}".`, { what: 'connection', name });
    return connection;
  }

  driver(connection: ProfileConnection): Driver {
    const driver = this.#context.drivers.get(connection.engine);
    if (!driver) {
      throw new OverlandError(
        'CONNECTION',
        `No driver for engine "${connection.engine}" of connection "${connection.name}".`,
        {
          connection: connection.name,
          findings: [
            makeFinding({
              severity: 'error',
              category: 'engine_unknown',
              message: `No driver for engine "${connection.engine}".`,
              path: `connections.${connection.name}.engine`,
              suggestion: `Engines here: ${[...this.#context.drivers.keys()].join(', ')}.`,
            }),
          ],
        },
      );
    }
    return driver;
  }

  endpoint(connection: ProfileConnection): Promise<Endpoint> {
    return resolveEndpoint(connection, this.#folder, this.#context.environment.secrets);
  }

  /** Waits until every open session has ended. The first error is thrown after all were closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    const sessions = [...this.#open.values()];
    this.#open.clear();
    const ends = await Promise.allSettled(
      sessions.map(async (opening) => (await opening.catch(() => null))?.[Symbol.asyncDispose]()),
    );
    for (const { driver, endpoint } of this.#scratches.splice(0))
      await driver.dropScratch?.(endpoint, this.#context.environment);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  #refuse(name: string, wanted: Holds): never {
    const { engine } = this.connection(name);
    const fitting = [...this.#context.drivers.values()].filter((driver) => driver.holds === wanted);
    const message = `Connection "${name}" is of engine ${engine}, which holds no ${wanted}.`;
    const suggestion = `Name a connection of one of these engines: ${fitting.map((driver) => driver.engine).join(', ')}.`;
    const path = `connections.${name}.engine`;
    throw new OverlandError('CONNECTION', message, {
      connection: name,
      findings: [makeFinding({ severity: 'error', category: 'engine_unfit', message, path, suggestion })],
    });
  }

  async #connect(connection: ProfileConnection): Promise<Session> {
    const { environment } = this.#context;
    const driver = this.driver(connection);
    const endpoint = await this.endpoint(connection);
    if (this.#mode === 'scratch' && connection.access !== 'read') {
      const scratch = await driver.makeScratch(endpoint, this.#scratchFolder, environment, this.#signal);
      this.#scratches.push({ driver, endpoint: scratch });
      return driver.connect(scratch, 'scratch', environment, this.#signal);
    }
    if (
      this.#mode === 'read' &&
      connection.access === 'write' &&
      (await driver.exists?.(endpoint, environment)) === false
    ) {
      const empty = await driver.makeScratch(endpoint, this.#scratchFolder, environment, this.#signal);
      return driver.connect(empty, 'scratch', environment, this.#signal);
    }
    const access: Access = this.#mode === 'write' ? connection.access : 'read';
    return driver.connect(endpoint, access, environment, this.#signal);
  }
}

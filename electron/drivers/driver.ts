import type { Holder } from '#shared/model/error.ts';
import type { Finding } from '#shared/model/finding.ts';
import type { Environment } from '../platform/environment.ts';
import type { Fingerprint } from './catalog.ts';
import type { Access, Endpoint } from './endpoint.ts';
import type { GrantNeeds } from './grants.ts';
import type { Others } from './others.ts';
import type { ProtectEvent, ProtectRequest, RestoreRequest, RestoreResult } from './protection.ts';
import type { Lease, TargetControl } from './target-control.ts';

/** What a connection is made of, and so which session its driver gives. */
export type Holds = 'tables' | 'files' | 'vectors';

/** What the engine asks of a connection, whatever it holds. Its steps ask for more: `RelationalSession`, `FolderSession`, `VectorSession`. */
export interface Session extends AsyncDisposable {
  readonly holds: Holds;
  readonly endpoint: Endpoint;
  /** How exactly the driver tells that the whole endpoint is as it was. */
  readonly strength: Fingerprint['strength'];
  /** Version, rights, limits, free space, other sessions: facts for the Connections screen and findings. */
  check(): Promise<Checked>;
  /** State of some objects (tables, paths below the root, collections); of all when null. */
  fingerprint(
    objects: readonly string[] | null,
    strength: Fingerprint['strength'],
    signal?: AbortSignal,
  ): Promise<Fingerprint>;
  /** Our own tables: in the target, or in the sidecar of a target that is no SQL database. */
  readonly control: TargetControl;
  /** Who holds the lease, without taking it; null when nobody does. */
  leaseHolder(name: string): Promise<Holder | null>;
  lease(name: string, holder: Holder): Promise<{ readonly held: Lease } | { readonly heldBy: Holder }>;
  /** Idempotent; `undoing`: the engine still rolls back. */
  stop(how: 'after_chunk' | 'cancel_query' | 'kill'): Promise<{ readonly undoing: boolean }>;
}

export type Checked = {
  readonly product: string;
  readonly facts: readonly {
    check: string;
    found: string;
    needed: string;
    state: 'ok' | 'warning' | 'error' | 'info';
  }[];
  readonly findings: readonly Finding[];
};

export interface Driver<S extends Session = Session> {
  readonly engine: Endpoint['engine'];
  readonly holds: Holds;
  connect(to: Endpoint, access: Access, env: Environment, signal?: AbortSignal): Promise<S>;
  /** Saves what the plan touches into `folder`; each item is written, fsynced, read back and hashed. */
  protect(request: ProtectRequest, env: Environment): AsyncIterable<ProtectEvent>;
  /** Bytes that `protect` will write at most; 0 when not given, for what cannot be known before. */
  protectedBytes?(request: Pick<ProtectRequest, 'endpoint' | 'objects'>, env: Environment): Promise<number>;
  /** Brings items back. The caller has undone the steps before, or the undo mode is `restore`. */
  restore(request: RestoreRequest, env: Environment): Promise<RestoreResult>;
  /** A private copy or overlay that a dry run may write. */
  makeScratch(of: Endpoint, folder: string, env: Environment, signal?: AbortSignal): Promise<Endpoint>;
  /** Drops what `makeScratch` made outside of its folder, that is on a server. Idempotent. */
  dropScratch?(scratch: Endpoint, env: Environment): Promise<void>;
  /** False for a file or folder that is yet to be made; a server is there or it is not reached. True when not given. */
  exists?(endpoint: Endpoint, env: Environment): Promise<boolean>;
  /** Who else is connected to what the endpoint names, sessions of ours aside. */
  others?(to: Endpoint, env: Environment, signal?: AbortSignal): Promise<Others>;
  /** Statements that give the user of the connection what these needs are, and nothing more. Pure text. */
  grants?(to: Endpoint, needs: GrantNeeds): readonly string[];
}

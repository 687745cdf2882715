import type { Session } from './driver.ts';
import type { VectorEndpoint } from './endpoint.ts';
import type { RelationalSession } from './relational.ts';

/** An open store of vectors: source and target of `vectors` steps. */
export interface VectorSession extends Session {
  readonly holds: 'vectors';
  readonly endpoint: VectorEndpoint;
  /** Where chunks are claimed and committed: the store itself where it is a database, else the sidecar, see `sidecar.ts`. */
  readonly books: RelationalSession;
}

export function holdsVectors(session: Session): session is VectorSession {
  return session.holds === 'vectors';
}

import type { Session } from './driver.ts';
import type { FolderEndpoint } from './endpoint.ts';
import type { RelationalSession } from './relational.ts';

/** An open folder: sources and targets of `config` and `files` steps. */
export interface FolderSession extends Session {
  readonly holds: 'files';
  readonly endpoint: FolderEndpoint;
  /** The sidecar: chunks are claimed and committed there, see `sidecar.ts`. */
  readonly books: RelationalSession;
}

export function holdsFiles(session: Session): session is FolderSession {
  return session.holds === 'files';
}

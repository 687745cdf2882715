/** A connection of the profile, overrides applied and secrets resolved. */
export type Endpoint = RelationalEndpoint | FolderEndpoint | VectorEndpoint;

export type RelationalEndpoint = FileEndpoint | ServerEndpoint;

export type FileEndpoint = { readonly engine: 'sqlite'; readonly name: string; readonly path: string };

export type ServerEndpoint = {
  readonly engine: 'postgres' | 'mysql';
  readonly name: string;
  /** As in the profile: host, port, database, user, schema, tls, ca, cert, key, connect_timeout ... */
  readonly fields: Readonly<Record<string, string>>;
  readonly password: string | null;
};

/** `path` is absolute. In a scratch endpoint what is not found below `path` is read from `under`, and never written there. */
export type FolderEndpoint = {
  readonly engine: 'folder';
  readonly name: string;
  readonly path: string;
  readonly under?: string;
};

export type VectorEndpoint = VectorFileEndpoint | VectorTableEndpoint | VectorServiceEndpoint;

/** sqlite-vec: a SQLite file. */
export type VectorFileEndpoint = { readonly engine: 'sqlite-vec'; readonly name: string; readonly path: string };

/** pgvector: fields as those of PostgreSQL. */
export type VectorTableEndpoint = {
  readonly engine: 'pgvector';
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly password: string | null;
};

export type VectorServiceEndpoint = {
  readonly engine: 'qdrant' | 'chroma';
  readonly name: string;
  /** Without user, password and query. */
  readonly url: string;
  /** As in the profile: tenant, database ... */
  readonly fields: Readonly<Record<string, string>>;
  readonly apiKey: string | null;
};

/** `read` can change nothing, `write` is the target, `scratch` is ours alone. */
export type Access = 'read' | 'write' | 'scratch';

/** A connection of the profile, overrides applied and secrets resolved. */
export type Endpoint = FileEndpoint | ServerEndpoint;

export type FileEndpoint = { readonly engine: 'sqlite'; readonly name: string; readonly path: string };

export type ServerEndpoint = {
  readonly engine: 'postgres' | 'mysql';
  readonly name: string;
  /** As in the profile: host, port, database, user, schema, tls, ca, cert, key, connect_timeout ... */
  readonly fields: Readonly<Record<string, string>>;
  readonly password: string | null;
};

/** `read` can change nothing, `write` is the target, `scratch` is ours alone. */
export type Access = 'read' | 'write' | 'scratch';

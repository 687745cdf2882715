/** A connection of the profile, overrides applied and secrets resolved. */
export type Endpoint =
  | { readonly engine: 'sqlite'; readonly name: string; readonly path: string }
  | {
      readonly engine: 'postgres' | 'mysql';
      readonly name: string;
      readonly fields: Readonly<Record<string, string>>;
      readonly password: string | null;
    };

/** `read` can change nothing, `write` is the target, `scratch` is ours alone. */
export type Access = 'read' | 'write' | 'scratch';

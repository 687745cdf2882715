/** Somebody else who is connected to what a connection names; null where the engine does not tell. */
export type OtherSession = {
  readonly application: string;
  readonly user: string | null;
  readonly since: string | null;
};

/** `complete` false: there may be more that this user cannot see; `needed` is the right that would show them. */
export type Others = {
  readonly sessions: readonly OtherSession[];
  readonly complete: boolean;
  readonly needed: string | null;
};

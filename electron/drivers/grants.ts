/** What a plan does at one connection, as far as it needs rights for it. */
export type GrantNeeds = {
  readonly access: 'read' | 'write' | 'scratch';
  /** Tables and other objects are made, changed or dropped. */
  readonly structure: boolean;
  readonly writes: readonly WrittenTable[];
};

/** `exists` null: it could not be looked at. A table that the run makes belongs to it and needs no grant. */
export type WrittenTable = {
  readonly table: string;
  readonly mode: 'insert' | 'upsert' | 'replace';
  readonly exists: boolean | null;
};

/** Our own tables in a target: in no catalog, fingerprint or foreign-key check; dropped by clean-up. */
export const controlTables = [
  'overland_run',
  'overland_chunk',
  'overland_written',
  'overland_preimage',
  'overland_lease',
] as const;

/** Those of them that hold rows of a run. */
export const perRunTables = ['overland_run', 'overland_chunk', 'overland_written', 'overland_preimage'] as const;

const ours: ReadonlySet<string> = new Set(controlTables);

export function isOurs(table: string): boolean {
  return ours.has(table.toLowerCase());
}

/** An identifier as SQL. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteAll(names: readonly string[]): string {
  return names.map(quote).join(', ');
}

/** A text literal as SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Our own tables in a target: in no catalog, fingerprint or foreign-key check; dropped by clean-up. */
export const controlTables = [
  'overland_run',
  'overland_chunk',
  'overland_written',
  'overland_preimage',
  'overland_lease',
] as const;

const ours: ReadonlySet<string> = new Set(controlTables);

export function isOurs(table: string): boolean {
  return ours.has(table.toLowerCase());
}

/** An identifier as SQL. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteAll(names: readonly string[]): string {
  return names.map(quote).join(', ');
}

/** A text literal as SQL, for standard_conforming_strings, which our sessions switch on. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Scratch schemas and databases of ours begin so. */
export const scratchPrefix = 'overland_scratch_';

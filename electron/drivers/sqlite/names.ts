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

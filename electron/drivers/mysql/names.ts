/** An identifier as SQL. */
export function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

export function quoteAll(names: readonly string[]): string {
  return names.map(quote).join(', ');
}

/** A text literal as SQL, under the SQL mode of our sessions (a backslash escapes). */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\0', '\\0')}'`;
}

/** Places for `count` values. */
export function places(count: number): string {
  return Array(count).fill('?').join(', ');
}

/** ` AND column IN (...)`; nothing for null, which stands for all. */
export function among(column: string, names: readonly string[] | null): string {
  if (names === null) return '';
  return names.length === 0 ? ' AND FALSE' : ` AND ${column} IN (${names.map(literal).join(', ')})`;
}

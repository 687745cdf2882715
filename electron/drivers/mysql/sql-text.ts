/** An identifier as SQL. */
export function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

export function quoteAll(names: readonly string[]): string {
  return names.map(quote).join(', ');
}

/** Text as a literal; the backslash escapes unless NO_BACKSLASH_ESCAPES is set, which our sessions do not. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('\0', '\\0')}'`;
}

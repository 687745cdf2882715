/** A text of the profile that begins with `=` is an expression; `==` stands for a literal `=`. */
export function asExpression(value: unknown): string | null {
  return typeof value === 'string' && value.startsWith('=') && !value.startsWith('==') ? value.slice(1) : null;
}

/** The literal that a text stands for. */
export function asLiteralText(text: string): string {
  return text.startsWith('==') ? text.slice(1) : text;
}

import * as z from 'zod';

/** Parts that the shapes of a profile share. What `.describe()` says is advice in problems and text in the JSON Schema. */

/** Names of connections, steps, maps, lookups and variables: words of CEL, or with dashes where CEL does not see them. */
export const plainName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'a name begins with a letter and has letters, digits, _ and -');

export const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'a name in expressions begins with a letter and has letters, digits and _');

export const filled = z.string().min(1);

/** Tables, columns and keys as the engine names them. */
export const objectName = z.string().min(1).max(255);

/** A whole number that may be left out. */
export function wholeNumberOr(standard: number, least: number, most: number) {
  return wholeNumber(least, most).prefault(BigInt(standard)).meta({ default: standard });
}

/** Whole numbers arrive as bigint, so that 1 and 1.0 stay apart. */
export function wholeNumber(least: number, most: number) {
  return z.bigint().min(BigInt(least)).max(BigInt(most)).transform(Number).meta({ minimum: least, maximum: most });
}

/** A literal, or an expression when the text begins with `=`. */
export const value = z
  .union([z.string(), z.bigint(), z.number(), z.boolean()], {
    error: 'text, a number, true or false is expected; dates are text in quotes',
  })
  .describe('A literal, or an expression: a text that begins with "=". "==" stands for a literal "=".');

export const expression = z
  .string()
  .regex(/^=(?!=)/, 'an expression begins with "="')
  .describe('An expression begins with "=", for example "=row.title == null".');

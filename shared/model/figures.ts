/** Figures in the words of the engine and the command line; the wizard writes its own, as the settings say. */

/** `1,549`. */
export function figure(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 record`, `2,000 records`; the plural is given when it is not the word with an s. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${figure(count)} ${count === 1 ? one : many}`;
}

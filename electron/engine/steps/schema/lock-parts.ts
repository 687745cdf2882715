/** What a statement does to a table while others use it. */
export type Effect = {
  readonly table: string;
  /** What waits: nothing to speak of, writes, or reads and writes. */
  readonly blocks: 'nothing' | 'writes' | 'everything';
  /** How long: an instant, while the whole table is read, or while it is written anew. */
  readonly work: 'instant' | 'scan' | 'rewrite';
  /** The lock or the algorithm by the engine's own name, and why. */
  readonly words: string;
};

/** A name, with its schema or without; one group. */
export const namePattern =
  '((?:(?:"[^"]+"|`[^`]+`|[\\p{L}_][\\p{L}\\p{N}_$]*)\\.)?(?:"[^"]+"|`[^`]+`|[\\p{L}_][\\p{L}\\p{N}_$]*))';

/** The last part of a name, without its quotes. */
export function unquoted(name: string): string {
  const last = /("[^"]+"|`[^`]+`|[^."`]+)$/.exec(name)?.[1] ?? name;
  return last.replace(/^["`]|["`]$/g, '');
}

/** The actions of an ALTER TABLE, apart at the commas that stand outside of brackets. */
export function actionsOf(text: string): string[] {
  const actions: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (text[at] !== ',' || depth > 0) continue;
    actions.push(text.slice(from, at).trim());
    from = at + 1;
  }
  return [...actions, text.slice(from).replace(/;\s*$/, '').trim()].filter((action) => action !== '');
}

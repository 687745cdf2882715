import { changesBetween } from '../../documents/changes.ts';
import { type Doc, type DocPath, docPathText, docText, leavesOf } from '../../documents/tree.ts';

/** A value that differs, by its key; null where there is none. */
export type EffectiveChange = { readonly key: string; readonly from: string | null; readonly to: string | null };

/** The value of each leaf that differs, both ways. */
export function effectiveChanges(from: Doc, to: Doc): readonly EffectiveChange[] {
  return changesBetween(from, to).flatMap((change) => leafChanges(change.path, change.from, change.to));
}

function leafChanges(path: DocPath, from: Doc | undefined, to: Doc | undefined): EffectiveChange[] {
  const olds = new Map(
    from === undefined ? [] : [...leavesOf(from, path)].map((leaf) => [docPathText(leaf.path), docText(leaf.value)]),
  );
  const news = new Map(
    to === undefined ? [] : [...leavesOf(to, path)].map((leaf) => [docPathText(leaf.path), docText(leaf.value)]),
  );
  return [...new Set([...olds.keys(), ...news.keys()])].map((key) => ({
    key,
    from: olds.get(key) ?? null,
    to: news.get(key) ?? null,
  }));
}

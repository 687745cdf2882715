import { type Doc, type DocPath, docPathText, isDocObject, leavesOf, sameDoc, valueAt } from '../../documents/tree.ts';
import type { Mapped } from './map-types.ts';
import type { ConfigSpec, KeyPattern } from './spec-types.ts';

export type Fate = 'mapped' | 'kept' | 'deprecated' | 'unknown';
export type KeyFate = {
  readonly key: string;
  readonly fate: Fate;
  /** Where its value went, by key of the result. */
  readonly to: readonly string[];
  readonly advice: string | null;
};

/** What becomes of every key of a source; nothing ends without an entry. */
export function fatesOf(
  doc: Doc,
  mapped: Mapped,
  spec: ConfigSpec,
  unknown: 'warning' | 'error' | 'copy',
): readonly KeyFate[] {
  return [...leavesOf(doc)]
    .filter(({ path }) => path.length > 0)
    .map(({ path, value }) => {
      const key = docPathText(path);
      const to = mapped.reads
        .filter(({ from }) => covers(from, path) || (isEmpty(value) && covers(path, from)))
        .map((read) => read.to);
      if (to.length > 0) return { key, fate: 'mapped', to: [...new Set(to)], advice: null };
      const deprecated = spec.fate.deprecated.find((one) => covers(one.key, path));
      if (deprecated) return { key, fate: 'deprecated', to: [], advice: deprecated.advice };
      if (spec.fate.kept.some((one) => covers(one, path)))
        return { key, fate: 'kept', to: [], advice: 'It stays in the source.' };
      const stays = (spec.start === 'source' || unknown === 'copy') && staysSame(value, valueAt(mapped.result, path));
      if (stays) return { key, fate: 'kept', to: [key], advice: null };
      return { key, fate: 'unknown', to: [], advice: null };
    });
}

/** True when the pattern names the path or something that it is in. */
export function covers(pattern: KeyPattern, path: DocPath): boolean {
  return pattern.length <= path.length && pattern.every((part, at) => part === '*' || part === path[at]);
}

/** A table that others fill is still there. */
function staysSame(value: Doc, now: Doc | undefined): boolean {
  return sameDoc(now, value) || (isDocObject(value) && isDocObject(now));
}

function isEmpty(value: Doc): boolean {
  return value === null || typeof value === 'object';
}

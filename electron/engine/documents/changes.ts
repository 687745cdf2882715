import { type Doc, type DocPath, isDocList, isDocObject, sameDoc } from './tree.ts';

/** `to` undefined: removed; `from` undefined: added. */
export type DocChange = { readonly path: DocPath; readonly from: Doc | undefined; readonly to: Doc | undefined };

/**
 * What differs between two documents, each difference as deep as it can be told. Lists of another length are told element by
 * element where the rest only follows, removals from the end, so that changes may be made one after the other.
 */
export function changesBetween(from: Doc, to: Doc, path: DocPath = []): readonly DocChange[] {
  if (sameDoc(from, to)) return [];
  if (isDocObject(from) && isDocObject(to)) {
    const removed = Object.keys(from)
      .filter((key) => !Object.hasOwn(to, key))
      .map((key) => ({ path: [...path, key], from: from[key], to: undefined }));
    const rest = Object.entries(to).flatMap(([key, value]) => {
      const old = Object.hasOwn(from, key) ? from[key] : undefined;
      return old === undefined
        ? [{ path: [...path, key], from: undefined, to: value }]
        : changesBetween(old, value, [...path, key]);
    });
    return [...removed, ...rest];
  }
  if (isDocList(from) && isDocList(to) && to.length > 0) {
    const both = Math.min(from.length, to.length);
    const changed = to.slice(0, both).flatMap((value, at) => changesBetween(from[at] ?? null, value, [...path, at]));
    const added = to.slice(both).map((value, at) => ({ path: [...path, both + at], from: undefined, to: value }));
    const removed = from
      .slice(both)
      .map((value, at) => ({ path: [...path, both + at], from: value, to: undefined }))
      .reverse();
    return [...changed, ...added, ...removed];
  }
  return [{ path, from, to }];
}

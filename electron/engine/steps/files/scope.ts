import type { ExpressionScope } from '../../values/expression.ts';

const fileFields = ['path', 'name', 'stem', 'ext', 'folder', 'rest', 'parts', 'size'] as const;
export type FileNames = { readonly [Name in (typeof fileFields)[number]]: unknown };

/** Names that expressions of a `files` step may use. */
export function filesScope(constants: readonly string[], withModel: boolean): ExpressionScope {
  return {
    lookups: {},
    item: null,
    index: false,
    constants,
    variables: { file: fileFields, ...(withModel ? { model: null } : {}) },
  };
}

/** What expressions see of a file; `path` begins at the root of the step. */
export function fileNames(path: string, size: number): FileNames {
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  const dot = name.lastIndexOf('.');
  const at = dot > 0 ? dot : name.length;
  return {
    path,
    name,
    stem: name.slice(0, at),
    ext: name.slice(at + 1),
    folder: parts.slice(0, -1).join('/'),
    rest: parts.slice(1).join('/'),
    parts,
    size: BigInt(size),
  };
}

import { type Doc, DocNumber, DocTime, docText, isDocList, isDocObject } from '../../documents/tree.ts';
import { casts } from '../../values/cast.ts';
import type { DocCast, DocKind } from './spec-types.ts';

/** The value as the type, or undefined when it cannot be had without loss. */
export function castDoc(value: Doc, to: DocCast): Doc | undefined {
  if (value === null || isDocList(value) || isDocObject(value)) return undefined;
  if (to === 'text') return typeof value === 'string' ? value : docText(value);
  const plain = value instanceof DocTime || value instanceof DocNumber ? value.text : value;
  const cast = casts[to](plain);
  return typeof cast === 'bigint' || typeof cast === 'number' || typeof cast === 'boolean' ? cast : undefined;
}

export function isKind(value: Doc, kind: DocKind): boolean {
  return kindOf(value) === kind;
}

export function kindOf(value: Doc): DocKind | 'null' {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string' || value instanceof DocTime) return 'text';
  if (isDocList(value)) return 'list';
  return isDocObject(value) ? 'table' : 'number';
}

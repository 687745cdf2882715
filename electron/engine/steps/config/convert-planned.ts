import { createHash } from 'node:crypto';
import type { FolderSession } from '../../../drivers/files.ts';
import { type DocFormat, docLimits, formatOf } from '../../documents/document.ts';
import { type Converted, type ConvertRules, convertFile, type FileInput } from './convert-file.ts';
import type { ConfigSpec } from './spec-types.ts';

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The bytes at a path; null where nothing is. Fails with a DbFailure for what is no readable file. */
export async function bytesAt(session: FolderSession, path: string): Promise<Uint8Array | null> {
  return (await session.stat(path)) === null ? null : session.read(path);
}

/** Whether a file is larger than what is read as configuration. It is then not even hashed. */
export async function tooLarge(session: FolderSession, path: string): Promise<number | null> {
  const stat = await session.stat(path);
  return stat !== null && stat.kind === 'file' && stat.bytes > docLimits.bytes ? stat.bytes : null;
}

/** Where the result of a source goes. */
export function targetOf(spec: ConfigSpec, source: string): string {
  const { file, folder, format } = spec.target;
  if (file !== null) return file;
  const named = (path: string) =>
    format === null || formatOf(path) === format ? path : path.replace(/(?:\.[^./]+)?$/, extensions[format]);
  if (folder === null) return named(source);
  const { root } = spec.source;
  const below = root !== '' && source.startsWith(`${root}/`) ? source.slice(root.length + 1) : source;
  const place = folder.replace(/^(?:\.\/)+|\/+$/g, '');
  return place === '' || place === '.' ? named(below) : `${place}/${named(below)}`;
}

const extensions: Readonly<Record<DocFormat, string>> = { json: '.json', yaml: '.yaml', toml: '.toml', env: '.env' };

export function convertOne(
  spec: ConfigSpec,
  paths: { readonly source: string; readonly target: string },
  bytes: Uint8Array,
  before: Uint8Array | null,
  rows: FileInput['rows'],
  rules: ConvertRules,
): Converted {
  const format = spec.source.format ?? formatOf(paths.source) ?? 'json';
  return convertFile(
    {
      source: { path: paths.source, bytes, format },
      target: { path: paths.target, before, format: spec.target.format ?? formatOf(paths.target) ?? format },
      rows,
    },
    rules,
  );
}

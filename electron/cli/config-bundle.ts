import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { OverlandError } from '#shared/model/error.ts';
import { formatOf } from '../engine/documents/document.ts';
import { parseDocument, writeDocument } from '../engine/documents/index.ts';
import { type DocObject, docObject, isDocObject } from '../engine/documents/tree.ts';
import type { Paths } from '../platform/environment.ts';
import { UsageError } from './output.ts';

export type ConfigRequest = {
  readonly source: string;
  /** Null: in place. */
  readonly to: string | null;
  /** A sample's name, or the folder of a bundle; null: another format, or nothing. */
  readonly template: string | null;
  readonly strict: boolean;
};

/**
 * A bundle of one `config` step for files that have none, in the data folder: the same request gives the same bundle, so that
 * its runs are found again by `status` and `rollback`.
 */
export async function makeConfigBundle(request: ConfigRequest, paths: Paths): Promise<string> {
  const template = request.template === null ? null : await readTemplate(request.template, paths);
  const profile = writeDocument(await profileOf(request, template), 'toml');
  const folder = join(paths.home, 'config', createHash('sha256').update(profile).digest('hex').slice(0, 12));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const part of ['schema', 'templates'])
    if (template && (await isFolder(join(template.folder, part))))
      await cp(join(template.folder, part), join(folder, part), { recursive: true });
  await writeFile(join(folder, 'profile.toml'), profile, { mode: 0o600 });
  return folder;
}

type Template = { readonly folder: string; readonly step: DocObject; readonly maps: DocObject | null };

async function readTemplate(name: string, { resources }: Paths): Promise<Template> {
  const own = join(resources, 'bundles', name);
  const folder = /^[\w-]+$/.test(name) && (await isFolder(own)) ? own : resolve(name);
  const text = await readFile(join(folder, 'profile.toml'), 'utf8').catch(() => null);
  if (text === null)
    throw new OverlandError(
      'NOT_FOUND',
      `There is no template ${name}.`,
      { what: 'template', name },
      {
        advice: 'Name a sample bundle, such as agent-framework, or the folder of a bundle.',
      },
    );
  const { doc } = parseDocument(text, 'toml');
  const steps = isDocObject(doc) && isDocObject(doc['steps']) ? Object.values(doc['steps']) : [];
  const step = steps.filter(isDocObject).find(({ kind }) => kind === 'config');
  if (!step) throw new UsageError(`The bundle ${name} has no config step.`, 'Name one that has.');
  const maps = isDocObject(doc) && isDocObject(doc['maps']) ? doc['maps'] : null;
  return { folder, step, maps };
}

async function profileOf({ source, to, strict }: ConfigRequest, template: Template | null): Promise<DocObject> {
  const from = resolve(source);
  const many = await isFolder(from);
  if (!many && !(await exists(from)))
    throw new OverlandError('NOT_FOUND', `There is no file or folder ${source}.`, { what: 'file', name: source });
  const target = to === null ? from : resolve(to);
  const fromFolder = many ? from : dirname(from);
  const toFolder = many ? target : dirname(target);
  const same = fromFolder === toFolder;
  const base =
    template?.step ??
    docObject([
      ['kind', 'config'],
      ['start', 'source'],
      ['not_held', docObject([['null', 'drop']])],
    ]);
  const { source: given, target: _target, needs: _needs, ...rules } = base;
  const yaml = isDocObject(given) ? given['yaml'] : undefined;
  const patterns = ['*.json', '*.yml', '*.yaml', '*.toml'];
  const step = docObject([
    ...Object.entries(rules),
    ...(strict ? ([['strict', true]] as const) : []),
    [
      'source',
      docObject([
        ['connection', 'source'],
        many ? ['files', patterns] : ['file', basename(from)],
        ...(yaml === undefined ? [] : ([['yaml', yaml]] as const)),
      ]),
    ],
    [
      'target',
      docObject([
        ['connection', same ? 'source' : 'target'],
        ...(many || to === null ? (same ? [] : ([['folder', '.']] as const)) : ([['file', basename(target)]] as const)),
        ...(template && !many && formatOf(target) === 'toml' ? ([['exists', 'merge']] as const) : []),
      ]),
    ],
  ]);
  const connection = (path: string, access: string) =>
    docObject([
      ['engine', 'folder'],
      ['path', path],
      ['access', access],
    ]);
  return docObject([
    ['overland', 1n],
    ['id', 'config'],
    ['version', '1'],
    ['title', `Configuration: ${basename(from)}`],
    [
      'connections',
      docObject([
        ['source', connection(fromFolder, same ? 'write' : 'read')],
        ...(same ? [] : ([['target', connection(toFolder, 'write')]] as const)),
      ]),
    ],
    ...(template?.maps ? ([['maps', template.maps]] as const) : []),
    ['steps', docObject([['config', step]])],
  ]);
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

import { basename, dirname, join, posix } from 'node:path';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { FolderContent, FolderEntry, FolderSession } from '../../../drivers/files.ts';
import { DbFailure } from '../../../drivers/relational.ts';
import type { ReadEnv } from '../step-kind.ts';
import type { Naming } from './naming.ts';
import type { PlannedFile } from './plan-types.ts';
import { checkSafetensors } from './safetensors.ts';
import type { FilesSpec } from './spec-types.ts';

/** What a source is, where it goes, and what is there. `asks` is the name of a model that nobody named. */
export type Surveyed = {
  readonly file: PlannedFile;
  readonly findings: readonly Finding[];
  readonly asks: string | null;
};

type Survey = {
  readonly spec: FilesSpec;
  readonly from: FolderSession;
  readonly to: FolderSession;
  readonly naming: Naming;
  readonly env: Pick<ReadEnv, 'environment' | 'signal'>;
};

type Source = Pick<PlannedFile, 'kind' | 'bytes' | 'mode' | 'modifiedMs' | 'sha' | 'link'>;

/** Reads the file once. What is wrong with a file sets it aside; what is wrong with a rule or a name stops the plan. */
export async function surveyFile(entry: FolderEntry, survey: Survey): Promise<Surveyed> {
  const { spec, from, to, naming } = survey;
  const { path } = entry;
  let file: PlannedFile = { ...nothing, source: path };
  const refuse = (code: string, message: string, rule: string | null = null): Surveyed => ({
    file: { ...file, fate: 'refuse', refused: { code, message, rule } },
    findings: [
      makeFinding({
        severity: rule === null ? 'warning' : 'error',
        category: code,
        message: rule === null ? `${message} The file is set aside.` : message,
        path,
        rule,
      }),
    ],
    asks: null,
  });
  try {
    if (entry.kind === 'other') return refuse('no_file', `${path} is neither a file nor a link.`);
    if (entry.kind === 'link' && spec.symlinks === 'refuse')
      return refuse('link', `${path} is a link, and the step takes none.`);
    const stat = await (entry.kind === 'link' && spec.symlinks === 'follow' ? followed(path, survey) : from.stat(path));
    if (stat === null) return refuse('source_missing', `${path} is not there any more.`);
    if (typeof stat === 'string') return refuse('link_to_folder', stat);
    file = { ...file, bytes: stat.bytes, mode: stat.mode, modifiedMs: stat.modifiedMs };
    const named = naming.of(path, stat.bytes);
    if (named.kind === 'leave') return { file, findings: [], asks: null };
    if (named.kind === 'unknown_name') {
      const message = `${path} belongs to ${named.name}, which has no new name.`;
      return {
        file: { ...file, fate: 'refuse', refused: { code: 'unknown_name', message, rule: named.rule } },
        findings: [],
        asks: named.name,
      };
    }
    if (named.kind === 'refused') return refuse(named.code, named.message, named.rule);
    const source = await read(entry, survey);
    file = { ...file, ...source, target: named.target, model: named.model };
    const defect = await defectOf(file, survey);
    if (defect) return refuse(`safetensors_${defect.code}`, `${path}: ${defect.message}`);
    if (source.link !== null && leavesBy(named.target, source.link))
      return refuse('link_leaves_root', `The link ${path} would leave the folder of the target at its new place.`);
    return meet(file, await to.content(named.target), survey);
  } catch (error) {
    if (!(error instanceof DbFailure)) throw error;
    return refuse('unreadable', error.message);
  }
}

const nothing: Omit<PlannedFile, 'source'> = {
  target: null,
  fate: 'leave',
  kind: 'file',
  bytes: 0,
  mode: 0,
  modifiedMs: 0,
  sha: null,
  link: null,
  beforeSha: null,
  model: null,
  inPlace: false,
  refused: null,
};

/** The file that a link leads to, or why it cannot be taken. */
async function followed(path: string, { from, env }: Survey) {
  const stat = await env.environment.fs.stat(await from.locate(path));
  return stat?.kind === 'folder' ? `The link ${path} leads to a folder; only links to files are followed.` : stat;
}

async function read({ path, kind }: FolderEntry, { spec, from, env }: Survey): Promise<Source> {
  if (kind === 'link' && spec.symlinks === 'follow') {
    const whole = await from.locate(path);
    const { fs } = env.environment;
    const [stat, digest] = [await fs.stat(whole), await fs.digest(whole, { signal: env.signal })];
    return { ...sizes(stat ?? { bytes: digest.bytes, mode: 0o644, modifiedMs: 0 }), sha: digest.sha256, link: null };
  }
  const content = await from.content(path, env.signal);
  if (content === null) return { ...sizes({ bytes: 0, mode: 0, modifiedMs: 0 }), sha: null, link: null };
  return { ...sizes(content), kind: content.link === null ? 'file' : 'link', sha: content.sha256, link: content.link };
}

function sizes({ bytes, mode, modifiedMs }: Pick<PlannedFile, 'bytes' | 'mode' | 'modifiedMs'>) {
  return { kind: 'file', bytes, mode, modifiedMs } as const;
}

async function defectOf({ source, bytes, kind }: PlannedFile, { spec, from }: Survey) {
  if (spec.safetensors === 'ignore' || kind !== 'file' || !/\.safetensors$/i.test(source)) return null;
  return checkSafetensors(bytes, (at, length) => from.readPart(source, at, length));
}

/** Whether the text of a link, put at this path, leads out of the folder. */
function leavesBy(target: string, link: string): boolean {
  const resolved = posix.join(posix.dirname(target), link);
  return posix.isAbsolute(link) || resolved === '..' || resolved.startsWith('../');
}

/** The target may have the name already. */
async function meet(file: PlannedFile, there: FolderContent | null, survey: Survey): Promise<Surveyed> {
  const { spec } = survey;
  const done = (fate: PlannedFile['fate'], more: Partial<PlannedFile> = {}): Surveyed => ({
    file: { ...file, fate, ...more },
    findings: [],
    asks: null,
  });
  if (there === null) return done('write');
  if (there.kind === file.kind && there.sha256 === file.sha)
    return done('same', { beforeSha: there.sha256, inPlace: await isOneFile(file, survey) });
  const replaceable = there.kind === 'file' && file.kind === 'file';
  if (spec.conflict === 'replace' && replaceable) return done('write', { beforeSha: there.sha256 });
  const message =
    there.kind === 'file'
      ? `${file.target} is there already, with other content than ${file.source}.`
      : `${file.target} is there already, as a ${there.kind}.`;
  const finding = (severity: 'error' | 'info', more: string) =>
    makeFinding({
      severity,
      category: 'target_exists',
      message: message + more,
      path: file.target,
      oldValue: there.sha256,
      newValue: file.sha,
      suggestion: 'Choose another name by `into`, or say conflict = "keep" or "replace".',
    });
  if (spec.conflict === 'keep') return { ...done('leave'), findings: [finding('info', ' It stays.')] };
  const refused = { code: 'target_exists', message, rule: `${spec.key}.conflict` };
  return { ...done('refuse', { refused }), findings: [finding('error', '')] };
}

async function isOneFile({ source, target }: PlannedFile, { from, to, env }: Survey): Promise<boolean> {
  const { fs } = env.environment;
  const real = async (session: FolderSession, path: string) =>
    join(await fs.realPath(dirname(session.absolute(path))), basename(path));
  return (await real(from, source)) === (await real(to, target ?? source));
}

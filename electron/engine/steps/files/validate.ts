import { figure } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { FolderSession } from '../../../drivers/files.ts';
import { DbFailure } from '../../../drivers/relational.ts';
import type { ReadEnv, StepDone, ValidationItem } from '../step-kind.ts';
import { type FilesPlan, isTaken, type TakenFile } from './plan-types.ts';

/** Quick: every file is there with its kind and size. Full: both sides are read again and held against the recorded hash. */
export async function* validateFiles(
  plan: FilesPlan,
  step: string,
  scope: 'quick' | 'full',
  done: StepDone,
  env: ReadEnv,
): AsyncGenerator<ValidationItem> {
  const { spec } = plan;
  const [from, to] = [await env.folder(spec.source.connection), await env.folder(spec.target.connection)];
  const files = plan.files.filter(isTaken).filter(({ source }) => !done.setAside?.has(source));
  let [wrong, sources] = [0, 0];
  for (const [at, file] of files.entries()) {
    env.signal.throwIfAborted();
    const finding = await targetFault(file, to, scope, env.signal);
    if (finding) {
      wrong += 1;
      yield { kind: 'finding', finding: { ...finding, step } };
    }
    if (scope === 'full' && spec.how !== 'move') {
      const changed = await sourceFault(file, from, env.signal);
      sources += changed ? 0 : 1;
      if (changed) yield { kind: 'finding', finding: { ...changed, step } };
    }
    if (at % 100 === 99) yield { kind: 'progress', done: at + 1 };
  }
  const how = scope === 'full' ? 'read again with the recorded hash' : 'there with their size';
  yield {
    kind: 'check',
    check: `Files of ${step}`,
    found: wrong === 0 ? `${figure(files.length)} ${how}` : `${figure(wrong)} of ${figure(files.length)} differ`,
    severity: wrong === 0 ? 'ok' : 'critical',
  };
  if (scope === 'full' && spec.how !== 'move')
    yield {
      kind: 'check',
      check: `Sources of ${step}`,
      found: `${figure(sources)} of ${figure(files.length)} as they were read`,
      severity: sources === files.length ? 'ok' : 'warning',
    };
}

async function targetFault(
  file: TakenFile,
  to: FolderSession,
  scope: 'quick' | 'full',
  signal: AbortSignal,
): Promise<Finding | null> {
  const { target, sha, bytes, kind } = file;
  const fault = (category: string, message: string, newValue: string | null = null) =>
    makeFinding({ severity: 'critical', category, message, path: target, oldValue: sha, newValue });
  try {
    const stat = await to.stat(target);
    if (stat === null) return fault('missing', `The file ${target} is not there.`);
    if (stat.kind !== kind) return fault('content', `${target} is a ${stat.kind} now.`);
    if (kind === 'file' && stat.bytes !== bytes)
      return fault('content', `The file ${target} has ${figure(stat.bytes)} bytes instead of ${figure(bytes)}.`);
    if (scope === 'quick') return null;
    const found = (await to.content(target, signal))?.sha256 ?? null;
    return found === sha ? null : fault('content', `The file ${target} has other content than its source had.`, found);
  } catch (error) {
    if (!(error instanceof DbFailure)) throw error;
    return fault('not_read_back', `The file ${target} cannot be read back: ${error.message}`);
  }
}

async function sourceFault({ source, sha, kind }: TakenFile, from: FolderSession, signal: AbortSignal) {
  try {
    const content = await from.content(source, signal);
    // Of a link that is followed only the file that it led to was read.
    if (content !== null && (content.kind !== kind || content.sha256 === sha)) return null;
  } catch (error) {
    if (!(error instanceof DbFailure)) throw error;
  }
  const message = `The source ${source} is not as it was read.`;
  return makeFinding({ severity: 'warning', category: 'source_changed', message, path: source, oldValue: sha });
}

import { figure } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { FolderSession } from '../../../drivers/files.ts';
import { DbFailure } from '../../../drivers/relational.ts';
import { DocFault, formatOf } from '../../documents/document.ts';
import { parseDocument } from '../../documents/index.ts';
import { decodeDocument } from '../../documents/text.ts';
import { sameDoc } from '../../documents/tree.ts';
import type { ReadEnv, StepDone, ValidationItem } from '../step-kind.ts';
import { bytesAt, convertOne, sha256 } from './convert-planned.ts';
import { type ConfigPlan, type PlannedFile, rowsOf, specOf } from './plan-types.ts';
import { convertRules } from './rules.ts';

/**
 * Every result is there with the bytes of the plan, and is read again by the parser of its format; in full it is also made once
 * more from its source, and compared as effective values.
 */
export async function* validateConfig(
  plan: ConfigPlan,
  step: string,
  scope: 'quick' | 'full',
  done: StepDone,
  env: ReadEnv,
): AsyncGenerator<ValidationItem> {
  const spec = specOf(plan);
  const [from, to] = [await env.folder(spec.source.connection), await env.folder(spec.target.connection)];
  const rules = { ...convertRules(spec, plan.env, env), strict: plan.strict, unknown: plan.unknown };
  const rows = rowsOf(plan);
  const files = plan.files.filter(({ sha, source }) => sha !== null && !done.setAside?.has(source));
  let [wrong, again] = [0, 0];
  for (const [at, file] of files.entries()) {
    env.signal.throwIfAborted();
    const found = await resultOf(file, to, rules.schema);
    wrong += found.length > 0 ? 1 : 0;
    for (const finding of found) yield { kind: 'finding', finding: { ...finding, step } };
    if (scope === 'full' && found.length === 0 && file.source !== file.target) {
      const bytes = await bytesAt(from, file.source);
      if (bytes && sha256(bytes) === file.sourceSha && spec.target.exists !== 'merge') {
        const { after } = convertOne(spec, file, bytes, null, rows, rules);
        again += 1;
        const now = decodeDocument(await to.read(file.target)).text;
        if (!equalValues(after, now, file.target)) {
          wrong += 1;
          const message = `The effective values of ${file.target} are not those of its source.`;
          yield {
            kind: 'finding',
            finding: makeFinding({
              severity: 'critical',
              category: 'config_value_change',
              step,
              message,
              path: file.target,
            }),
          };
        }
      }
    }
    if (at % 100 === 99) yield { kind: 'progress', done: at + 1 };
  }
  yield {
    kind: 'check',
    check: `Files of ${step}`,
    found:
      wrong === 0
        ? `${figure(files.length)} read back as written`
        : `${figure(wrong)} of ${figure(files.length)} differ`,
    severity: wrong === 0 ? 'ok' : 'critical',
  };
  if (scope === 'full')
    yield {
      kind: 'check',
      check: `Values of ${step}`,
      found: `${figure(again)} made again from their source and compared`,
      severity: 'ok',
    };
}

async function resultOf(
  file: PlannedFile,
  to: FolderSession,
  schema: ReturnType<typeof convertRules>['schema'],
): Promise<readonly Finding[]> {
  const { target, sha } = file;
  const finding = (category: string, message: string, newValue: string | null = null) =>
    makeFinding({ severity: 'critical', category, message, path: target, oldValue: sha, newValue });
  try {
    const bytes = await bytesAt(to, target);
    if (!bytes) return [finding('missing', `The file ${target} is not there.`)];
    const found = sha256(bytes);
    if (found !== sha) return [finding('content', `The file ${target} is not as the run wrote it.`, found)];
    const { doc } = parseDocument(decodeDocument(bytes).text, formatOf(target) ?? 'json');
    return (schema?.(doc) ?? []).map(({ path, message }) => finding('schema', `${target}, ${path}: ${message}.`));
  } catch (error) {
    if (!(error instanceof DocFault || error instanceof DbFailure)) throw error;
    return [finding('not_read_back', `The file ${target} cannot be read back: ${error.message}`)];
  }
}

function equalValues(one: string, other: string, path: string): boolean {
  const format = formatOf(path) ?? 'json';
  return sameDoc(parseDocument(one, format).doc, parseDocument(other, format).doc);
}

import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { FolderSession } from '../../../drivers/files.ts';
import { DbFailure } from '../../../drivers/relational.ts';
import { type DocObject, isDocObject } from '../../documents/tree.ts';
import type { World } from '../../plan/world.ts';
import { missingFolders } from '../folder/missing-folders.ts';
import type { Planned, ReadEnv, StepHead } from '../step-kind.ts';
import { bytesAt, convertOne, sha256, targetOf, tooLarge } from './convert-planned.ts';
import { KeyTable } from './key-table.ts';
import { docOf } from './literal.ts';
import { type ConfigPlan, type PlannedFile, pack } from './plan-types.ts';
import { convertRules, readFlags } from './rules.ts';
import type { ConfigSpec } from './spec-types.ts';
import { commitText, touchesText, undoText } from './words.ts';

/** Findings of single files that are listed; the rest is counted. */
const listed = 500;

/** Reads and converts every file; writes nothing. */
export async function planConfig(
  spec: ConfigSpec,
  step: StepHead,
  world: World,
  env: ReadEnv,
): Promise<Planned<ConfigPlan>> {
  const [from, to] = [await env.folder(spec.source.connection), await env.folder(spec.target.connection)];
  const flags = readFlags(spec, env.environment.variables ?? {});
  const rules = convertRules(spec, flags, env);
  const rows = rowsFor(spec, world);
  const keys = new KeyTable();
  const findings: Finding[] = [];
  const sources =
    spec.source.file === null
      ? await from.list(spec.source.root, spec.source.patterns, env.signal)
      : [spec.source.file];
  const files: PlannedFile[] = [];
  let [bytes, left] = [0, 0];
  for (const [at, source] of sources.entries()) {
    env.signal.throwIfAborted();
    const one = await planFile(spec, source, { from, to, rules, rows });
    files.push(one.file);
    bytes += one.bytes;
    keys.add(one.converted);
    const own = spec.source.file === null && !rules.strict ? setAside(one.findings, one.file) : one.findings;
    left += Math.max(0, own.length - Math.max(0, listed - findings.length));
    findings.push(...own.slice(0, Math.max(0, listed - findings.length)));
    if (at % 50 === 0) env.report({ done: at, total: sources.length, unit: 'files' });
  }
  const clashing = clashes(files);
  findings.push(...clashing, ...emptyFinding(spec, sources));
  if (left > 0)
    findings.push(
      makeFinding({
        severity: 'info',
        category: 'more',
        message: `${left} further findings of files are not listed.`,
        count: left,
      }),
    );
  const plan: ConfigPlan = {
    spec: pack(spec),
    rows: pack([...rows]),
    env: flags,
    strict: rules.strict,
    unknown: rules.unknown,
    files,
    folders: await missingFolders(
      to,
      files.filter(({ sha }) => sha !== null).map(({ target }) => target),
    ),
  };
  const written = files.filter(({ sha, beforeSha }) => sha !== null && sha !== beforeSha);
  return {
    plan,
    touches: [
      { connection: spec.source.connection, object: sourceText(spec), how: 'read', rows: sources.length, bytes },
      ...written.slice(0, 200).map(({ target, beforeSha, bytes: size }) => ({
        connection: spec.target.connection,
        object: target,
        how: beforeSha === null ? ('create' as const) : ('replace' as const),
        rows: null,
        bytes: size,
      })),
    ],
    touchesText: touchesText(spec, sources.length),
    amount: sources.length,
    unit: 'files',
    bytes,
    estimate: null,
    rowsPerSecond: null,
    findings: findings.map((finding) => ({ ...finding, step: step.id })),
    undo: 'preimages',
    undoText: undoText(written),
    commit: 'keyed_and_verified',
    commitText,
    readBy: 'Files are opened for reading; their hashes are compared before the first write',
    types: [],
    keys: keys.rows(),
    reads: [],
    space: [
      {
        connection: spec.target.connection,
        bytes: written.reduce((sum, file) => sum + file.bytes, 0),
        purpose: 'results',
      },
    ],
    watches: watchesOf(spec, files),
    after: world,
  };
}

type Ends = {
  readonly from: FolderSession;
  readonly to: FolderSession;
  readonly rules: ReturnType<typeof convertRules>;
  readonly rows: ReadonlyMap<string, readonly DocObject[]>;
};

async function planFile(spec: ConfigSpec, source: string, { from, to, rules, rows }: Ends) {
  const target = targetOf(spec, source);
  const nothing = { source, target, sourceSha: null, beforeSha: null, sha: null, bytes: 0 };
  const refused = (finding: Finding) => ({
    file: { ...nothing, refused: { code: finding.category, message: finding.message, rule: finding.rule } },
    findings: [finding],
    converted: null,
    bytes: 0,
  });
  try {
    const size = await tooLarge(from, source);
    if (size !== null) {
      const message = `The file has ${size.toLocaleString('en')} bytes; it is most likely no configuration.`;
      return refused(makeFinding({ severity: 'error', category: 'too_large', message, path: source }));
    }
    const bytes = await from.read(source);
    const before = from === to && source === target ? bytes : await bytesAt(to, target);
    const converted = convertOne(spec, { source, target }, bytes, before, rows, rules);
    const inPlace = spec.target.file === null && spec.target.folder === null && source === target;
    const findings = [...converted.findings];
    if (
      converted.sha256 !== null &&
      before &&
      !inPlace &&
      spec.target.exists === 'refuse' &&
      sha256(before) !== converted.sha256
    )
      findings.push(existsFinding(target));
    const error = findings.find(({ severity }) => severity === 'error');
    const file: PlannedFile = {
      source,
      target,
      sourceSha: sha256(bytes),
      beforeSha: before && sha256(before),
      sha: error ? null : converted.sha256,
      bytes: converted.bytes?.length ?? 0,
      refused: error ? { code: error.category, message: error.message, rule: error.rule } : null,
    };
    return { file, findings, converted, bytes: bytes.length };
  } catch (error) {
    if (!(error instanceof DbFailure)) throw error;
    return refused(makeFinding({ severity: 'error', category: 'unreadable', message: error.message, path: source }));
  }
}

function existsFinding(target: string): Finding {
  return makeFinding({
    severity: 'error',
    category: 'target_exists',
    message: `The file ${target} is there already, with other content.`,
    path: target,
    suggestion: 'Choose another target, or say target.exists = "replace" or "merge".',
  });
}

/** Of many files a bad one is set aside and the others go on: what is an error for it is a warning for the run. */
function setAside(findings: readonly Finding[], { refused }: PlannedFile): Finding[] {
  if (!refused) return [...findings];
  return findings.map((finding) =>
    finding.severity === 'error'
      ? { ...finding, severity: 'warning', message: `${finding.message} The file is set aside.` }
      : finding,
  );
}

/** Two sources with one target: which of them would hold is chance. */
function clashes(files: readonly PlannedFile[]): Finding[] {
  const first = new Map<string, string>();
  return files.flatMap(({ source, target }) => {
    const other = first.get(target.toLowerCase());
    first.set(target.toLowerCase(), source);
    if (other === undefined) return [];
    const message = `${other} and ${source} would both become ${target}.`;
    return [
      makeFinding({
        severity: 'error',
        category: 'target_clash',
        message,
        path: target,
        suggestion: 'Rename one, or narrow the patterns.',
      }),
    ];
  });
}

function emptyFinding({ source }: ConfigSpec, sources: readonly string[]): Finding[] {
  if (sources.length > 0) return [];
  const message = `No file below ${source.root === '' ? 'the folder' : source.root} fits ${source.patterns.join(', ')}.`;
  return [
    makeFinding({
      severity: 'error',
      category: 'no_files',
      message,
      path: source.root,
      suggestion: 'Check folder and patterns.',
    }),
  ];
}

function sourceText({ source }: ConfigSpec): string {
  if (source.file !== null) return source.file;
  return source.patterns.map((pattern) => (source.root === '' ? pattern : `${source.root}/${pattern}`)).join(', ');
}

/** Rows of `files` steps before this one. */
function rowsFor(spec: ConfigSpec, world: World): ReadonlyMap<string, readonly DocObject[]> {
  const steps = [...spec.set, ...spec.each.flatMap(({ set }) => set)].flatMap(({ value }) =>
    value.kind === 'rows' ? [value.step] : [],
  );
  return new Map(
    steps.map((step) => {
      const found = world.results.get(step);
      return [step, Array.isArray(found) ? found.map(docOf).filter(isDocObject) : []];
    }),
  );
}

/** Files by name: what else lies in the folder does not make the plan stale. */
function watchesOf(spec: ConfigSpec, files: readonly PlannedFile[]): Readonly<Record<string, readonly string[]>> {
  const sources = files.map(({ source }) => source);
  const targets = files.map(({ target }) => target);
  const { connection: from } = spec.source;
  const { connection: to } = spec.target;
  return from === to ? { [from]: [...sources, ...targets] } : { [from]: sources, [to]: targets };
}

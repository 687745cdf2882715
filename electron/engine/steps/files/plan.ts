import type { Estimate } from '#shared/contract/plan.ts';
import { bytes as bytesText, counted } from '#shared/model/figures.ts';
import { type Finding, makeFinding } from '#shared/model/finding.ts';
import type { FolderSession } from '../../../drivers/files.ts';
import { globTest } from '../../../drivers/folder/paths.ts';
import { DbFailure } from '../../../drivers/relational.ts';
import type { World } from '../../plan/world.ts';
import { missingFolders } from '../folder/missing-folders.ts';
import type { Planned, ReadEnv, StepHead } from '../step-kind.ts';
import { FindingList } from './finding-list.ts';
import {
  clashFindings,
  crossingFindings,
  danglingFindings,
  openDatabaseFindings,
  roomFor,
  unknownNameFindings,
} from './findings.ts';
import { Naming } from './naming.ts';
import { type FilesPlan, isTaken, isWritten, type PlannedFile } from './plan-types.ts';
import { rowsOf } from './result.ts';
import type { FilesSpec } from './spec-types.ts';
import { type Surveyed, surveyFile } from './survey.ts';
import { commitText, touchesText, undoMode, undoText } from './words.ts';

/** Reads every file once and hashes it; writes nothing. */
export async function planFiles(
  spec: FilesSpec,
  step: StepHead,
  world: World,
  env: ReadEnv,
): Promise<Planned<FilesPlan>> {
  const [from, to] = [await env.folder(spec.source.connection), await env.folder(spec.target.connection)];
  const { clock } = env.environment;
  const began = clock.monotonic();
  const { files, findings, asked } = await surveyAll(spec, from, to, env);
  const tookMs = clock.monotonic() - began;
  const written = files.filter(isWritten);
  const room = await roomFor(spec, written, from, to);
  for (const found of [
    unknownNameFindings(spec, asked),
    clashFindings(files),
    crossingFindings(spec, files),
    openDatabaseFindings(files),
    await danglingFindings(files, to),
    room.findings,
    emptyFinding(spec, files),
  ])
    findings.add(found);
  const readBytes = files.reduce((sum, { bytes, sha }) => sum + (sha === null ? 0 : bytes), 0);
  const { source, target, how } = spec;
  return {
    plan: {
      spec,
      files,
      folders: await missingFolders(
        to,
        written.map(({ target: path }) => path),
      ),
    },
    touches: [
      {
        connection: source.connection,
        object: [source.root, source.patterns.join(', ')].filter((part) => part !== '').join('/'),
        how: how === 'move' ? 'delete' : 'read',
        rows: files.length,
        bytes: readBytes,
      },
      ...written.slice(0, 200).map((file) => ({
        connection: target.connection,
        object: file.target,
        how: file.beforeSha === null ? ('create' as const) : ('replace' as const),
        rows: null,
        bytes: file.bytes,
      })),
    ],
    touchesText: touchesText(spec, written),
    amount: files.length,
    unit: 'files',
    bytes: readBytes,
    estimate: estimateOf(readBytes, room.neededBytes, tookMs),
    rowsPerSecond: null,
    findings: findings.all().map((finding) => ({ ...finding, step: step.id })),
    undo: undoMode(how),
    undoText: undoText(how, written),
    commit: 'keyed_and_verified',
    commitText,
    readBy: 'Files are opened for reading; size, time and hash are compared before each gets its new name',
    types: [],
    reads: [],
    space: [{ connection: target.connection, bytes: room.neededBytes, purpose: 'files' }],
    watches: watchesOf(spec, files),
    after: { ...world, results: new Map(world.results).set(step.id, rowsOf(spec, files)) },
  };
}

async function surveyAll(spec: FilesSpec, from: FolderSession, to: FolderSession, env: ReadEnv) {
  const naming = new Naming(spec, env);
  const { root, patterns, except } = spec.source;
  const [wanted, unwanted] = [patterns.map(globTest), except.map(globTest)];
  const files: PlannedFile[] = [];
  const findings = new FindingList();
  const asked = new Map<string, number>();
  let notTaken = 0;
  const take = ({ file, findings: own, asks }: Surveyed) => {
    files.push(file);
    findings.add(own);
    if (asks !== null) asked.set(asks, (asked.get(asks) ?? 0) + 1);
  };
  try {
    for await (const entry of from.walk(root, env.signal)) {
      const below = root === '' ? entry.path : entry.path.slice(root.length + 1);
      if (unwanted.some((test) => test(below))) continue;
      if (!wanted.some((test) => test(below))) {
        notTaken += 1;
        continue;
      }
      take(await surveyFile(entry, { spec, from, to, naming, env }));
      if (files.length % 50 === 0) env.report({ done: files.length, total: null, unit: 'files' });
    }
  } catch (error) {
    if (!(error instanceof DbFailure)) throw error;
    findings.add([makeFinding({ severity: 'error', category: 'unreadable', message: error.message, path: root })]);
  }
  if (notTaken > 0) findings.add([notTakenFinding(spec, notTaken)]);
  return { files, findings, asked };
}

function notTakenFinding({ source }: FilesSpec, count: number): Finding {
  return makeFinding({
    severity: 'info',
    category: 'not_taken',
    message: `${counted(count, 'file')} that no pattern takes ${count === 1 ? 'stays' : 'stay'} where ${count === 1 ? 'it is' : 'they are'}.`,
    path: source.root,
    count,
    suggestion: 'The pattern "**" takes everything, names that begin with a dot too.',
  });
}

function emptyFinding({ source }: FilesSpec, files: readonly PlannedFile[]): Finding[] {
  if (files.length > 0) return [];
  const message = `No file below ${source.root === '' ? 'the folder' : source.root} fits ${source.patterns.join(', ')}.`;
  const suggestion = 'Check folder and patterns.';
  return [makeFinding({ severity: 'error', category: 'no_files', message, path: source.root, suggestion })];
}

/** From the time that reading and hashing took; writing may be as fast, or several times slower. */
function estimateOf(readBytes: number, writtenBytes: number, tookMs: number): Estimate | null {
  if (readBytes < 1_000_000 || tookMs <= 0) return null;
  const reading = tookMs / 1000;
  const writing = (writtenBytes / readBytes) * reading;
  return {
    low: reading,
    likely: reading + writing,
    high: reading + 4 * writing,
    basis: `${bytesText(readBytes)} read and hashed here in ${reading.toFixed(1)} s${writing > 0 ? '; writing was not measured' : ''}`,
  };
}

/** Files by name: what else lies in the folder does not make the plan stale. */
function watchesOf({ source, target }: FilesSpec, files: readonly PlannedFile[]) {
  const sources = files.map((file) => file.source);
  const targets = files.filter(isTaken).map((file) => file.target);
  const [from, to] = [source.connection, target.connection];
  return from === to ? { [from]: [...new Set([...sources, ...targets])] } : { [from]: sources, [to]: targets };
}

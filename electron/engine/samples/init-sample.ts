import { join } from 'node:path';
import { OverlandError } from '#shared/model/error.ts';
import { figure } from '#shared/model/figures.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { Environment } from '../../platform/environment.ts';
import { dirtyMinimum } from './task-orchestrator/dirt.ts';
import { type Generated, generateTaskOrchestrator } from './task-orchestrator/generate.ts';
import type { PlantedLedger } from './task-orchestrator/ledger.ts';
import { sampleTemplates } from './templates.ts';

export type InitOptions = {
  /** Breakdowns in the legacy file; 2,000 when not given. */
  readonly tasks?: number;
  /** The same seed gives the same file; 1 when not given. */
  readonly seed?: number;
  /** Plants what real files have, and says what in `planted.json`. */
  readonly dirty?: boolean;
  readonly columns?: 'older' | 'newer';
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
};

export type InitResult = {
  /** The bundle's folder. */
  readonly path: string;
  /** What was written, in sentences. */
  readonly facts: readonly string[];
  readonly ledger: PlantedLedger;
};

/** What this needs of the environment. */
export type SampleEnvironment = Pick<Environment, 'fs' | 'paths' | 'log'>;

/** Name of the published schema; the samples name it so that editors complete a profile. */
const schemaFile = 'overland-profile-1.schema.json';
const legacyFile = 'legacy.db';
const plantedFile = 'planted.json';
const defaultTasks = 2_000;
const defaultSeed = 1;

/**
 * Writes a sample bundle with its generated legacy data into a new or empty folder. When it fails or is aborted, what it wrote
 * is removed again.
 *
 * @throws OverlandError NOT_FOUND for an unknown template, INVALID_INPUT for a folder that is in use or options out of range,
 * FAILED when something cannot be written.
 */
export async function initSample(
  template: string,
  dir: string,
  options: InitOptions,
  env: SampleEnvironment,
): Promise<InitResult> {
  checkTemplate(template);
  const tasks = options.tasks ?? defaultTasks;
  const dirty = options.dirty ?? false;
  checkOptions(tasks, options.seed ?? defaultSeed, dirty);
  const existed = await checkFolder(dir, env);
  try {
    await env.fs.makeFolder(dir, 0o755);
    const files = await copyBundle(template, dir, env);
    const generated = await generateTaskOrchestrator(join(dir, legacyFile), {
      tasks,
      seed: options.seed ?? defaultSeed,
      dirty,
      columns: options.columns ?? 'newer',
      ...(options.signal && { signal: options.signal }),
      onProgress: (done) => options.onProgress?.({ done, total: tasks }),
    });
    if (dirty) await env.fs.writeDurable(join(dir, plantedFile), ledgerText(generated.ledger), 0o644);
    const bytes = (await env.fs.stat(join(dir, legacyFile)))?.bytes ?? 0;
    return { path: dir, facts: factsOf(files, generated, bytes, dirty), ledger: generated.ledger };
  } catch (error) {
    await removeWritten(dir, existed, env);
    if (error instanceof OverlandError || options.signal?.aborted) throw error;
    throw couldNotWrite(dir, error);
  }
}

function checkTemplate(template: string): void {
  const names = sampleTemplates().map((known) => known.name);
  if (names.includes(template)) return;
  throw new OverlandError(
    'NOT_FOUND',
    `There is no sample called ${template}.`,
    { what: 'sample', name: template },
    { advice: `Samples: ${names.join(', ')}.` },
  );
}

function checkOptions(tasks: number, seed: number, dirty: boolean): void {
  const least = dirty ? dirtyMinimum : 1;
  if (!Number.isInteger(tasks) || tasks < least || tasks > 10_000_000) {
    const why = dirty ? `A dirty file needs at least ${least} breakdowns, one for each kind of fault.` : '';
    throw invalid('tasks', `tasks is ${tasks}; it is a whole number from ${least} to 10,000,000. ${why}`.trim(), null);
  }
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff)
    throw invalid('seed', `seed is ${seed}; it is a whole number from 0 to 4,294,967,295.`, null);
}

/** Whether the (empty) folder was there already. */
async function checkFolder(dir: string, env: SampleEnvironment): Promise<boolean> {
  const stat = await env.fs.stat(dir);
  if (!stat) return false;
  if (stat.kind === 'folder') {
    const entries = await env.fs.list(dir);
    if (entries.length === 0) return true;
    throw invalid(
      'dir',
      `${dir} holds ${entries.length === 1 ? `${entries[0]?.name}` : `${entries.length} files and folders`}. A sample is written into a new or empty folder only.`,
      'Name another folder; it is created when it does not exist.',
    );
  }
  throw invalid(
    'dir',
    `${dir} is a ${stat.kind}, not a folder.`,
    'Name a folder; it is created when it does not exist.',
  );
}

async function copyBundle(template: string, dir: string, env: SampleEnvironment): Promise<number> {
  const count = await copyFolder(join(env.paths.resources, 'bundles', template), dir, env);
  const schema = await env.fs.readText(join(env.paths.resources, schemaFile));
  await env.fs.writeDurable(join(dir, schemaFile), schema, 0o644);
  return count;
}

async function copyFolder(from: string, to: string, env: SampleEnvironment): Promise<number> {
  let count = 0;
  for (const entry of await env.fs.list(from)) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.kind === 'folder') {
      await env.fs.makeFolder(target, 0o755);
      count += await copyFolder(source, target, env);
    } else {
      await env.fs.writeDurable(target, await env.fs.read(source), 0o644);
      count += 1;
    }
  }
  return count;
}

async function removeWritten(dir: string, existed: boolean, env: SampleEnvironment): Promise<void> {
  try {
    if (!existed) return await env.fs.remove(dir);
    for (const entry of await env.fs.list(dir)) await env.fs.remove(join(dir, entry.name));
  } catch (error) {
    // The first error is the one to tell.
    env.log.warn('A sample that could not be finished was not removed', { dir, reason: String(error) });
  }
}

function factsOf(files: number, generated: Generated, bytes: number, dirty: boolean): readonly string[] {
  const facts = [
    `${figure(files)} files of the bundle.`,
    `${legacyFile}: ${figure(generated.breakdowns)} breakdowns, ${figure(generated.subtasks)} subtasks, ${figure(generated.locks)} locks, ${(bytes / 1e6).toFixed(1)} MB.`,
  ];
  if (!dirty) return facts;
  return [
    ...facts,
    `${figure(generated.ledger.planted.length)} faults of ${Object.keys(generated.ledger.counts).length} kinds were planted; because of them ${figure(generated.ledger.setAside.length)} entries are set aside. ${plantedFile} names each.`,
  ];
}

function ledgerText(ledger: PlantedLedger): string {
  return `${JSON.stringify(ledger, null, 2)}\n`;
}

function invalid(key: string, message: string, advice: string | null): OverlandError<'INVALID_INPUT'> {
  return new OverlandError(
    'INVALID_INPUT',
    message,
    { problems: [{ file: '', line: null, column: null, key, message, advice }] },
    advice === null ? {} : { advice },
  );
}

function couldNotWrite(dir: string, cause: unknown): OverlandError<'FAILED'> {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `The sample could not be written into ${dir}: ${reason}. What was written has been removed.`;
  const advice = 'Check that the folder may be written and that the disk has room, then run it again.';
  return new OverlandError(
    'FAILED',
    message,
    { finding: makeFinding({ severity: 'error', category: 'sample', message, path: dir, suggestion: advice }) },
    { advice, cause },
  );
}

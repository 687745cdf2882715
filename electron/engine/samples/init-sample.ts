import { join } from 'node:path';
import { OverlandError } from '#shared/model/error.ts';
import { figure } from '#shared/model/figures.ts';
import { makeFinding } from '#shared/model/finding.ts';
import type { Environment } from '../../platform/environment.ts';
import { initAgentFramework } from './agent-framework/init.ts';
import type { SampleEngine } from './agent-framework/legacy-sql.ts';
import { initModelOrchestrator } from './model-orchestrator/init.ts';
import { dirtyMinimum } from './task-orchestrator/dirt.ts';
import { initTaskOrchestrator } from './task-orchestrator/init.ts';
import type { PlantedLedger } from './task-orchestrator/ledger.ts';
import { type SampleTemplate, sampleTemplates } from './templates.ts';

export type InitOptions = {
  /** Breakdowns in the legacy file, threads, or kilobytes of a model file; 2,000 when not given. */
  readonly tasks?: number;
  /** The same seed gives the same file; 1 when not given. */
  readonly seed?: number;
  /** Plants what real files have, and says what in `planted.json`. */
  readonly dirty?: boolean;
  readonly columns?: 'older' | 'newer';
  /** Engine of the target, where the sample is written for several. */
  readonly engine?: SampleEngine;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
};

/** The same with what was left out filled in. */
export type SampleRequest = InitOptions & {
  readonly tasks: number;
  readonly seed: number;
  readonly dirty: boolean;
  readonly engine: SampleEngine;
};

export type InitResult = {
  /** The bundle's folder. */
  readonly path: string;
  /** What was written, in sentences. */
  readonly facts: readonly string[];
  /** Null where nothing can be set aside. */
  readonly ledger: PlantedLedger | null;
};

/** What this needs of the environment. */
export type SampleEnvironment = Pick<Environment, 'fs' | 'paths' | 'log'>;

/** Name of the published schema; the samples name it so that editors complete a profile. */
const schemaFile = 'overland-profile-1.schema.json';
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
  const known = checkTemplate(template);
  const engine = checkEngine(known, options.engine);
  const tasks = options.tasks ?? defaultTasks;
  const dirty = options.dirty ?? false;
  checkOptions(tasks, options.seed ?? defaultSeed, known.name === 'task-orchestrator' && dirty);
  const existed = await checkFolder(dir, env);
  try {
    await env.fs.makeFolder(dir, 0o755);
    const files = await copyBundle(template, engine, dir, env);
    const request = { ...options, tasks, seed: options.seed ?? defaultSeed, dirty, engine };
    const make = generators[known.name] ?? initTaskOrchestrator;
    const { facts, ledger } = await make(dir, request, env);
    return { path: dir, facts: [`${figure(files)} files of the bundle.`, ...facts], ledger };
  } catch (error) {
    await removeWritten(dir, existed, env);
    if (error instanceof OverlandError || options.signal?.aborted) throw error;
    throw couldNotWrite(dir, error);
  }
}

const generators: Readonly<Record<string, typeof initModelOrchestrator>> = {
  'agent-framework': initAgentFramework,
  'model-orchestrator': initModelOrchestrator,
};

function checkTemplate(template: string): SampleTemplate {
  const names = sampleTemplates().map((known) => known.name);
  const found = sampleTemplates().find((known) => known.name === template);
  if (found) return found;
  throw new OverlandError(
    'NOT_FOUND',
    `There is no sample called ${template}.`,
    { what: 'sample', name: template },
    { advice: `Samples: ${names.join(', ')}.` },
  );
}

function checkEngine({ name, engines }: SampleTemplate, engine: SampleEngine | undefined): SampleEngine {
  if (engine === undefined) return engines[0]!;
  if (engines.includes(engine)) return engine;
  throw invalid('engine', `The sample ${name} is not written for ${engine}.`, `It is for ${engines.join(', ')}.`);
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

/** The profile of the engine takes the place of the one for SQLite; those of other engines are left out. */
async function copyBundle(
  template: string,
  engine: SampleEngine,
  dir: string,
  env: SampleEnvironment,
): Promise<number> {
  const from = join(env.paths.resources, 'bundles', template);
  const others = /^profile\.\w+\.toml$/;
  const count = await copyFolder(from, dir, env, (name) => !others.test(name));
  if (engine !== 'sqlite') {
    const profile = await env.fs.read(join(from, `profile.${engine}.toml`));
    await env.fs.writeDurable(join(dir, 'profile.toml'), profile, 0o644);
  }
  const schema = await env.fs.readText(join(env.paths.resources, schemaFile));
  await env.fs.writeDurable(join(dir, schemaFile), schema, 0o644);
  return count;
}

async function copyFolder(
  from: string,
  to: string,
  env: SampleEnvironment,
  wanted: (name: string) => boolean = () => true,
): Promise<number> {
  let count = 0;
  for (const entry of await env.fs.list(from)) {
    if (!wanted(entry.name)) continue;
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

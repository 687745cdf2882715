import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';
import { initSample } from '../electron/engine/samples/init-sample.ts';
import { noFailpoints } from '../electron/platform/failpoints.ts';
import { silentLog } from '../electron/platform/log.ts';
import { nodeFileSystem } from '../electron/platform/node-file-system.ts';
import { makePaths } from '../electron/platform/paths.ts';
import { engineFlags } from '../scripts/lib/engine-flags.mjs';
import { buildEngine } from './build-engine.ts';
import { compareTargets, type TableComparison } from './compare.ts';
import type { EngineResult } from './engine.ts';
import type { LeastResult } from './least.ts';
import { measureScript, median } from './measure.ts';
import type { Shares } from './profile-shares.ts';

export type RecordsReport = {
  readonly subtasks: number;
  readonly legacyBytes: number;
  readonly least: readonly LeastResult[];
  readonly engine: readonly EngineResult[];
  readonly leastMs: number;
  readonly executeMs: number;
  /** Speed of the engine, the least being 1. */
  readonly ratio: number;
  /** Seconds of processor, which tell the same on a busy machine: medians. */
  readonly leastCpuMs: number;
  readonly executeCpuMs: number;
  readonly same: readonly TableComparison[];
  /** Of one more run, with the sampling profiler on. */
  readonly shares: Shares | null;
  /** Highest resident size of the engine process with this many subtasks. */
  readonly memory: readonly {
    readonly subtasks: number;
    readonly executeBytes: number | null;
    readonly bytes: number | null;
  }[];
};

export const resources = fileURLToPath(new URL('../resources', import.meta.url));
const built = fileURLToPath(new URL('out/engine', import.meta.url));
const subtasksPerBreakdown = 8;

/** Legacy SQLite to new SQLite, the sample bundle: the engine and the least that could do it, in turns. */
export async function benchRecords(
  folder: string,
  rows: number,
  rounds: number,
  say: (line: string) => void,
): Promise<RecordsReport> {
  await buildEngine(built);
  const large = await makeSample(join(folder, `sample-${rows}`), rows, say);
  const smallRows = Math.max(1_000, Math.round(rows / 10));
  const small = await makeSample(join(folder, `sample-${smallRows}`), smallRows, say);
  const least: LeastResult[] = [];
  const engine: EngineResult[] = [];
  let same: readonly TableComparison[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const run = await runEngine(folder, large, false);
    engine.push(run);
    say(`round ${round + 1}: engine ${(run.executeMs / 1000).toFixed(1)} s, ${run.rows.toLocaleString('en-US')} rows`);
    const peer = await runLeast(folder, large, run.startedAt);
    least.push(peer);
    say(`round ${round + 1}: least ${(peer.ms / 1000).toFixed(1)} s, ${peer.rows.toLocaleString('en-US')} rows`);
    if (round === 0) same = compareTargets(join(large.dir, 'generic.db'), join(folder, 'least.db'));
  }
  const smallRun = await runEngine(folder, small, false);
  const profiled = await runEngine(folder, small, true);
  const leastMs = median(least.map((result) => result.ms));
  const executeMs = median(engine.map((result) => result.executeMs));
  return {
    subtasks: large.subtasks,
    legacyBytes: large.legacyBytes,
    least,
    engine,
    leastMs,
    executeMs,
    ratio: leastMs / executeMs,
    leastCpuMs: median(least.map((result) => result.cpuMs)),
    executeCpuMs: median(engine.map((result) => result.executeCpuMs)),
    same,
    shares: profiled.shares,
    memory: [
      { subtasks: small.subtasks, executeBytes: smallRun.executePeakBytes, bytes: smallRun.peakBytes },
      {
        subtasks: large.subtasks,
        executeBytes: largest(engine.map((result) => result.executePeakBytes)),
        bytes: largest(engine.map((result) => result.peakBytes)),
      },
    ],
  };
}

export type Sample = { readonly dir: string; readonly subtasks: number; readonly legacyBytes: number };

/** A sample of about this many subtasks; one that is there already is used. */
export async function makeSample(dir: string, rows: number, say: (line: string) => void): Promise<Sample> {
  if (!existsSync(join(dir, 'legacy.db'))) {
    const unfinished = `${dir}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    const paths = makePaths(join(dir, '..', 'home'), resources);
    const env = { fs: nodeFileSystem(noFailpoints), paths, log: silentLog };
    const begun = performance.now();
    await initSample('task-orchestrator', unfinished, { tasks: Math.round(rows / subtasksPerBreakdown), seed: 1 }, env);
    await keepRunningWhenSlow(join(unfinished, 'profile.toml'));
    await rename(unfinished, dir);
    say(
      `sample of about ${rows.toLocaleString('en-US')} subtasks made in ${((performance.now() - begun) / 1000).toFixed(1)} s`,
    );
  }
  const legacy = join(dir, 'legacy.db');
  return { dir, subtasks: countSubtasks(legacy), legacyBytes: (await stat(legacy)).size };
}

/** Others use the machine, too: a run that is slower than its forecast is what a bench is there to show, not to stop. */
async function keepRunningWhenSlow(profile: string): Promise<void> {
  const text = await readFile(profile, 'utf8');
  const without = text.replace('"slowdown", ', '');
  if (without === text) throw new Error('The sample has no criterion "slowdown" to leave out.');
  await writeFile(profile, without);
}

function largest(values: readonly (number | null)[]): number | null {
  return values.some((value) => value === null) ? null : Math.max(...(values as number[]));
}

/** Timed as it ships: bundled. Sampled from the sources, where a function tells which file it is in. */
async function runEngine(folder: string, sample: Sample, profiled: boolean): Promise<EngineResult> {
  const target = join(sample.dir, 'generic.db');
  const home = join(folder, 'home');
  for (const stale of [home, target, `${target}-wal`, `${target}-shm`])
    await rm(stale, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  const script = profiled ? new URL('engine.ts', import.meta.url) : pathToFileURL(join(built, 'engine.js'));
  return measureScript(script, [sample.dir, home, target, ...(profiled ? ['profiled'] : [])], engineFlags);
}

async function runLeast(folder: string, sample: Sample, startedAt: string): Promise<LeastResult> {
  const target = join(folder, 'least.db');
  for (const stale of [target, `${target}-wal`, `${target}-shm`]) await rm(stale, { force: true });
  return measureScript(new URL('least.ts', import.meta.url), [
    join(sample.dir, 'legacy.db'),
    target,
    sample.dir,
    startedAt,
  ]);
}

function countSubtasks(file: string): number {
  const database = new Database(file, { readonly: true });
  try {
    return database.prepare('SELECT count(*) FROM subtasks').pluck().get() as number;
  } finally {
    database.close();
  }
}

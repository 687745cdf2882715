import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { electronBinary, root, startDesktop } from './desktop.ts';
import { measureScript } from './measure.ts';
import { connectInspector } from './node-inspector.ts';
import { makeSample } from './sqlite-records.ts';

export type WindowReport =
  | { readonly kind: 'skipped'; readonly reason: string }
  | {
      readonly kind: 'measured';
      readonly runtime: string;
      readonly firstPaintMs: readonly number[];
      /** Longest time that main let nothing else in, while the engine executed. */
      readonly longestBlockMs: number;
      readonly executeMs: number;
      readonly subtasks: number;
    };

/** Enough for the engine to be at work for some seconds. */
const rows = 100_000;
const histogram = 'globalThis.overlandBenchDelay';

/** First paint of the built app, and how long its main process is ever blocked while a run is executed from the window. */
export async function benchWindow(folder: string, rounds: number, say: (line: string) => void): Promise<WindowReport> {
  const electron = electronBinary();
  if ('missing' in electron) return { kind: 'skipped', reason: electron.missing };
  if (!existsSync(join(root, 'dist/electron/main.js')))
    return { kind: 'skipped', reason: 'The app is not built: npm run build.' };

  const sample = await makeSample(join(folder, `sample-${rows}`), rows, say);
  const home = join(folder, 'window-home');
  const target = join(sample.dir, 'generic.db');
  for (const stale of [home, target, `${target}-wal`, `${target}-shm`])
    await rm(stale, { recursive: true, force: true });
  const { runId } = await measureScript<{ runId: string }>(new URL('prepare.ts', import.meta.url), [sample.dir, home]);

  const firstPaintMs: number[] = [];
  for (let round = 1; round < rounds; round += 1) {
    const started = await startDesktop(electron.file, home);
    firstPaintMs.push(started.firstPaintMs);
    await started.close();
  }
  const desktop = await startDesktop(electron.file, home);
  try {
    firstPaintMs.push(desktop.firstPaintMs);
    const main = await connectInspector(desktop.inspector);
    const runtime = String(
      await main.evaluate("'Electron ' + process.versions.electron + ', Node ' + process.versions.node"),
    );
    await desktop.page.evaluate((address) => {
      location.hash = address;
    }, `#/run/${runId}/execute`);
    const begin = desktop.page.locator('button[data-primary]:not([disabled])');
    await begin.waitFor({ timeout: 20_000 });
    await main.evaluate(
      `${histogram} = process.getBuiltinModule('node:perf_hooks').monitorEventLoopDelay({ resolution: 5 }), ${histogram}.enable()`,
    );
    const begun = performance.now();
    await desktop.page.keyboard.press('Control+Enter');
    await executed(join(home, 'journal.db'), runId);
    const executeMs = performance.now() - begun;
    const longestBlockMs = Number(await main.evaluate(`${histogram}.disable(), ${histogram}.max / 1e6`));
    main.close();
    return { kind: 'measured', runtime, firstPaintMs, longestBlockMs, executeMs, subtasks: sample.subtasks };
  } finally {
    await desktop.close();
  }
}

async function executed(journal: string, runId: string): Promise<void> {
  const database = new Database(journal, { readonly: true });
  try {
    const state = database.prepare('SELECT phase, condition, failure FROM run WHERE id = ?');
    for (let waited = 0; waited < 600_000; waited += 50) {
      const run = state.get(runId) as { phase: string; condition: string; failure: string | null };
      if (run.phase === 'execute' && run.condition === 'done') return;
      if (run.condition === 'failed') throw new Error(`The run failed in the window: ${run.failure}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('The run did not end within ten minutes.');
  } finally {
    database.close();
  }
}

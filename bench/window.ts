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
/** Beyond these the bench gives up: execution takes seconds. */
const beginSeconds = 20;
const executeSeconds = 300;
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

/**
 * Waits for the end of the execution as the journal has it. The phase's own record, not the state of the run: the window
 * goes on to validate at once, so that the run is never seen at rest in between.
 */
async function executed(journal: string, runId: string): Promise<void> {
  const database = new Database(journal, { readonly: true });
  try {
    const newest = database.prepare(
      "SELECT result, ended_at FROM phase WHERE run = ? AND phase = 'execute' ORDER BY attempt DESC LIMIT 1",
    );
    const begun = performance.now();
    for (;;) {
      const phase = newest.get(runId) as { result: string | null; ended_at: string | null } | undefined;
      const waited = (performance.now() - begun) / 1000;
      if (phase?.ended_at && phase.result === 'completed') return;
      if (phase?.ended_at)
        throw new Error(`The run in the window ended as ${phase.result}: ${failureOf(database, runId)}`);
      if (!phase && waited > beginSeconds)
        throw new Error(`The window did not begin the run within ${beginSeconds} s of Control Enter.`);
      if (waited > executeSeconds) throw new Error(`The run in the window did not end within ${executeSeconds} s.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    database.close();
  }
}

function failureOf(database: Database.Database, runId: string): string {
  return (
    (database.prepare('SELECT failure FROM run WHERE id = ?').pluck().get(runId) as string | null) ?? 'no reason given'
  );
}

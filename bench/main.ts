import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { killStarted } from './children.ts';
import { benchCopy } from './copy/index.ts';
import { copyText } from './copy/words.ts';
import { benchMigrations } from './migrations/index.ts';
import { migrationsText } from './migrations/words.ts';
import { type BenchOptions, readOptions, usage } from './options.ts';
import { benchRecords } from './sqlite-records.ts';
import { benchWindow } from './window.ts';
import { recordsText, windowText } from './words.ts';

// However it ends, nothing that it started goes on.
process.on('exit', killStarted);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

if (process.argv.includes('--help')) {
  process.stdout.write(`${usage}\n`);
} else {
  try {
    await bench(readOptions(process.argv.slice(2)));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

async function bench(options: BenchOptions): Promise<void> {
  const folder = options.folder ? resolve(options.folder) : await mkdtemp(join(tmpdir(), 'overland-bench-'));
  // Also when it is told to end; the processes that write there are killed before.
  if (!options.folder) process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const say = (line: string) => process.stderr.write(`${line}\n`);
  process.stdout.write(`${machine()}\n`);
  const records = options.parts.includes('records')
    ? await benchRecords(folder, options.rows, options.rounds, say)
    : null;
  if (records) process.stdout.write(`\n${recordsText(records)}\n`);
  const window = options.parts.includes('window') ? await benchWindow(folder, options.rounds, say) : null;
  if (window) process.stdout.write(`\n${windowText(window)}\n`);
  const copy = options.parts.includes('copy')
    ? await benchCopy(folder, options.rows, options.rounds, options.path, say)
    : null;
  if (copy) process.stdout.write(`\n${copyText(copy)}\n`);
  const migrations = options.parts.includes('migrations')
    ? await benchMigrations(folder, Math.min(options.rows, 1_000), options.rounds, say)
    : null;
  if (migrations) process.stdout.write(`\n${migrationsText(migrations)}\n`);
  if (options.json)
    await writeFile(
      options.json,
      `${JSON.stringify({ machine: machine(), records, window, copy, migrations }, null, 2)}\n`,
    );
}

function machine(): string {
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  return `Node ${process.versions.node}, ${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown processor'}, ${memory} GB`;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { leastStatements } from './least-sql.ts';
import { cpuMs } from './measure.ts';
import { peakMemory } from './memory.ts';

/** Runs the least that could do the job in this process and prints what it took as JSON. */
export type LeastResult = {
  readonly ms: number;
  readonly cpuMs: number;
  readonly rows: number;
  readonly statements: readonly {
    readonly name: string;
    readonly table: string;
    readonly ms: number;
    readonly rows: number;
  }[];
  readonly peakBytes: number | null;
};

/** The bundle's own migrations: the same columns, constraints and indexes. */
export function createModel(database: Database.Database, bundle: string): void {
  const folder = join(bundle, 'sql/model');
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.up.sql'));
  for (const script of scripts.sort()) database.exec(readFileSync(join(folder, script), 'utf8'));
}

function runLeast(legacy: string, target: string, bundle: string, startedAt: string): LeastResult {
  const database = new Database(target);
  // As the engine's connection: foreign keys checked, durable at commit, the journal mode of a new file; twice its page cache.
  database.exec('PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA cache_size = -64000');
  createModel(database, bundle);
  database.prepare('ATTACH ? AS legacy').run(legacy);
  const begun = performance.now();
  const cpuBefore = cpuMs();
  const statements = leastStatements.map(({ name, table, sql }) => {
    const at = performance.now();
    const statement = database.prepare(sql);
    const { changes } = sql.includes(':startedAt') ? statement.run({ startedAt }) : statement.run();
    return { name, table, ms: performance.now() - at, rows: changes };
  });
  const ms = performance.now() - begun;
  const cpu = cpuMs() - cpuBefore;
  database.close();
  return {
    ms,
    cpuMs: cpu,
    rows: statements.reduce((sum, each) => sum + each.rows, 0),
    statements,
    peakBytes: peakMemory(),
  };
}

const [legacy, target, bundle, startedAt] = process.argv.slice(2);
if (!legacy || !target || !bundle || !startedAt) throw new Error('least.ts LEGACY TARGET BUNDLE STARTED_AT');
process.stdout.write(`${JSON.stringify(runLeast(legacy, target, bundle, startedAt))}\n`);

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { engineFlags } from '../../scripts/lib/engine-flags.mjs';
import { buildEngine } from '../build-engine.ts';
import { startServers } from '../copy/ends.ts';
import { hasProgram, timed } from '../copy/peers.ts';
import { measureScript, median } from '../measure.ts';
import { type End, ends } from './ends.ts';
import type { AppliedMigrations } from './engine.ts';
import { writeMigrations } from './files.ts';

export type MigrationsReport = { readonly migrations: number; readonly ends: readonly EndReport[] };

export type EndReport = {
  readonly name: string;
  readonly planMs: number;
  readonly backupMs: number;
  readonly executeMs: number;
  /** Null where dbmate is not in the path. */
  readonly dbmateMs: number | null;
  readonly applied: number;
};

const built = fileURLToPath(new URL('../out/migrations', import.meta.url));

/** The same files of one statement each, applied by the engine and by dbmate, in turns and into new databases. */
export async function benchMigrations(
  folder: string,
  migrations: number,
  rounds: number,
  say: (line: string) => void,
): Promise<MigrationsReport> {
  await buildEngine(built, 'bench/migrations/engine.ts');
  const scripts = join(folder, 'migrations');
  await writeMigrations(scripts, migrations);
  const servers = await startServers();
  try {
    const reports: EndReport[] = [];
    for (const end of ends(servers, folder))
      reports.push(await benchEnd(end, { folder, scripts, migrations, rounds, say }));
    return { migrations, ends: reports };
  } finally {
    await servers.stop();
  }
}

type Lab = {
  readonly folder: string;
  readonly scripts: string;
  readonly migrations: number;
  readonly rounds: number;
  readonly say: (line: string) => void;
};

async function benchEnd(end: End, { folder, scripts, migrations, rounds, say }: Lab): Promise<EndReport> {
  const engine: AppliedMigrations[] = [];
  const dbmate: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const ours = await end.make();
    const bundle = await ours.writeBundle(scripts);
    engine.push(await runEngine(folder, bundle));
    say(`${end.name}, round ${round}: engine ${(engine.at(-1)!.executeMs / 1000).toFixed(2)} s`);
    if (!hasProgram('dbmate')) continue;
    const theirs = await end.make();
    dbmate.push(timed('dbmate', ['--url', theirs.url, '--migrations-dir', scripts, '--no-dump-schema', 'up']));
    say(`${end.name}, round ${round}: dbmate ${(dbmate.at(-1)! / 1000).toFixed(2)} s`);
    const [own, other] = [await ours.tables(), await theirs.tables()];
    if (own !== migrations || other !== migrations)
      throw new Error(`${end.name}: ${migrations} tables are expected; the engine made ${own}, dbmate ${other}.`);
  }
  return {
    name: end.name,
    planMs: median(engine.map((one) => one.planMs)),
    backupMs: median(engine.map((one) => one.backupMs)),
    executeMs: median(engine.map((one) => one.executeMs)),
    dbmateMs: dbmate.length === 0 ? null : median(dbmate),
    applied: engine.at(-1)!.applied,
  };
}

async function runEngine(folder: string, bundle: string): Promise<AppliedMigrations> {
  const home = join(folder, 'home');
  await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  return measureScript<AppliedMigrations>(pathToFileURL(join(built, 'engine.js')), [bundle, home], engineFlags);
}

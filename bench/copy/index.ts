import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { engineFlags } from '../../scripts/lib/engine-flags.mjs';
import { buildEngine } from '../build-engine.ts';
import { measureScript, median } from '../measure.ts';
import { startServers } from './ends.ts';
import type { EngineCopy } from './engine.ts';
import { type CopyPath, contentOf, copyPaths, type Lab, writeBundle } from './paths.ts';
import { writeRowFiles } from './rows.ts';

export type CopyReport = {
  readonly rows: number;
  readonly paths: readonly PathReport[];
};

export type PathReport = {
  readonly name: string;
  readonly engine: readonly EngineCopy[];
  readonly executeMs: number;
  readonly peers: readonly {
    readonly name: string;
    readonly ms: number;
    readonly ratio: number;
    readonly atLeast: number;
    /** Whether the peer's rows are those of the engine; peers of another value are named, not hidden. */
    readonly sameRows: boolean;
  }[];
  readonly notRun: readonly string[];
};

const built = fileURLToPath(new URL('../out/copy', import.meta.url));

/** Copies between engines, in turns with the tools that do the same. Servers are private and durable. */
export async function benchCopy(
  folder: string,
  rows: number,
  rounds: number,
  only: string | null,
  say: (line: string) => void,
): Promise<CopyReport> {
  await buildEngine(built, 'bench/copy/engine.ts');
  const files = {
    sqlite: join(folder, `rows-${rows}.db`),
    postgresText: join(folder, `rows-${rows}.postgres.tsv`),
    mysqlText: join(folder, `rows-${rows}.mysql.tsv`),
  };
  await rm(files.sqlite, { force: true });
  await writeRowFiles(files, rows);
  say(`${rows.toLocaleString('en-US')} rows written`);
  const servers = await startServers();
  try {
    const lab = { servers, files, folder };
    const wanted = copyPaths.filter(({ name }) => only === null || name.toLowerCase().includes(only.toLowerCase()));
    const paths: PathReport[] = [];
    for (const path of wanted) paths.push(await benchPath(lab, path, rounds, say));
    return { rows, paths };
  } finally {
    await servers.stop();
  }
}

async function benchPath(lab: Lab, path: CopyPath, rounds: number, say: (line: string) => void): Promise<PathReport> {
  const engine: EngineCopy[] = [];
  const ran = path.peers.filter((peer) => peer.available());
  const times = new Map(ran.map((peer) => [peer, [] as number[]]));
  const same = new Map(ran.map((peer) => [peer, true]));
  for (let round = 1; round <= rounds; round += 1) {
    const { connections, rules, target } = await path.prepare(lab);
    const result = await runEngine(lab, await writeBundle(lab, connections, rules), round === 1);
    engine.push(result);
    const content = round === 1 ? await contentOf(lab, target) : null;
    say(`${path.name}, round ${round}: engine ${(result.executeMs / 1000).toFixed(2)} s, ${result.outcome}`);
    for (const peer of ran) {
      const { ms, target: written } = await peer.run(lab);
      times.get(peer)!.push(ms);
      if (content !== null) same.set(peer, (await contentOf(lab, written)) === content);
      say(`${path.name}, round ${round}: ${peer.name} ${(ms / 1000).toFixed(2)} s`);
    }
  }
  const executeMs = median(engine.map((one) => one.executeMs));
  return {
    name: path.name,
    engine,
    executeMs,
    peers: ran.map((peer) => {
      const ms = median(times.get(peer)!);
      return { name: peer.name, ms, ratio: ms / executeMs, atLeast: peer.atLeast, sameRows: same.get(peer)! };
    }),
    notRun: path.peers.filter((peer) => !peer.available()).map((peer) => peer.name),
  };
}

async function runEngine({ folder }: Lab, bundle: string, full: boolean): Promise<EngineCopy> {
  const home = join(folder, 'home');
  await rm(home, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  const script = pathToFileURL(join(built, 'engine.js'));
  return measureScript<EngineCopy>(script, [bundle, home, ...(full ? ['full'] : [])], engineFlags);
}

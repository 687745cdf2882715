import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../../../drivers/relational.ts';
import { CrashLab, type How } from '../../../../testing/crash-lab.ts';
import { randomFrom } from '../../../../testing/random.ts';
import { StepBench } from '../../testing/step-bench.ts';
import { enginesHere, Servers } from './testing/ends.ts';
import { shopContent, shopRows, shopStructure } from './testing/shop.ts';

let servers: Servers;
const bench = new StepBench();
beforeAll(async () => {
  servers = await Servers.start();
}, 120_000);
afterAll(async () => {
  bench.remove();
  await servers.stop();
});

const pairs: readonly [Engine, Engine][] = [
  ['sqlite', 'postgres'],
  ['postgres', 'mysql'],
  ['mysql', 'postgres'],
];
const kills = 6;

describe.each(pairs.filter((pair) => pair.every((engine) => enginesHere.includes(engine))))('%s to %s', (from, to) => {
  test('kill -9 at seeded places: the same rows as the source, and nothing of ours after clean-up', async () => {
    const source = await servers.end(from, 'legacy', 'read', bench);
    await source.sql(`${shopStructure(from)}${shopRows(from, 40)}`);
    const expected = await shopContent(source);
    const random = randomFrom(20261121);

    /** One run into a new target, killed there and brought to its end as an operator would. */
    async function copied(how: How | null): Promise<number> {
      const target = await servers.end(to, 'generic', 'write', bench);
      const lab = new CrashLab();
      try {
        const line =
          from === 'sqlite' ? source.connection.replace('legacy.db', bench.path('legacy.db')) : source.connection;
        lab.initWith(profileOf(line, target.connection), '');
        const first = await lab.run(['run', lab.bundle, '--yes'], how ?? {});
        if (how === null) expect(first.code, first.output).toBe(0);
        else expect([first.signal, first.code]).toContain(first.signal === null ? 0 : 'SIGKILL');
        const ended = first.signal === null ? first : await lab.finish();
        expect(ended.code, ended.output).toBe(0);
        expect(await shopContent(target)).toEqual(expected);
        const cleaned = await lab.run(['cleanup', 'last', '--yes', '--remove-point']);
        expect(cleaned.code, cleaned.output).toBe(0);
        expect(await ours(to, target)).toEqual([]);
        return lab.reached().length;
      } finally {
        lab.remove();
      }
    }

    const places = await copied(null);
    for (let kill = 0; kill < kills; kill += 1)
      await copied({ failpoint: `any:${1 + Math.floor(((kill + random()) / kills) * places * 0.9)}` });
  }, 300_000);
});

function profileOf(source: string, target: string): string {
  return `overland = 1
id = "shop"
version = "1.0.0"
[connections]
${source}
${target}
[policy]
chunk = { rows = 40 }
[steps.shop]
kind = "records"
source = { connection = "legacy" }
target = { connection = "generic", mode = "create" }
parallel = 3
`;
}

async function ours(engine: Engine, target: Awaited<ReturnType<Servers['end']>>): Promise<unknown> {
  return target.rows(
    engine === 'postgres'
      ? "SELECT schemaname, tablename FROM pg_tables WHERE schemaname LIKE 'overland%' OR tablename LIKE 'overland%'"
      : "SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND table_name LIKE 'overland%'",
  );
}

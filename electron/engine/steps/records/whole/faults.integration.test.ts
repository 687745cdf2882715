import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Engine } from '../../../../drivers/relational.ts';
import { StepBench } from '../../testing/step-bench.ts';
import { enginesHere, Servers } from './testing/ends.ts';
import { shopContent, shopRows, shopStructure } from './testing/shop.ts';

let servers: Servers;
let bench: StepBench;
beforeAll(async () => {
  servers = await Servers.start();
}, 120_000);
afterAll(() => servers.stop());
beforeEach(() => {
  bench = new StepBench();
});
afterEach(() => bench.remove());

const pairs: readonly [Engine, Engine][] = [
  ['sqlite', 'postgres'],
  ['sqlite', 'mysql'],
  ['postgres', 'mysql'],
  ['mysql', 'postgres'],
];

describe.each(pairs.filter((pair) => pair.every((engine) => enginesHere.includes(engine))))('%s to %s', (from, to) => {
  test.each([50, 250, 600])(
    'the target is killed %i ms into the copy and comes back: nothing is lost or doubled',
    async (ms) => {
      const source = await servers.end(from, 'old', 'read', bench);
      const target = await servers.end(to, 'new', 'write', bench);
      await source.sql(`${shopStructure(from)}${shopRows(from, 600)}`);
      bench.write({
        'profile.toml': `overland = 1
id = "copy"
version = "1.0.0"
[connections]
${source.connection}
${target.connection}
[policy]
chunk = { rows = 100 }
retry = { attempts = 3, delay = "100ms", max_delay = "1s" }
[steps.shop]
kind = "records"
parallel = 3
source = { connection = "old" }
target = { connection = "new", mode = "create" }
`,
      });
      const run = await bench.run();
      await run.plan();
      let ended = false;
      const killed = sleep(ms).then(async () => {
        const inTheMiddle = !ended;
        await servers.restart(to);
        return inTheMiddle;
      });
      let finished = await run.execute().then(
        () => true,
        () => false,
      );
      ended = true;
      // A fast machine may be done after the longest of these times.
      expect((await killed) || ms > 500).toBe(true);
      for (let tries = 0; !finished && tries < 3; tries += 1) {
        run.epoch += 1n;
        finished = await run.execute().then(
          () => true,
          (error: unknown) => {
            if (tries === 2) throw error;
            return false;
          },
        );
      }
      expect(await shopContent(target)).toEqual(await shopContent(source));
      for (const scope of ['quick', 'full'] as const)
        expect((await run.validate(scope)).filter((item) => item.kind === 'finding')).toEqual([]);
    },
    90_000,
  );
});

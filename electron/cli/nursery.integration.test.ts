import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** Chunks of rows, a few of which are alive at a time; the loop turns between them as it does between chunks. */
function nurseryAfterRows(limited: boolean): number {
  const script = `
    import { limitNursery, nurseryBytes } from ${JSON.stringify(new URL('./nursery.ts', import.meta.url).href)};
    if (${limited}) limitNursery();
    const alive = [];
    for (let chunk = 0; chunk < 300; chunk += 1) {
      const rows = [];
      for (let row = 0; row < 10_000; row += 1) rows.push({ title: 'task ' + row, at: [row, chunk], key: String(row * chunk) });
      alive.push(rows);
      if (alive.length > 4) alive.shift();
      await new Promise((resolve) => setImmediate(resolve));
    }
    console.log(nurseryBytes());`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }));
}

test('the nursery stays at a size that holds a chunk, whichever flags the process was started with', () => {
  const free = nurseryAfterRows(false);
  const limited = nurseryAfterRows(true);
  expect(limited).toBeLessThanOrEqual(32 * 1024 * 1024);
  expect(free).toBeGreaterThan(limited);
}, 60_000);

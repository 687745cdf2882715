import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { endGroup, spawnGroup } from './children.ts';
import { within } from './within.ts';

const posix = process.platform !== 'win32';

test.runIf(posix)(
  'a group is ended with what it started, though that hears no signal',
  async () => {
    const child = spawnGroup('sh', ['-c', "(trap '' TERM; echo $$; exec sleep 60) & wait"], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout!, 'data');
    await endGroup(child);
    await expect.poll(() => groupIsThere(child.pid!)).toBe(false);
  },
  15_000,
);

test.runIf(posix)('a bench that is told to end takes its processes with it', async () => {
  const script = `
    import { killStarted, spawnGroup } from ${JSON.stringify(new URL('./children.ts', import.meta.url).href)};
    process.on('exit', killStarted);
    process.once('SIGTERM', () => process.exit(1));
    console.log(spawnGroup('sleep', ['60'], { stdio: 'ignore' }).pid);
    setInterval(() => undefined, 1000);`;
  const bench = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [pid] = (await once(bench.stdout, 'data')) as [Buffer];
  bench.kill('SIGTERM');
  await once(bench, 'exit');
  await expect.poll(() => groupIsThere(Number(pid))).toBe(false);
});

test('what takes too long is named', async () => {
  await expect(within(0.05, 'The first paint', new Promise(() => undefined))).rejects.toThrow(
    'The first paint took longer than 0.05 s',
  );
  await expect(within(1, 'An answer', Promise.resolve(7))).resolves.toBe(7);
});

/** Ended processes that nobody has reaped count as gone. */
function groupIsThere(pid: number): boolean {
  const processes = execFileSync('ps', ['-eo', 'pgid=,stat='], { encoding: 'utf8' }).trim().split('\n');
  return processes
    .map((line) => line.trim().split(/\s+/))
    .some(([group, state]) => Number(group) === pid && !state?.startsWith('Z'));
}

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const platform = new URL('.', import.meta.url).href;
/** A process of its own that copies, as an engine would that a test ends. */
const program = `
import { appendFileSync } from 'node:fs';
const { failpointsFromEnvironment } = await import('${platform}failpoints.ts');
const { copyResumable } = await import('${platform}resumable-copy.ts');
const failpoints = failpointsFromEnvironment(process.env, {
  kill: () => process.kill(process.pid, 'SIGKILL'), log: appendFileSync,
});
const [from, to, killAt] = process.argv.slice(1);
const onBytes = (bytes) => { if (bytes >= Number(killAt)) process.kill(process.pid, 'SIGKILL'); };
console.log(JSON.stringify(await copyResumable({ from, to, token: 'run', onBytes }, failpoints)));
`;

it('killed in the middle and at every fsync, rename and removal, a copy is never half there and ends whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'overland-kill-'));
  try {
    const [from, to] = [join(folder, 'from'), join(folder, 'to')];
    const data = Buffer.alloc((4 << 20) + 3, 'weights');
    writeFileSync(from, data);
    const start = (place: string, killAt: number) =>
      spawnSync(process.execPath, ['--input-type=module', '-e', program, from, to, String(killAt)], {
        env: { ...process.env, OVERLAND_FAILPOINT: place },
        encoding: 'utf8',
      });
    const never = Number.MAX_SAFE_INTEGER;
    const killed = start('', 2 << 20);
    expect(killed.signal, killed.stderr).toBe('SIGKILL');
    expect(existsSync(to)).toBe(false);
    let killedAt = 0;
    for (;;) {
      const ended = start(`any:${killedAt + 1}`, never);
      if (existsSync(to)) expect(readFileSync(to).equals(data)).toBe(true);
      if (ended.signal === null) break;
      killedAt += 1;
      const again = start('', never);
      expect(JSON.parse(again.stdout), again.stderr).toMatchObject({ bytes: data.length });
      expect(readFileSync(to).equals(data)).toBe(true);
      expect(readdirSync(folder).sort()).toEqual(['from', 'to']);
      rmSync(to);
    }
    // After each of five blocks; before and after the fsync, the name, and the removal of the name it grew under.
    expect(killedAt).toBe(11);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forkHelperHost } from './fork-helper-host.ts';

const entry = resolve(import.meta.dirname, '../../drivers/helper-main.ts');
const folder = mkdtempSync(join(tmpdir(), 'overland-helper-'));
const file = join(folder, 'data.db');

beforeAll(() => {
  const db = new Database(file);
  db.exec('CREATE TABLE t (n); INSERT INTO t VALUES (1), (2)');
  db.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Processes that serve tasks for this one. */
function helpers(): string[] {
  const rows = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  return rows.split('\n').flatMap((row) => (row.includes('helper-main') ? [row.trim().split(' ')[0] as string] : []));
}

const query = { file, sql: 'SELECT n FROM t', limit: 10 };
const endless = 'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c';

test('one process serves task after task; two at the same time get one each', async () => {
  const host = forkHelperHost(entry);
  await host.run('sqlite.query', query, {});
  const first = helpers();
  expect(first).toHaveLength(1);
  const { rows } = await host.run('sqlite.query', query, {});
  expect(rows).toEqual([[1n], [2n]]);
  expect(helpers()).toEqual(first);
  await Promise.all([host.run('sqlite.query', query, {}), host.run('sqlite.integrity', { file }, {})]);
  expect(helpers()).toHaveLength(2);
});

test('a task that is stopped or fails takes its process with it; the next one has a new one', async () => {
  const host = forkHelperHost(entry);
  const before = helpers();
  const stop = new AbortController();
  const running = host.run('sqlite.query', { ...query, sql: endless }, { signal: stop.signal });
  await sleep(300);
  const began = performance.now();
  stop.abort(new Error('enough'));
  await expect(running).rejects.toThrow('enough');
  expect(performance.now() - began).toBeLessThan(1000);
  await expect(host.run('sqlite.query', { ...query, sql: 'SELECT no FROM t' }, {})).rejects.toThrow(
    'no such column: no',
  );
  expect(helpers()).toEqual(before);
  expect((await host.run('sqlite.query', query, {})).rows).toHaveLength(2);
});

test('a helper that waits for its next task keeps no process alive', () => {
  const script = `
    import { forkHelperHost } from ${JSON.stringify(resolve(import.meta.dirname, 'fork-helper-host.ts'))};
    const { rows } = await forkHelperHost(${JSON.stringify(entry)}).run('sqlite.query', ${JSON.stringify(query)}, {});
    console.log(rows.length);`;
  const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8', timeout: 4000 });
  expect(ended).toMatchObject({ status: 0, stdout: '2\n' });
});

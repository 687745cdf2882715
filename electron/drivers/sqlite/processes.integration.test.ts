import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failpointNames } from '../../platform/failpoints.ts';
import { quotaFileSystem } from '../../platform/quota-file-system.ts';
import type { ProtectEvent, ProtectedItem } from '../relational.ts';
import { sqliteDriver } from './index.ts';
import { allRows, type Bench, entered, holderOf, loadChunk, makeBench, outputOf, sha256, traces } from './testing.ts';

const script = fileURLToPath(new URL('./testing-process.ts', import.meta.url));
let bench: Bench;
let children: ChildProcess[] = [];

beforeEach(() => {
  bench = makeBench();
  children = [];
});
afterEach(async () => {
  for (const child of children) await killed(child);
  bench.remove();
});

/** Starts a process and waits for its first line. */
async function start(mode: string, file: string, argument?: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [script, mode, file, ...(argument ? [argument] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  children.push(child);
  const line = await new Promise<string>((resolve) => {
    let text = '';
    child.stdout?.on('data', (part: Buffer) => {
      text += part.toString();
      if (text.includes('\n')) resolve(text.split('\n')[0] as string);
    });
    child.on('exit', () => resolve(text.trim()));
  });
  return { child, line };
}

function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.on('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

function exited(child: ChildProcess): Promise<NodeJS.Signals | number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.signalCode ?? child.exitCode);
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ?? code)));
}

const table = `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO t SELECT i, 'row ' || i FROM n;`;

describe('reading leaves no trace', () => {
  async function readAll(name: string) {
    const session = await sqliteDriver.connect(bench.endpoint(name), 'read', bench.env);
    const query = {
      from: { kind: 'query', sql: 'SELECT a FROM t ORDER BY id', name: 'q' },
      columns: null,
      key: ['a'],
    } as const;
    let spooled = 0;
    for await (const bounds of session.bounds(query, { rows: 500, bytes: 1 << 20 })) spooled += bounds.records;
    await session.check();
    await session.catalog(null);
    await session.fingerprint(null, 'exact');
    const rules = await session.query('SELECT count(*) FROM t', 10);
    const rows = await allRows(session, 't', ['id', 'a']);
    await session[Symbol.asyncDispose]();
    return { by: session.can.readOnlyBy, rows: rows.length, spooled, counted: Number(rules.rows[0]?.[0]) };
  }

  it('of a plain file', async () => {
    bench.make('t.db', table);
    chmodSync(bench.path('t.db'), 0o444);
    const before = traces(bench.folder);
    expect(await readAll('t.db')).toEqual({ by: 'file', rows: 2000, spooled: 2000, counted: 2000 });
    expect(traces(bench.folder)).toEqual(before);
    const left = readdirSync(bench.env.paths.scratch);
    expect(left.map((name) => name.replace(/[0-9a-f]{24}/, ''))).toEqual(['spool-.db']);
    expect(statSync(join(bench.env.paths.scratch, left[0]!)).mode & 0o777).toBe(0o600);
  });

  it('of a file with a -wal left by kill -9, whose rows are read', async () => {
    const { child } = await start('wal', bench.make('t.db', table));
    await killed(child);
    const before = traces(bench.folder);
    expect(Object.keys(before)).toContain('t.db-wal');
    expect(await readAll('t.db')).toEqual({ by: 'copy', rows: 2003, spooled: 2003, counted: 2003 });
    expect(traces(bench.folder)).toEqual(before);
  });

  it('of a closed file in WAL mode', async () => {
    bench.make('t.db', `PRAGMA journal_mode = WAL; ${table}`);
    const before = traces(bench.folder);
    expect(await readAll('t.db')).toMatchObject({ by: 'copy', rows: 2000 });
    expect(traces(bench.folder)).toEqual(before);
  });

  it('of a file with a hot journal: the state before the interrupted write, and a finding with advice', async () => {
    const { child } = await start('hot', bench.make('t.db', table));
    await killed(child);
    const before = traces(bench.folder);
    expect(Object.keys(before)).toContain('t.db-journal');
    const session = await sqliteDriver.connect(bench.endpoint('t.db'), 'read', bench.env);
    expect((await allRows(session, 't', ['a']))[0]).toEqual(['row 1']);
    const { findings } = await session.check();
    expect(findings.map((finding) => finding.category)).toContain('interrupted_write');
    await session[Symbol.asyncDispose]();
    expect(traces(bench.folder)).toEqual(before);
  });
});

describe('other processes', () => {
  it('a file that is held exclusively is refused in words', async () => {
    await start('exclusive', bench.make('t.db', table));
    for (const access of ['read', 'write'] as const) {
      await expect(sqliteDriver.connect(bench.endpoint('t.db'), access, bench.env)).rejects.toMatchObject({
        code: 'CONNECTION',
        message: expect.stringContaining('Another process holds the file'),
      });
    }
  });

  it('the check names who has the file open', async () => {
    const { child } = await start('writer', bench.make('t.db', table));
    const session = await sqliteDriver.connect(bench.endpoint('t.db'), 'read', bench.env);
    const { facts, findings } = await session.check();
    expect(facts.find((fact) => fact.check === 'Other processes')?.found).toContain(`(${child.pid})`);
    expect(findings.map((finding) => finding.category)).toContain('in_use');
    await session[Symbol.asyncDispose]();
  });

  it('hashing a file here does not drop the lock that a transaction holds', async () => {
    bench.make('t.db', table);
    const session = await sqliteDriver.connect(bench.endpoint('t.db'), 'write', bench.env);
    await using transaction = await session.begin();
    await transaction.execute("INSERT INTO t (a) VALUES ('mine')");
    await bench.env.fs.digest(bench.path('t.db'), {});
    await session.fingerprint(null, 'file');
    const { line } = await start('exclusive', bench.path('t.db'));
    expect(line).toBe('');
    await transaction.commit(null, null);
    await session[Symbol.asyncDispose]();
  });

  it('of eight that want the lease at once, exactly one gets it', async () => {
    bench.make('t.db', table);
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_one, index) => start('lease', bench.path('t.db'), `run${index}`)),
    );
    const held = answers.filter((answer) => answer.line.startsWith('held '));
    expect(held).toHaveLength(1);
    const holder = `run${answers.indexOf(held[0] as (typeof answers)[number])}`;
    for (const answer of answers) if (answer !== held[0]) expect(answer.line).toBe(`heldBy ${holder} yes`);
  });

  it('a live holder is named; a dead one is replaced under a higher epoch, and cannot come back', async () => {
    bench.make('t.db', table);
    const { child, line } = await start('lease', bench.path('t.db'), 'first');
    expect(line).toBe('held 1');
    const session = await sqliteDriver.connect(bench.endpoint('t.db'), 'write', bench.env);
    expect(await session.lease('target', holderOf('second'))).toMatchObject({
      heldBy: { runId: 'first', pid: child.pid, alive: 'yes' },
    });
    await killed(child);
    const taken = await session.lease('target', holderOf('second'));
    if (!('held' in taken)) throw new Error('not taken');
    expect(taken.held.epoch).toBe(2n);
    await taken.held.beat('execute');
    await taken.held.release();
    const third = await session.lease('target', holderOf('third'));
    if (!('held' in third)) throw new Error('not taken');
    expect(third.held.epoch).toBe(3n);
    await expect(taken.held.beat('execute')).rejects.toMatchObject({
      code: 'LOCKED',
      data: { holder: { runId: 'third' } },
    });
    await session[Symbol.asyncDispose]();
  });
});

describe('protect and restore', () => {
  async function protect(
    name = 'target.db',
    env = bench.env,
  ): Promise<{ items: ProtectedItem[]; events: ProtectEvent[] }> {
    const events: ProtectEvent[] = [];
    const request = {
      endpoint: { engine: 'sqlite', name: 'target', path: bench.path(name) },
      folder: bench.path('point'),
    } as const;
    for await (const event of sqliteDriver.protect(request, env)) events.push(event);
    return { events, items: events.flatMap((event) => (event.kind === 'item' ? [event.item] : [])) };
  }
  const restore = (items: readonly ProtectedItem[], whenOthersWrote: 'keep' | 'replace' = 'replace') =>
    sqliteDriver.restore(
      {
        endpoint: { engine: 'sqlite', name: 'target', path: bench.path('target.db') },
        folder: bench.path('point'),
        items,
        whenOthersWrote,
      },
      bench.env,
    );
  const change = (sql: string): void => {
    const db = new Database(bench.path('target.db'));
    db.exec(sql);
    db.close();
  };

  it('the same bytes and mode come back', async () => {
    bench.make('target.db', table);
    chmodSync(bench.path('target.db'), 0o640);
    const before = traces(bench.folder)['target.db']?.split(' ')[2];
    const { items, events } = await protect();
    expect(items).toMatchObject([
      { how: 'byte_copy', object: 'target.db', sha256: before, mode: 0o640, verifiedBy: 'hash' },
    ]);
    expect(events.some((event) => event.kind === 'progress' && event.doing === 'reading back')).toBe(true);
    expect(readdirSync(bench.path('point')).sort()).toEqual(['RESTORE.md', 'target-target.db']);
    for (const name of readdirSync(bench.path('point')))
      expect(statSync(join(bench.path('point'), name)).mode & 0o777).toBe(0o600);
    change('DELETE FROM t; CREATE TABLE other (a); PRAGMA journal_mode = WAL;');
    const { findings, proof } = await restore(items);
    expect(findings).toEqual([]);
    expect(proof[0]).toMatchObject({ after: `sha256 ${before}`, how: 'the same bytes' });
    expect(sha256(bench.path('target.db'))).toBe(before);
    expect(statSync(bench.path('target.db')).mode & 0o777).toBe(0o640);
  });

  it('a file of 0 bytes is saved without a trace beside it, and comes back', async () => {
    writeFileSync(bench.path('target.db'), '');
    const { items } = await protect();
    expect(items).toMatchObject([{ how: 'byte_copy', object: 'target.db', bytes: 0 }]);
    expect(readdirSync(bench.folder).sort()).toEqual(['home', 'point', 'target.db']);
    change(table);
    expect((await restore(items)).findings).toEqual([]);
    expect(statSync(bench.path('target.db')).size).toBe(0);
    expect(readdirSync(bench.folder).sort()).toEqual(['home', 'point', 'target.db']);
  });

  it('a -wal of the killed run does not bring its rows back', async () => {
    bench.make('target.db', `PRAGMA journal_mode = WAL; ${table}`);
    const before = sha256(bench.path('target.db'));
    const { items } = await protect();
    expect(readdirSync(bench.folder).sort()).toEqual(['home', 'point', 'target.db']);
    const { child } = await start('wal', bench.path('target.db'));
    await killed(child);
    expect(existsSync(bench.path('target.db-wal'))).toBe(true);
    expect((await restore(items)).findings).toEqual([]);
    expect(sha256(bench.path('target.db'))).toBe(before);
    expect(existsSync(bench.path('target.db-wal'))).toBe(false);
    const db = new Database(bench.path('target.db'));
    expect(db.prepare('SELECT count(*) FROM t').pluck().get()).toBe(2000);
    db.close();
  });

  it('frames that were in the -wal before are saved and come back with it', async () => {
    const { child } = await start('wal', bench.make('target.db', table));
    await killed(child);
    const before = [sha256(bench.path('target.db')), sha256(bench.path('target.db-wal'))];
    const { items } = await protect();
    expect(items.map((item) => item.object)).toEqual(['target.db', 'target.db-wal']);
    expect([sha256(bench.path('target.db')), sha256(bench.path('target.db-wal'))]).toEqual(before);
    change('DELETE FROM t');
    expect((await restore(items)).findings).toEqual([]);
    expect([sha256(bench.path('target.db')), sha256(bench.path('target.db-wal'))]).toEqual(before);
    const db = new Database(bench.path('target.db'));
    expect(db.prepare('SELECT count(*) FROM t').pluck().get()).toBe(2003);
    db.close();
  });

  it('while another process writes: an online copy that is whole', async () => {
    bench.make('target.db', `PRAGMA journal_mode = WAL; ${table}`);
    const { child } = await start('writer', bench.path('target.db'));
    const { items } = await protect();
    expect(items).toMatchObject([{ how: 'online_backup', fingerprint: { strength: 'exact' } }]);
    await expect(restore(items)).rejects.toMatchObject({
      code: 'CONNECTION',
      message: expect.stringContaining('others use it'),
    });
    await killed(child);
    const { findings, proof } = await restore(items);
    expect(findings).toEqual([]);
    expect(proof.at(-1)).toMatchObject({ before: items[0]?.fingerprint?.value, after: items[0]?.fingerprint?.value });
  });

  it('a file that did not exist is removed again, with what lies beside it', async () => {
    const { items } = await protect();
    expect(items).toMatchObject([{ how: 'absent', file: null }]);
    const { child } = await start('wal', bench.path('target.db'));
    await killed(child);
    await restore(items);
    expect(readdirSync(bench.folder).sort()).toEqual(['home', 'point']);
  });

  it('the commands of RESTORE.md do it without us', async () => {
    bench.make('target.db', table);
    const before = sha256(bench.path('target.db'));
    await protect();
    change('DELETE FROM t');
    const guide = await bench.env.fs.readText(join(bench.path('point'), 'RESTORE.md'));
    const commands = /```sh\n([\s\S]+?)\n```/.exec(guide)?.[1] ?? 'false';
    const shell = spawn('sh', ['-c', commands], { cwd: bench.path('point'), stdio: 'ignore' });
    expect(await exited(shell)).toBe(0);
    expect(sha256(bench.path('target.db'))).toBe(before);
  });

  it('a saved copy that was altered goes nowhere', async () => {
    bench.make('target.db', table);
    const { items } = await protect();
    change('DELETE FROM t');
    const now = sha256(bench.path('target.db'));
    writeFileSync(join(bench.path('point'), 'target-target.db'), 'x', { flag: 'a' });
    await expect(restore(items)).rejects.toMatchObject({ code: 'FAILED' });
    expect(sha256(bench.path('target.db'))).toBe(now);
  });

  it('what others wrote since stops it, also after an attempt that was killed, until somebody decides', async () => {
    bench.make('target.db', table);
    const before = sha256(bench.path('target.db'));
    const { items } = await protect();
    change(`UPDATE t SET a = 'x'; UPDATE t SET a = 'row ' || id; VACUUM`);
    const argument = JSON.stringify({ folder: bench.path('point'), items });
    const { child } = await start('restore', bench.path('target.db'), argument, {
      OVERLAND_FAILPOINT: 'restore.swap.before:1',
    });
    expect(await exited(child)).toBe('SIGKILL');
    change(`INSERT INTO t (a) VALUES ('theirs')`);
    const now = sha256(bench.path('target.db'));
    expect((await restore(items, 'keep')).findings).toMatchObject([
      { category: 'written_by_others', path: 'target.db / t' },
    ]);
    expect(sha256(bench.path('target.db'))).toBe(now);
    expect((await restore(items, 'replace')).findings).toEqual([]);
    expect(sha256(bench.path('target.db'))).toBe(before);
  });

  it('a full disk while saving is said in words and changes nothing', async () => {
    bench.make('target.db', table);
    const before = sha256(bench.path('target.db'));
    const env = { ...bench.env, fs: quotaFileSystem(bench.env.fs, 10_000) };
    await expect(protect('target.db', env)).rejects.toMatchObject({ code: 'SPACE' });
    expect(sha256(bench.path('target.db'))).toBe(before);
  });

  const places = failpointNames.filter((name) => /^(file|restore)\./.test(name));
  const times = (name: string): number[] => (/rename|remove/.test(name) ? [1, 2] : [1]);
  it.each(places.flatMap((name) => times(name).map((count) => [name, count] as const)))(
    'killed at %s, time %i, while restoring: starting again ends the same',
    async (name, count) => {
      const { child: first } = await start('wal', bench.make('target.db', table));
      await killed(first);
      const before = [sha256(bench.path('target.db')), sha256(bench.path('target.db-wal'))];
      const { items } = await protect();
      const { child: second } = await start('wal-same', bench.path('target.db'));
      await killed(second);
      const argument = JSON.stringify({ folder: bench.path('point'), items });
      const { child } = await start('restore', bench.path('target.db'), argument, {
        OVERLAND_FAILPOINT: `${name}:${count}`,
      });
      await exited(child);
      expect((await restore(items, 'keep')).findings).toEqual([]);
      expect([sha256(bench.path('target.db')), sha256(bench.path('target.db-wal'))]).toEqual(before);
      expect(
        readdirSync(bench.folder)
          .filter((one) => one !== 'home' && one !== 'point')
          .sort(),
      ).toEqual(['target.db', 'target.db-wal']);
    },
  );
});

describe.runIf(process.getuid?.() === 0 && process.platform === 'linux')('a disk that is really full', () => {
  it('a load and a backup say space; the target is as before and goes on once there is room', async () => {
    const disk = bench.path('disk');
    await bench.env.fs.makeFolder(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', disk]);
    try {
      bench.make('disk/target.db', 'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)');
      writeFileSync(join(disk, 'ballast'), Buffer.alloc(900_000));
      const session = await entered(bench, 'disk/target.db');
      const rows = Array.from({ length: 5000 }, (_one, index) => [BigInt(index), `a row with some text ${index}`]);
      const output = outputOf('t', ['id', 'a']);
      await expect(loadChunk(session, output, rows)).rejects.toMatchObject({ error: { kind: 'space' } });
      expect(await allRows(session, 't', ['id'])).toEqual([]);
      rmSync(join(disk, 'ballast'));
      expect(await loadChunk(session, output, rows)).toEqual({ inserted: 5000, updated: 0, same: 0 });
      await session[Symbol.asyncDispose]();
      writeFileSync(join(disk, 'ballast'), Buffer.alloc(700_000));
      const endpoint = { engine: 'sqlite', name: 'target', path: join(disk, 'target.db') } as const;
      const before = sha256(endpoint.path);
      const save = async () => {
        for await (const _event of sqliteDriver.protect({ endpoint, folder: join(disk, 'point') }, bench.env));
      };
      await expect(save()).rejects.toMatchObject({ code: 'SPACE' });
      expect(sha256(endpoint.path)).toBe(before);
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });
});

describe('helpers', () => {
  it('a statement that takes for ever is killed at once', async () => {
    bench.make('t.db', table);
    const session = await sqliteDriver.connect(bench.endpoint('t.db'), 'read', bench.env);
    const stop = new AbortController();
    const endless = session.query(
      'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n',
      1,
      stop.signal,
    );
    endless.catch(() => undefined);
    await bench.env.clock.sleep(400);
    const started = performance.now();
    stop.abort(new Error('enough'));
    await expect(endless).rejects.toThrow('enough');
    expect(performance.now() - started).toBeLessThan(1000);
    await session[Symbol.asyncDispose]();
  });

  it('a rule that writes or does not compile is refused with what SQLite says', async () => {
    bench.make('t.db', table);
    const session = await sqliteDriver.connect(bench.endpoint('t.db'), 'write', bench.env);
    await expect(session.query('DELETE FROM t', 10)).rejects.toThrow();
    await expect(session.query('SELECT nope FROM t', 10)).rejects.toMatchObject({
      error: { message: 'no such column: nope' },
    });
    expect(await session.query('SELECT id, a FROM t WHERE id < 4', 2)).toEqual({
      columns: ['id', 'a'],
      rows: [
        [1n, 'row 1'],
        [2n, 'row 2'],
      ],
      more: true,
    });
    await session[Symbol.asyncDispose]();
  });

  it('a spool that was cut short is made again', async () => {
    bench.make('t.db', table);
    const spec = {
      from: { kind: 'query', sql: "SELECT a, CAST(x'41ff' AS TEXT) AS b FROM t; -- end", name: 'q' },
      columns: null,
      key: ['a'],
    } as const;
    const count = async () => {
      const session = await sqliteDriver.connect(bench.endpoint('t.db'), 'read', bench.env);
      let rejects = 0;
      for await (const bounds of session.bounds(spec, { rows: 700, bytes: 1 << 20 })) {
        for await (const batch of session.read(spec, bounds)) rejects += batch.rejects.length;
      }
      await session[Symbol.asyncDispose]();
      return rejects;
    };
    expect(await count()).toBe(2000);
    const [spool] = readdirSync(bench.env.paths.scratch);
    const file = join(bench.env.paths.scratch, spool as string);
    const db = new Database(file);
    db.exec('DELETE FROM complete; DELETE FROM spool WHERE overland_ordinal > 5');
    db.close();
    expect(await count()).toBe(2000);
    expect(readdirSync(bench.env.paths.scratch)).toHaveLength(1);
  });

  it('scratch is a copy of its own', async () => {
    bench.make('t.db', table);
    const before = traces(bench.folder);
    const scratch = await sqliteDriver.makeScratch(bench.endpoint('t.db'), bench.path('home/scratch/run'), bench.env);
    const session = await sqliteDriver.connect(scratch, 'scratch', bench.env);
    await using transaction = await session.begin();
    await transaction.execute('DELETE FROM t');
    await transaction.commit(null, null);
    await session[Symbol.asyncDispose]();
    expect(traces(bench.folder)).toEqual(before);
  });
});

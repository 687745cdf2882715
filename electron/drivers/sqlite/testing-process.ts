/**
 * A process of its own that uses a database, for tests of locks and kills: `node testing-process.ts MODE FILE`. It says
 * `ready` when it is where the test wants it.
 */
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { sqliteDriver } from './index.ts';
import { holderOf, makeBench } from './testing.ts';

const [mode, file, argument] = process.argv.slice(2) as [string, string, string | undefined];

/** Inside the folder of the test, which removes it; a process that is killed cannot. */
const ownFolder = join(dirname(file), 'home');

/** A connection that nothing refers to is closed by the garbage collector. */
const open: unknown[] = [];

function stay(db: Database.Database): void {
  open.push(db);
  say('ready');
  setInterval(() => open.length, 1000);
}

function say(word: string): void {
  process.stdout.write(`${word}\n`);
}

async function leaseInTurn(): Promise<void> {
  const bench = makeBench(ownFolder);
  const session = await sqliteDriver.connect({ engine: 'sqlite', name: 'target', path: file }, 'write', bench.env);
  const result = await session.lease('target', holderOf(argument));
  say('held' in result ? `held ${result.held.epoch}` : `heldBy ${result.heldBy.runId} ${result.heldBy.alive}`);
}

switch (mode) {
  // Leaves frames in -wal, as an application that is killed does.
  case 'wal': {
    const db = new Database(file);
    db.pragma('journal_mode = WAL');
    db.pragma('wal_autocheckpoint = 0');
    db.exec(`CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, a TEXT)`);
    db.exec(`INSERT INTO t (a) SELECT 'in the wal' FROM (VALUES (1), (2), (3))`);
    stay(db);
    break;
  }
  // The same, but what the frames say adds up to what was there before: as after an undo.
  case 'wal-same': {
    const db = new Database(file);
    db.pragma('journal_mode = WAL');
    db.pragma('wal_autocheckpoint = 0');
    db.exec(`UPDATE t SET a = a || ' for a while'`);
    db.exec(`UPDATE t SET a = replace(a, ' for a while', '')`);
    stay(db);
    break;
  }
  // Stands in the middle of a write with its journal on the disk.
  case 'hot': {
    const db = new Database(file);
    db.pragma('cache_size = 1');
    db.exec('BEGIN IMMEDIATE');
    db.exec(`UPDATE t SET a = printf('%.300c', 'x')`);
    stay(db);
    break;
  }
  case 'exclusive': {
    const db = new Database(file);
    db.exec('BEGIN EXCLUSIVE');
    stay(db);
    break;
  }
  // Writes a row every few milliseconds, and holds a WAL connection open.
  case 'writer': {
    const db = new Database(file, { timeout: 5000 });
    const insert = db.prepare(`INSERT INTO t (a) VALUES ('while it runs')`);
    say('ready');
    setInterval(() => {
      try {
        insert.run();
      } catch {
        // Held by the one under test; the next turn tries again.
      }
    }, 3);
    break;
  }
  case 'lease': {
    await leaseInTurn();
    setInterval(() => undefined, 1000);
    break;
  }
  case 'restore':
  case 'protect': {
    const { env } = makeBench(ownFolder);
    const { folder, items } = JSON.parse(argument ?? '{}');
    const endpoint = { engine: 'sqlite', name: 'target', path: file } as const;
    if (mode === 'restore') await sqliteDriver.restore({ endpoint, folder, items }, env);
    else
      for await (const event of sqliteDriver.protect({ endpoint, folder }, env))
        if (event.kind === 'item') say(event.kind);
    say('done');
    break;
  }
  default:
    throw new Error(`Unknown mode ${mode} for ${file}`);
}

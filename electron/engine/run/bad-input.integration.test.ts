import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { filesOf } from '../../testing/content.ts';
import { CrashLab } from '../../testing/crash-lab.ts';

const lab = new CrashLab();
/** A user without rights; only root can be somebody else. */
const nobody = 65534;
const root = process.getuid?.() === 0;

beforeAll(async () => {
  await lab.init({ tasks: 20, seed: 3 });
  lab.save();
});
beforeEach(() => lab.restore());
afterAll(() => lab.remove());

/** Runs it; whatever it says, no file of the bundle changes. */
async function refused(code: number, words: readonly (string | RegExp)[], args: readonly string[] = []): Promise<void> {
  const before = filesOf(lab.bundle);
  const ended = await lab.run(['run', lab.bundle, '--yes', ...args]);
  for (const word of words) expect(ended.output).toMatch(word);
  expect(ended.code, ended.output).toBe(code);
  expect(ended.output).not.toMatch(/Internal error|unexpected|\bat .*\.ts:\d/);
  expect(filesOf(lab.bundle)).toEqual(before);
}

describe('a legacy file that cannot be used: exit code 1, the reason and advice, nothing changed', () => {
  test('missing', async () => {
    rmSync(lab.legacy);
    await refused(1, [/legacy \(.*\): There is no file at this path/, 'legacy.db', 'Check the path']);
  });

  test('empty', async () => {
    writeFileSync(lab.legacy, '');
    await refused(1, [/legacy \(.*\): The file is empty: 0 bytes/, 'Choose the file that holds the data']);
  });

  test('a folder', async () => {
    rmSync(lab.legacy);
    mkdirSync(lab.legacy);
    await refused(1, [/legacy \(.*\): .*folder/]);
  });

  test('a picture', async () => {
    const png = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(4000, 7)]);
    writeFileSync(lab.legacy, png);
    await refused(1, [/legacy \(.*\): The file is not a SQLite database/, 'Choose a file of SQLite 3']);
  });

  test('encrypted', async () => {
    writeFileSync(lab.legacy, randomBytes(64 * 4096));
    await refused(1, [/legacy \(.*\): .*encrypted/, 'Export it with the tool that encrypts it']);
  });

  test('cut short', async () => {
    const whole = readFileSync(lab.legacy);
    writeFileSync(lab.legacy, whole.subarray(0, whole.length - 3 * 4096));
    await refused(1, [/legacy \(.*\): The file is shorter than its own header says/, 'Copy the file again']);
  });

  test('damaged inside: what SQLite says, and how to rescue it', async () => {
    const whole = readFileSync(lab.legacy);
    whole.fill(0xee, 100, 4096);
    writeFileSync(lab.legacy, whole);
    await refused(1, [/legacy \(.*\): .*damaged/]);
  });

  test('locked by another program', async () => {
    await lab.whileLocked(lab.legacy, () =>
      refused(1, [/legacy \(.*\): Another process holds the file exclusively/, 'Stop the application']),
    );
  });

  test.runIf(root)('unreadable for this user', async () => {
    chmodSync(lab.legacy, 0o600);
    for (const folder of [lab.folder, lab.bundle]) chmodSync(folder, 0o777);
    rmSync(lab.home, { recursive: true, force: true });
    const before = filesOf(lab.bundle);
    const ended = await lab.run(['run', lab.bundle, '--yes'], { uid: nobody });
    expect(ended.output).toMatch(/legacy .*This user may not read|legacy .*cannot be read/);
    expect(ended.code, ended.output).toBe(1);
    expect(filesOf(lab.bundle)).toEqual(before);
  });
});

describe('a target that cannot be used: exit code 1, nothing changed', () => {
  test('a folder', async () => {
    mkdirSync(lab.target);
    await refused(1, [/generic \(.*\): .*folder/]);
  });

  test('a foreign file', async () => {
    writeFileSync(lab.target, `${'This is a letter to somebody, not a database. '.repeat(20)}\n`);
    await refused(1, [/generic \(.*\): The file is not a SQLite database; it looks like text/]);
  });

  test('locked by another program', async () => {
    lab.fillTarget();
    await lab.whileLocked(lab.target, () => refused(1, [/generic \(.*\): Another process holds the file exclusively/]));
  });

  test('its folder does not exist', async () => {
    await refused(
      1,
      [/generic \(.*\): .*folder/, /no-such-folder/],
      ['--connection', 'generic=no-such-folder/generic.db'],
    );
  });

  test.runIf(root)('its folder cannot be written by this user', async () => {
    chmodSync(lab.legacy, 0o644);
    chmodSync(lab.folder, 0o777);
    chmodSync(lab.bundle, 0o755);
    rmSync(lab.home, { recursive: true, force: true });
    const before = filesOf(lab.bundle);
    const ended = await lab.run(['run', lab.bundle, '--yes'], { uid: nobody });
    expect(ended.output).toMatch(/generic .*This user may not write in the folder/);
    expect(ended.code, ended.output).toBe(1);
    expect(filesOf(lab.bundle)).toEqual(before);
  });
});

describe('a legacy file whose tables or columns differ', () => {
  test('a table has another name: the table is named, exit code 1', async () => {
    lab.sql(lab.legacy, 'ALTER TABLE task_breakdowns RENAME TO breakdowns_v2');
    await refused(1, [
      /error: .*no table task_breakdowns. It holds breakdowns_v2, lock_tracking, subtasks/,
      'Point the connection at another file',
    ]);
  });

  test('a column is missing: the column is named, exit code 1', async () => {
    lab.sql(lab.legacy, 'ALTER TABLE task_breakdowns DROP COLUMN complexity');
    await refused(1, [/error: .*Table legacy.task_breakdowns has no column complexity/]);
  });

  test('a column of the query is missing: the column and the file of the query are named, exit code 1', async () => {
    lab.sql(lab.legacy, 'ALTER TABLE subtasks DROP COLUMN title');
    await refused(1, [/error: .*The query sql\/subtasks.sql on legacy gives no column title/]);
  });

  test('a column and a table more: a consent is needed (exit code 7) and then it goes through', async () => {
    lab.sql(
      lab.legacy,
      'ALTER TABLE task_breakdowns ADD COLUMN mood TEXT; CREATE TABLE notes (id, note); INSERT INTO notes VALUES (1, 2)',
    );
    await refused(7, [/legacy\.task_breakdowns\.mood|task_breakdowns.*mood/, /legacy\.notes/, '--consent not-carried']);
    const legacy = lab.sha256(lab.legacy);
    const ended = await lab.run(['run', lab.bundle, '--yes', '--consent', 'not-carried']);
    expect(ended.code, ended.output).toBe(0);
    expect(lab.sha256(lab.legacy)).toBe(legacy);
  });
});

describe('a profile that cannot be used: exit code 2, every problem with its line, nothing changed', () => {
  test('unknown keys, wrong types, missing files, cycles: all at once', async () => {
    lab.editProfile((text) =>
      text
        .replace('version = "1.0.0"', 'version = 7\nversoin = "1"')
        .replace('migrations = "sql/model"', 'migrations = "sql/modle"')
        .replace('kind = "schema"', 'kind = "schema"\nneeds = ["dependencies"]')
        .replace('query = "sql/subtasks.sql"', 'query = "sql/missing.sql"')
        .replace('undo = "delete_written"', 'undo = "sometimes"'),
    );
    const text = readFileSync(join(lab.bundle, 'profile.toml'), 'utf8').split('\n');
    const line = (part: string) => 1 + text.findIndex((one) => one.includes(part));
    await refused(2, [
      new RegExp(`profile.toml:${line('versoin')}.*versoin`),
      new RegExp(`profile.toml:${line('version = 7')}.*version`),
      new RegExp(`profile.toml:${line('"sometimes"')}.*undo`),
    ]);
  });

  test('missing files and cycles, in one answer', async () => {
    lab.editProfile((text) =>
      text
        .replace('migrations = "sql/model"', 'migrations = "sql/modle"')
        .replace('kind = "schema"', 'kind = "schema"\nneeds = ["dependencies"]')
        .replace('query = "sql/subtasks.sql"', 'query = "sql/missing.sql"'),
    );
    await refused(2, [
      /profile.toml:\d+.*sql\/modle/,
      /profile.toml:\d+.*sql\/missing\.sql/,
      /profile.toml:\d+.*(cycle|circle|wait for each other|each other)/,
    ]);
  });

  test('no TOML at all: the place is named', async () => {
    writeFileSync(join(lab.bundle, 'profile.toml'), 'overland = 1\nid = "x\n');
    await refused(2, [/profile.toml:2/]);
  });

  test('not UTF-8', async () => {
    writeFileSync(join(lab.bundle, 'profile.toml'), Buffer.from('overland = 1\nid = "\xff\xfe"\n', 'latin1'));
    await refused(2, [/profile.toml/, /UTF-8/]);
  });

  test('a bundle without a profile', async () => {
    rmSync(join(lab.bundle, 'profile.toml'));
    await refused(2, [/holds no profile.toml/]);
  });
});

describe('legacy files as crashes leave them', () => {
  test('WAL mode, frames in the -wal after kill -9: they are migrated, and the files stay as they are', async () => {
    lab.sql(lab.legacy, 'PRAGMA journal_mode = WAL');
    const db = new Database(lab.legacy);
    db.exec("UPDATE subtasks SET title = 'from the wal' WHERE rowid = 1");
    // What a killed process leaves is what lies there while one is at work.
    for (const suffix of ['', '-wal']) cpSync(`${lab.legacy}${suffix}`, join(lab.folder, `kept${suffix}`));
    db.close();
    for (const suffix of ['', '-wal']) cpSync(join(lab.folder, `kept${suffix}`), `${lab.legacy}${suffix}`);
    const before = [lab.sha256(lab.legacy), lab.sha256(`${lab.legacy}-wal`)];
    const ended = await lab.run(['run', lab.bundle, '--yes']);
    expect(ended.code, ended.output).toBe(0);
    expect(lab.rows(lab.target, "SELECT 1 FROM generic_tasks WHERE title = 'from the wal'")).toHaveLength(1);
    expect([lab.sha256(lab.legacy), lab.sha256(`${lab.legacy}-wal`)]).toEqual(before);
    expect(lab.sha256(`${lab.legacy}-shm`)).toBeNull();
  });

  test('a hot journal: the half-done write of the dead program is not migrated, and the files stay as they are', async () => {
    const db = new Database(lab.legacy);
    db.exec('PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE');
    db.exec("UPDATE subtasks SET title = 'half done', description = hex(randomblob(2000))");
    for (const suffix of ['', '-journal']) cpSync(`${lab.legacy}${suffix}`, join(lab.folder, `kept${suffix}`));
    db.exec('ROLLBACK');
    db.close();
    for (const suffix of ['', '-journal']) cpSync(join(lab.folder, `kept${suffix}`), `${lab.legacy}${suffix}`);
    expect(readFileSync(`${lab.legacy}-journal`).toString('hex', 0, 8)).toBe('d9d505f920a163d7');
    expect(readFileSync(lab.legacy).includes('half done')).toBe(true);
    const before = [lab.sha256(lab.legacy), lab.sha256(`${lab.legacy}-journal`)];
    const ended = await lab.run(['run', lab.bundle, '--yes']);
    expect(ended.code, ended.output).toBe(0);
    expect(lab.rows(lab.target, "SELECT 1 FROM generic_tasks WHERE title = 'half done'")).toHaveLength(0);
    expect([lab.sha256(lab.legacy), lab.sha256(`${lab.legacy}-journal`)]).toEqual(before);
  });

  test('a file that we did not make: the older columns, NULLs, integer times', async () => {
    const file = join(lab.folder, 'theirs.sqlite');
    lab.sql(
      file,
      `CREATE TABLE task_breakdowns (parent_task_id TEXT PRIMARY KEY, description TEXT NOT NULL, complexity TEXT NOT NULL, context TEXT, created_at TIMESTAMP);
       CREATE TABLE subtasks (task_id TEXT PRIMARY KEY, parent_task_id TEXT NOT NULL REFERENCES task_breakdowns, title TEXT NOT NULL, description TEXT,
         specialist_type TEXT NOT NULL, dependencies TEXT, estimated_effort TEXT, status TEXT, results TEXT, artifacts TEXT, created_at TIMESTAMP, completed_at TIMESTAMP);
       INSERT INTO task_breakdowns VALUES ('b1', 'Write the book', 'high', NULL, '2024-01-01 10:00:00'), ('b2', 'Read it', 'low', '{}', 1700000000);
       INSERT INTO subtasks VALUES
         ('s1', 'b1', 'Begin', 'the start', 'writer', NULL, NULL, 'pending', NULL, NULL, '2024-01-02T10:00:00.123456', NULL),
         ('s2', 'b1', 'End', 'the end', 'writer', '["s1"]', '2h', 'completed', 'done', '["a.txt"]', '2024-01-03 10:00', '2024-01-04'),
         ('s3', 'b2', 'Look', '', 'reader', '[]', '', 'active', NULL, '[]', 1700000001, NULL);`,
    );
    lab.editProfile((text) => text.replace('quarantine = "0.5%"', 'quarantine = "100%"'));
    const before = lab.sha256(file);
    const ended = await lab.run(['run', lab.bundle, '--yes', '--connection', `legacy=${file}`]);
    expect(ended.code, ended.output).toBe(3);
    expect(lab.sha256(file)).toBe(before);
    const written = 'SELECT task_id, created_at, completed_at FROM generic_tasks ORDER BY task_id';
    expect(lab.rows(lab.target, written), ended.output).toMatchInlineSnapshot(`
      [
        {
          "completed_at": null,
          "created_at": "2024-01-01 10:00:00",
          "task_id": "b1",
        },
        {
          "completed_at": null,
          "created_at": "2024-01-02T10:00:00.123456",
          "task_id": "s1",
        },
        {
          "completed_at": "2024-01-04",
          "created_at": "2024-01-03 10:00",
          "task_id": "s2",
        },
      ]
    `);
    expect(lab.rows(lab.target, 'SELECT count(*) AS n FROM task_dependencies')).toEqual([{ n: 1 }]);
    const aside = 'SELECT step, key, code, message FROM quarantine ORDER BY step, key';
    expect(lab.rows(join(lab.home, 'journal.db'), aside)).toMatchInlineSnapshot(`
      [
        {
          "code": "wrong_type",
          "key": "b2",
          "message": "The value is an integer, the column holds timestamp (created_at).",
          "step": "breakdowns",
        },
        {
          "code": "parent_missing",
          "key": "s3",
          "message": "The breakdown of the subtask is not in the new file: the legacy file lacks it, or it was set aside.",
          "step": "subtasks",
        },
      ]
    `);
  });
});

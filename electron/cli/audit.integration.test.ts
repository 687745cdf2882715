import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CommandLineBench } from './testing.ts';

const bench = new CommandLineBench();
const bundle = bench.path('sample');
let head: string;
beforeAll(async () => {
  await bench.run('init', 'task-orchestrator', bundle, '--tasks', '20');
  expect(await bench.run('run', bundle, '--yes')).toMatchObject({ code: 0 });
  const { stdout } = await bench.run('report', 'last', '--format', 'json');
  head = (JSON.parse(stdout) as { chain: { head: string } }).chain.head;
});
afterAll(() => bench.remove());

function inJournal(sql: string): void {
  const journal = new Database(bench.path('home/journal.db'));
  try {
    journal.exec(sql);
  } finally {
    journal.close();
  }
}

it('a journal as it was written: the head of the report is found, and what came after it counted', async () => {
  const { code, stdout } = await bench.run('audit', 'verify', 'last', '--head', head);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\d+ events of r-\S+: each contains the hash of the one before it$/m);
  expect(stdout).toMatch(/^The hash that was given is that of event \d+; none came after it$/m);
});

it('without a head it says what the chain cannot tell', async () => {
  const { code, stdout } = await bench.run('audit', 'verify', 'last');
  expect(code).toBe(0);
  expect(stdout).toContain(`The chain ends with ${head}`);
  expect(stdout).toContain('give --head');
});

it('what is no hash is refused', async () => {
  const { code, stderr } = await bench.run('audit', 'verify', 'last', '--head', 'abc');
  expect(code).toBe(2);
  expect(stderr).toContain('is no sha256');
});

it('events that are cut from the end are missed only by who knows the head', async () => {
  inJournal(
    'CREATE TABLE kept AS SELECT * FROM event WHERE seq = (SELECT max(seq) FROM event); DELETE FROM event WHERE seq IN (SELECT seq FROM kept)',
  );
  expect(await bench.run('audit', 'verify', 'last')).toMatchObject({ code: 0 });
  const { code, stdout } = await bench.run('audit', 'verify', 'last', '--head', head);
  expect(code).toBe(3);
  expect(stdout).toContain('No event up to there has the hash that was given');
  inJournal('INSERT INTO event SELECT * FROM kept; DROP TABLE kept');
});

it('an event that was edited is named, in the document as well', async () => {
  inJournal("UPDATE event SET text = 'nothing happened' WHERE seq = 3");
  const { code, stdout } = await bench.run('audit', 'verify', 'last', '--json');
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({ firstBroken: 3, intact: false });
});

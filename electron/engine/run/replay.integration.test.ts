import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { CrashLab } from '../../testing/crash-lab.ts';

const lab = new CrashLab();
const journal = join(lab.home, 'journal.db');

beforeAll(async () => {
  await lab.init({ tasks: 1000, seed: 6, dirty: true });
  const ended = await lab.run(['run', lab.bundle, '--yes']);
  expect(ended.code, ended.output).toBe(3);
  lab.save();
});
beforeEach(() => lab.restore());
afterAll(() => lab.remove());

/** A replay as earlier versions left it: made, and then found not to compile. */
function addReplayThatDoesNotCompile(): void {
  const columns = lab.rows(journal, "SELECT name FROM pragma_table_info('run')").map((row) => String(row['name']));
  const own: Readonly<Record<string, string>> = {
    id: "'r-broken'",
    parent_run: 'id',
    phase: "'execute'",
    condition: "'failed'",
    outcome: "'failed'",
    failure: `'{"step":"subtasks","message":"The mapping no longer compiles","advice":null}'`,
  };
  const change = { key: 'steps.subtasks.reject[1].when', text: '=row.titel == null' };
  const replay = JSON.stringify({ step: 'subtasks', keys: ['t_1'], changes: [change] });
  lab.sql(
    journal,
    `INSERT INTO run (${columns.join(', ')}) SELECT ${columns.map((name) => own[name] ?? name).join(', ')} FROM run;
     INSERT INTO document SELECT 'r-broken', kind, at, json_set(body, '$.steps', json((
         SELECT json_group_array(json(replace(value, 'row.title ', 'row.titel '))) FROM json_each(body, '$.steps')
         WHERE value ->> 'id' = 'subtasks'
       ))) FROM document WHERE kind = 'plan_steps';
     INSERT INTO document SELECT 'r-broken', 'replay', at, '${replay}' FROM document WHERE kind = 'plan_steps' LIMIT 1;
     INSERT INTO step SELECT 'r-broken', id, kind, 1, 'pending', undo, NULL, NULL, NULL, NULL FROM step WHERE id = 'subtasks'`,
  );
  const [made] = lab.rows(journal, "SELECT body FROM document WHERE run = 'r-broken' AND kind = 'plan_steps'");
  expect(made?.['body']).toContain('row.titel ');
}

test('a replay that is in the journal and does not compile wrote nothing, and does not bar the way back', async () => {
  addReplayThatDoesNotCompile();
  const back = await lab.run(['rollback', 'last', '--yes']);
  expect(back.code, back.output).toBe(0);
  expect(existsSync(lab.target)).toBe(false);
  const events = lab.rows(journal, "SELECT text FROM event WHERE code = 'replay_passed_over'");
  expect(events).toEqual([{ text: expect.stringContaining('r-broken wrote nothing') }]);
});

test('one that has chunks is not passed over: the rollback stops there, and the report says why', async () => {
  addReplayThatDoesNotCompile();
  lab.sql(
    journal,
    `INSERT INTO chunk (run, step, unit, path, bounds, state) VALUES ('r-broken', 'subtasks', 'subtasks', '0', '{}', 'done')`,
  );
  const back = await lab.run(['rollback', 'last', '--yes']);
  expect(back.code, back.output).toBe(8);
  expect(existsSync(lab.target)).toBe(true);
  for (const format of ['md', 'html']) {
    const file = join(lab.folder, `report.${format}`);
    expect((await lab.run(['report', 'last', '--format', format, '--out', file])).code).toBe(0);
    expect(readFileSync(file, 'utf8'), format).toMatch(/topped.{0,80}subtasks: .*no longer compiles/s);
  }
});

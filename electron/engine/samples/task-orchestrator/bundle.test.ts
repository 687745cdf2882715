import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { parse } from 'smol-toml';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { legacySchema } from './legacy-schema.ts';

const bundle = resolve(import.meta.dirname, '../../../../resources/bundles/task-orchestrator');
const text = (path: string) => readFileSync(join(bundle, path), 'utf8');
const files = (folder: string, end: string) =>
  readdirSync(join(bundle, folder))
    .filter((name) => name.endsWith(end))
    .sort()
    .map((name) => `${folder}/${name}`);
const up = files('sql/model', '.up.sql');
const down = files('sql/model', '.down.sql');
const rules = files('sql/rules', '.sql');

let database: Database.Database;
beforeEach(() => {
  database = new Database(':memory:');
});
afterEach(() => database.close());

function createModel(): void {
  for (const script of up) database.exec(text(script));
}

function offenders(rule: string): unknown[] {
  return database
    .prepare(text(`sql/rules/${rule}.sql`))
    .pluck()
    .all();
}

/** A root and a child under it, with everything that hangs on them as it should be. */
function fill(): void {
  createModel();
  database.exec(`
    PRAGMA foreign_keys = OFF;
    INSERT INTO generic_tasks (task_id, title, description, task_type, hierarchy_path, status, created_at)
      VALUES ('b', 'B', '', 'breakdown', '/b', 'active', '2025-01-01T00:00:00.000001');
    INSERT INTO generic_tasks (task_id, parent_task_id, title, description, task_type, hierarchy_path, hierarchy_level, status, created_at, completed_at)
      VALUES ('t', 'b', 'T', '', 'specialist_task', '/b/t', 1, 'completed', '2025-01-01T00:00:00.000001', '2025-01-02T00:00:00'),
             ('u', 'b', 'U', '', 'specialist_task', '/b/u', 1, 'pending', '2025-01-01T00:00:00.000001', NULL);
    INSERT INTO task_artifacts VALUES ('t_artifact_1', 't', 'general', 'a', 'x', 1), ('t_artifact_2', 't', 'general', 'a', 'x', 0);
    INSERT INTO task_dependencies (dependent_task_id, prerequisite_task_id) VALUES ('u', 't');
    INSERT INTO legacy_task_mapping VALUES ('b', 'breakdown', 'b', 'm'), ('t', 'subtask', 't', 'm'), ('u', 'subtask', 'u', 'm');
  `);
}

test('the scripts down take back all that the scripts up make', () => {
  expect(down.map((name) => name.replace('.down.', '.up.'))).toEqual(up);
  createModel();
  expect(
    database.prepare("SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'").pluck().get(),
  ).toBeGreaterThan(15);
  for (const script of down.toReversed()) database.exec(text(script));
  expect(database.prepare('SELECT name FROM sqlite_schema').all()).toEqual([]);
});

test('no rule finds anything in a target that is as it should be', () => {
  fill();
  for (const rule of rules) expect([rule, database.prepare(text(rule)).all()]).toEqual([rule, []]);
});

test.each([
  ['orphans', "UPDATE generic_tasks SET parent_task_id = 'gone' WHERE task_id = 't'", ['t']],
  [
    'orphans',
    "INSERT INTO task_attributes (task_id, attribute_name, attribute_value, created_at) VALUES ('gone', 'n', 'v', '')",
    ['gone'],
  ],
  ['orphans', "UPDATE task_artifacts SET task_id = 'gone'", ['t_artifact_1', 't_artifact_2']],
  ['dependencies', "UPDATE task_dependencies SET prerequisite_task_id = 'gone'", ['u']],
  ['mapping', "UPDATE legacy_task_mapping SET new_id = 'gone' WHERE old_id = 't'", ['t']],
  ['mapping', "UPDATE legacy_task_mapping SET new_id = 'b' WHERE old_id = 't'", ['t']],
  ['hierarchy', "UPDATE generic_tasks SET hierarchy_path = '/t' WHERE task_id = 't'", ['t']],
  ['hierarchy', "UPDATE generic_tasks SET hierarchy_level = 2 WHERE task_id = 't'", ['t']],
  ['paths_unique', "UPDATE generic_tasks SET hierarchy_path = '/b/t' WHERE task_id = 'u'", ['t']],
  ['primary_artifact', 'UPDATE task_artifacts SET is_primary = 1', ['t']],
  ['primary_artifact', 'UPDATE task_artifacts SET is_primary = 0', ['t']],
  ['statuses', "UPDATE generic_tasks SET status = 'on_hold' WHERE task_id = 'u'", ['u']],
  ['times', "UPDATE generic_tasks SET completed_at = '2024-12-31T00:00:00' WHERE task_id = 't'", ['t']],
])('rule %s finds: %s', (rule, damage, keys) => {
  fill();
  database.exec(damage);
  expect(offenders(rule)).toEqual(keys);
});

test('deleting a root deletes all that hangs on it', () => {
  fill();
  database.exec("PRAGMA foreign_keys = ON; DELETE FROM generic_tasks WHERE task_id = 'b'");
  for (const table of ['generic_tasks', 'task_artifacts', 'task_dependencies', 'legacy_task_mapping'])
    expect([table, database.prepare(`SELECT count(*) FROM ${table}`).pluck().get()]).toEqual([table, 0]);
});

test.each(['older', 'newer'] as const)('the query numbers the subtasks of a file with the %s columns', (columns) => {
  database.exec(legacySchema(columns, true));
  database.exec(`INSERT INTO subtasks (task_id, parent_task_id, created_at) VALUES
    ('c', 'b', '2025-01-01T00:00:02'), ('a', 'b', '2025-01-01T00:00:03'), ('d', 'e', '2025-01-01T00:00:01'), ('x', 'b', '2025-01-01T00:00:02')`);
  const rows = database.prepare(text('sql/subtasks.sql')).all() as Record<string, unknown>[];
  const positions = Object.fromEntries(rows.map((row) => [row.task_id, row.position]));
  expect(positions).toEqual({ c: 1, x: 2, a: 3, d: 1 });
  expect(Object.keys(rows[0] ?? {})).toHaveLength(columns === 'older' ? 13 : 18);
});

test('every column of the legacy tables is read by a step or named as not carried', () => {
  const profile = text('profile.toml');
  database.exec(legacySchema('newer', false));
  const columns = (table: string) =>
    database.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[];
  const [breakdowns, subtasks] = [
    profile.split('[steps.subtasks]')[0] ?? '',
    profile.split('[steps.subtasks]')[1] ?? '',
  ];
  const reads = (part: string, column: string) => new RegExp(`row\\.${column}\\b|"${column}"`).test(part);
  expect(columns('task_breakdowns').filter((column) => !reads(breakdowns, column))).toEqual([]);
  expect(columns('subtasks').filter((column) => !reads(subtasks, column))).toEqual([]);
  expect(parse(profile).not_carried).toHaveProperty(['legacy.lock_tracking']);
});

test('the page of the bundle explains every reason, rule and map', () => {
  const profile = text('profile.toml');
  const page = text('README.md');
  const names = [...profile.matchAll(/reason = "(\w+)"/g), ...profile.matchAll(/^\[rules\.(\w+)\]/gm)].map(
    (found) => found[1],
  );
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

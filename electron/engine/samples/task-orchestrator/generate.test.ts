import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DirtKind, dirtKinds, dirtyMinimum } from './dirt.ts';
import { type GenerateOptions, generateTaskOrchestrator } from './generate.ts';
import { newerColumns } from './legacy-records.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'overland-samples-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const clean: GenerateOptions = { tasks: 60, seed: 7, dirty: false, columns: 'newer' };
const dirty: GenerateOptions = { ...clean, tasks: 2_400, dirty: true };

async function make(name: string, options: GenerateOptions) {
  const file = join(folder, name);
  return { file, generated: await generateTaskOrchestrator(file, options) };
}

function open(file: string) {
  const database = new Database(file, { readonly: true });
  return {
    all: (sql: string, ...values: unknown[]) => database.prepare(sql).all(...values) as Record<string, unknown>[],
    one: (sql: string, ...values: unknown[]) =>
      database
        .prepare(sql)
        .pluck()
        .get(...values) as number | string | null,
    close: () => database.close(),
  };
}

async function sha256(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

test.each([clean, dirty, { ...dirty, columns: 'older' as const }])(
  'the same arguments give the same bytes',
  async (options) => {
    const first = await make('a.db', options);
    const second = await make('b.db', options);
    const other = await make('c.db', { ...options, seed: options.seed + 1 });
    expect(await sha256(first.file)).toBe(await sha256(second.file));
    expect(await sha256(first.file)).not.toBe(await sha256(other.file));
    expect(first.generated).toEqual(second.generated);
  },
);

test('a clean file has what it says, and nothing to set aside', async () => {
  const { file, generated } = await make('legacy.db', clean);
  const legacy = open(file);
  expect(generated.breakdowns).toBe(60);
  expect(legacy.one('SELECT count(*) FROM task_breakdowns')).toBe(generated.breakdowns);
  expect(legacy.one('SELECT count(*) FROM subtasks')).toBe(generated.subtasks);
  expect(legacy.one('SELECT count(*) FROM lock_tracking')).toBe(generated.locks);
  expect(generated.ledger.setAside).toEqual([]);
  const sizes = legacy.all('SELECT count(*) AS n FROM subtasks GROUP BY parent_task_id').map((row) => row.n as number);
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(4);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(12);
  expect(legacy.one('PRAGMA foreign_key_check')).toBeUndefined();
  expect(legacy.one('PRAGMA integrity_check')).toBe('ok');
  const unresolved = `SELECT count(*) FROM subtasks AS s, json_each(s.dependencies) AS d
    WHERE NOT EXISTS (SELECT 1 FROM subtasks AS other WHERE other.task_id = d.value AND other.task_id < s.task_id)`;
  expect(legacy.one(unresolved)).toBe(0);
  expect(legacy.one('SELECT count(*) FROM subtasks WHERE NOT json_valid(artifacts)')).toBe(0);
  expect(legacy.one('SELECT count(*) FROM subtasks, json_each(artifacts) WHERE type = ?', 'object')).toBeGreaterThan(5);
  expect(legacy.one('SELECT count(*) FROM subtasks, json_each(artifacts) WHERE type = ?', 'text')).toBeGreaterThan(5);
  const times = legacy.all('SELECT created_at FROM subtasks');
  for (const { created_at } of times) expect(created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
  legacy.close();
});

test('the older column set lacks the columns of the newer one', async () => {
  const older = open((await make('older.db', { ...clean, columns: 'older' })).file);
  const newer = open((await make('newer.db', clean)).file);
  const names = (file: ReturnType<typeof open>) => file.all('PRAGMA table_info(subtasks)').map((row) => row.name);
  expect(names(newer)).toEqual([...names(older), ...newerColumns]);
  older.close();
  newer.close();
});

test('everything the ledger says was planted is in the file', async () => {
  const { file, generated } = await make('legacy.db', dirty);
  const legacy = open(file);
  const check: Record<DirtKind, string> = {
    dependency_unknown: `SELECT count(*) FROM subtasks, json_each(dependencies) AS d WHERE task_id = ?
      AND d.value NOT IN (SELECT task_id FROM subtasks)`,
    dependencies_malformed: 'SELECT count(*) FROM subtasks WHERE task_id = ? AND NOT json_valid(dependencies)',
    artifacts_malformed: 'SELECT count(*) FROM subtasks WHERE task_id = ? AND NOT json_valid(artifacts)',
    status_unknown: `SELECT count(*) FROM subtasks WHERE task_id = ?
      AND status NOT IN ('pending', 'active', 'in_progress', 'completed', 'failed', 'cancelled')`,
    parent_missing: `SELECT count(*) FROM subtasks WHERE task_id = ?
      AND parent_task_id NOT IN (SELECT parent_task_id FROM task_breakdowns)`,
    title_empty: "SELECT count(*) FROM subtasks WHERE task_id = ? AND coalesce(title, '') = ''",
    description_empty:
      "SELECT count(*) FROM task_breakdowns WHERE parent_task_id = ? AND coalesce(description, '') = ''",
    hierarchy_duplicate: `SELECT count(*) FROM (SELECT parent_task_id FROM subtasks WHERE task_id = ?
      GROUP BY parent_task_id HAVING count(*) = 2)`,
    id_collision: `SELECT count(*) FROM subtasks WHERE task_id = ?
      AND task_id IN (SELECT parent_task_id FROM task_breakdowns)`,
    nul_in_text: "SELECT count(*) FROM subtasks WHERE task_id = ? AND instr(CAST(title AS BLOB), x'00') > 0",
    emoji_in_text: 'SELECT count(*) FROM subtasks WHERE task_id = ? AND instr(title, char(128105)) > 0',
    older_columns: `SELECT count(*) FROM subtasks WHERE task_id = ? AND ${newerColumns
      .map((column) => `${column} IS NULL`)
      .join(' AND ')}`,
  };
  const { planted, counts } = generated.ledger;
  expect(planted).toHaveLength(2 * dirtKinds.length);
  for (const kind of dirtKinds) expect(counts[kind]).toBe(2);
  for (const record of planted)
    expect([record.kind, legacy.one(check[record.kind], record.key)]).toEqual([record.kind, 1]);
  legacy.close();
});

test('the ledger names every fault of the file: a search finds no other', async () => {
  const { file, generated } = await make('legacy.db', dirty);
  const legacy = open(file);
  const keys = (sql: string) =>
    legacy
      .all(sql)
      .map((row) => String(row.key))
      .sort();
  const named = (step: string, ...codes: string[]) =>
    generated.ledger.setAside
      .filter((entry) => entry.step === step && codes.includes(entry.code))
      .map((entry) => entry.key)
      .sort();
  const good = "SELECT parent_task_id FROM task_breakdowns WHERE coalesce(description, '') <> ''";
  expect(keys(`SELECT task_id AS key FROM subtasks WHERE parent_task_id NOT IN (${good})`)).toEqual(
    named('subtasks', 'parent_missing'),
  );
  expect(keys("SELECT task_id AS key FROM subtasks WHERE coalesce(title, '') = ''")).toEqual(
    named('subtasks', 'title_empty'),
  );
  expect(keys('SELECT task_id AS key FROM subtasks WHERE NOT json_valid(artifacts)')).toEqual(
    named('subtasks', 'not_json'),
  );
  expect(keys('SELECT task_id AS key FROM subtasks WHERE NOT json_valid(dependencies)')).toEqual(
    named('dependencies', 'not_json'),
  );
  const twice = `SELECT task_id AS key FROM subtasks GROUP BY task_id HAVING count(*) > 1
    UNION ALL SELECT task_id FROM subtasks WHERE task_id IN (SELECT parent_task_id FROM task_breakdowns)`;
  expect(keys(twice)).toEqual(named('subtasks', 'key_exists'));
  const orphanItems = `SELECT task_id AS key FROM subtasks, json_each(CASE WHEN json_valid(dependencies) THEN dependencies ELSE '[]' END)
    WHERE parent_task_id NOT IN (${good})`;
  expect(keys(orphanItems)).toEqual(named('dependencies', 'task_in_quarantine'));
  legacy.close();
});

test('no subtask that is set aside has others that depend on it, but siblings set aside with it', async () => {
  const { file, generated } = await make('legacy.db', dirty);
  const legacy = open(file);
  const gone = new Set(
    generated.ledger.setAside
      .filter((entry) => entry.code !== 'key_exists')
      .filter((entry) => entry.output === null)
      .map((entry) => entry.key),
  );
  const edges = legacy.all(
    `SELECT task_id, d.value AS on_task FROM subtasks, json_each(CASE WHEN json_valid(dependencies) THEN dependencies ELSE '[]' END) AS d`,
  );
  const surprising = edges.filter((edge) => gone.has(String(edge.on_task)) && !gone.has(String(edge.task_id)));
  expect(surprising).toEqual([]);
  legacy.close();
});

test('the smallest dirty file has one of each kind', async () => {
  const { generated } = await make('legacy.db', { ...dirty, tasks: dirtyMinimum });
  expect(Object.values(generated.ledger.counts)).toEqual(dirtKinds.map(() => 1));
});

test('an abort stops it', async () => {
  const abort = new AbortController();
  const making = generateTaskOrchestrator(join(folder, 'legacy.db'), {
    ...clean,
    tasks: 1_000_000,
    signal: abort.signal,
    onProgress: () => abort.abort(new Error('enough')),
  });
  await expect(making).rejects.toThrow('enough');
});

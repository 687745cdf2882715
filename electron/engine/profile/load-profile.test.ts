import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Problem } from '#shared/model/finding.ts';
import type { RecordsSpec } from '../steps/records/spec-types.ts';
import { type LoadedProfile, type LoadOptions, loadProfile } from './load-profile.ts';
import { parsingKinds, writeBundle } from './testing.ts';

const sample = fileURLToPath(new URL('fixtures/task-orchestrator', import.meta.url));
const shipped = fileURLToPath(new URL('../../../resources/bundles/task-orchestrator', import.meta.url));

const minimal = `overland = 1
id = "sample"
version = "1"
[connections]
old = { engine = "sqlite", path = "old.db" }
new = { engine = "sqlite", path = "new.db", access = "write" }
[steps.copy]
kind = "records"
source = { connection = "old", table = "t", key = ["id"] }
target = { connection = "new" }
[steps.copy.into.t]
key = ["id"]
copy = ["id"]
`;

type Files = Parameters<typeof writeBundle>[0];

async function problemsOf(profile: string | Uint8Array, files: Files = {}, options: Partial<LoadOptions> = {}) {
  const loaded = await loadProfile(writeBundle({ 'profile.toml': profile, ...files }), {
    kinds: parsingKinds,
    ...options,
  });
  return 'problems' in loaded ? loaded.problems : [];
}

async function loadedOf(path: string, options: Partial<LoadOptions> = {}): Promise<LoadedProfile> {
  const loaded = await loadProfile(path, { kinds: parsingKinds, ...options });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems, null, 2));
  return loaded;
}

/** `line:column key message` of each. */
function lines(problems: readonly Problem[]): string[] {
  return problems.map(({ line, column, key, message }) => `${line}:${column} ${key} ${message}`);
}

describe('a profile that is right', () => {
  test('the profile of the format page loads, steps in the order of their needs', async () => {
    const { profile } = await loadedOf(sample);
    expect(profile.steps.map(({ id, ord }) => `${ord} ${id}`)).toStrictEqual([
      '1 model',
      '2 breakdowns',
      '3 subtasks',
      '4 dependencies',
    ]);
    expect(profile.policy).toStrictEqual({
      chunk: { rows: 50_000, bytes: 16 * 1024 ** 2, seconds: 1 },
      retry: { attempts: 5, delayMs: 200, maxDelayMs: 30_000 },
      limits: { quarantineShare: 0.005, rowBytes: 16 * 1024 ** 2, windowSeconds: 7200, slowdownShare: 0.5 },
      timeouts: { lockMs: 5000, statementMs: null },
      rollbackOn: ['loss', 'critical', 'slowdown', 'window'],
      source: 'quiesced',
      requireQuiet: false,
    });
    expect(profile.notCarried.get('legacy.lock_tracking')).toBe('locks of the old process');
    expect(profile.constants).toStrictEqual({ migration: 'generic-2.0' });
    expect(profile.title).toBe('task-orchestrator');
    expect(profile.rules[0]).toMatchObject({ id: 'no_orphans', severity: 'critical', file: 'sql/rules/orphans.sql' });
    const subtasks = profile.steps[2]?.spec as RecordsSpec;
    expect(subtasks.reject[0]).toStrictEqual({
      when: { key: 'steps.subtasks.reject[0].when', text: 'parent == null' },
      reason: 'parent_missing',
      message: null,
    });
    expect(JSON.parse(JSON.stringify(subtasks))).toStrictEqual(subtasks);
  });

  test('the sample that ships loads', async () => {
    const { profile, hash } = await loadedOf(shipped);
    expect(profile.steps).toHaveLength(4);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test('its policy is optional', async () => {
    const { profile } = await loadedOf(writeBundle({ 'profile.toml': minimal }));
    expect(profile.policy).toStrictEqual({
      chunk: { rows: 50_000, bytes: 16 * 1024 ** 2, seconds: 1 },
      retry: { attempts: 5, delayMs: 200, maxDelayMs: 30_000 },
      limits: { quarantineShare: null, rowBytes: 16 * 1024 ** 2, windowSeconds: null, slowdownShare: null },
      timeouts: { lockMs: 5000, statementMs: null },
      rollbackOn: ['loss', 'critical'],
      source: 'quiesced',
      requireQuiet: false,
    });
  });

  test('overrides take the place of fields and are told apart from them', async () => {
    const folder = writeBundle({ 'profile.toml': minimal });
    const { profile } = await loadedOf(folder, {
      overrides: { old: { path: '/data/real.db' }, new: { path: 'new.db' } },
    });
    expect(profile.connections.get('old')).toMatchObject({ fields: { path: '/data/real.db' }, overridden: ['path'] });
    expect(profile.connections.get('new')).toMatchObject({ fields: { path: 'new.db' }, overridden: [] });
  });

  test('is found by its file as by its folder', async () => {
    const folder = writeBundle({ 'profile.toml': minimal });
    expect((await loadedOf(`${folder}/profile.toml`)).files.folder).toBe(folder);
  });

  test.each([
    ['a byte order mark', `\uFEFF${minimal}`],
    ['CRLF line ends', minimal.replaceAll('\n', '\r\n')],
  ])('loads with %s and keeps its hash', async (_, text) => {
    const plain = await loadedOf(writeBundle({ 'profile.toml': minimal }));
    expect((await loadedOf(writeBundle({ 'profile.toml': text }))).hash).toBe(plain.hash);
  });

  test('a literal that begins with = is written ==', async () => {
    const text = `${minimal}set = { a = "==x", b = 1, c = 1.0, d = true, e = "=row.id" }\n`;
    const { profile } = await loadedOf(writeBundle({ 'profile.toml': text }));
    const [output] = (profile.steps[0]!.spec as RecordsSpec).outputs;
    expect(output?.set.map(({ value }) => (value.kind === 'literal' ? value.value : value.text))).toStrictEqual([
      '=x',
      { $int: '1' },
      1,
      true,
      'row.id',
    ]);
  });

  test('changed rules of a replay are in force, the hash stays', async () => {
    const plain = await loadedOf(sample);
    const changes = [
      { key: 'maps.stage', text: '{ pending = "created", paused = "active" }' },
      { key: 'steps.subtasks.reject[1].when', text: '=row.title == null' },
    ];
    const { profile, hash } = await loadedOf(sample, { changes });
    expect(hash).toBe(plain.hash);
    expect(profile.maps['stage']).toStrictEqual({ pending: 'created', paused: 'active' });
    const subtasks = profile.steps[2]?.spec as RecordsSpec;
    expect(subtasks.reject.map(({ when }) => when.text)).toStrictEqual(['parent == null', 'row.title == null']);
  });
});

describe('a profile that is wrong', () => {
  test('has all its problems told together, in the order of the file', async () => {
    const text = `overland = 1
id = "Not Valid"
version = 2
titel = "x"
[connections]
old = { engine = "sqlit", path = "old.db" }
new = { engine = "sqlite", pth = "new.db", access = "rw" }
[policy]
chunk = { rows = 0, bytes = "16MX" }
[steps.copy]
kind = "recrods"
needs = ["copi"]
[not_carried]
"olld.t" = "empty"
"old" = "empty"
`;
    expect(lines(await problemsOf(text))).toMatchInlineSnapshot(`
      [
        "2:1 id \`id\` is "Not Valid": small letters, digits, ".", "_" and "-", at most 64.",
        "3:1 version \`version\` is the number 2, expected text in quotes.",
        "4:1 titel Unknown key \`titel\`.",
        "6:9 connections.old.engine There is no engine "sqlit".",
        "7:1 connections.new.path \`path\` is missing.",
        "7:28 connections.new.pth Unknown key \`pth\`.",
        "7:44 connections.new.access \`access\` is "rw", which is not one of "read", "write", "scratch".",
        "9:11 policy.chunk.rows \`rows\` is 0, the least is 1.",
        "9:21 policy.chunk.bytes \`bytes\` is "16MX": it cannot be read.",
        "11:1 steps.copy.kind There is no kind \`recrods\`.",
        "12:10 steps.copy.needs[0] There is no step \`copi\`.",
        "14:1 not_carried."olld.t" There is no connection \`olld\`.",
        "15:1 not_carried.old \`old\` does not name a table or column.",
      ]
    `);
  });

  test('tells the place inside an expression', async () => {
    const text = `${minimal}set = { a = "=row.id + left(row.x, 3", b = '=rwo.id', c = "='\\u00e4' + foo(row.id)", d = { value = "=row.id.matches('a+')" } }\n`;
    const problems = await problemsOf(text);
    expect(lines(problems)).toMatchInlineSnapshot(`
      [
        "14:37 steps.copy.into.t.set.a The expression \`=row.id + left(row.x, 3\` does not compile: Expected RPAREN, got EOF.",
        "14:46 steps.copy.into.t.set.b The expression \`=rwo.id\` does not compile: Unknown variable: rwo.",
        "14:72 steps.copy.into.t.set.c The expression \`='ä' + foo(row.id)\` does not compile: Found no matching overload for 'foo(dyn)'.",
        "14:102 steps.copy.into.t.set.d.value The expression \`=row.id.matches('a+')\` does not compile: \`matches\` is not allowed: a pattern can run for minutes on one value.",
      ]
    `);
    expect(problems[1]?.advice).toContain('row, run, constants');
  });

  test('names the steps that need each other', async () => {
    const step = (id: string, needs: string) =>
      minimal
        .slice(minimal.indexOf('kind'))
        .replaceAll('steps.copy', `steps.${id}`)
        .replace('kind', `needs = ["${needs}"]\nkind`);
    const text = `${minimal}[steps.a]\n${step('a', 'b')}[steps.b]\n${step('b', 'a')}`;
    expect(lines(await problemsOf(text))).toStrictEqual([
      '15:1 steps.a.needs The steps need each other in a circle: a needs b needs a.',
    ]);
  });

  test('names of connections, maps, files and columns are looked up', async () => {
    const text = `${minimal
      .replace('connection = "new"', 'connection = "nwe"')
      .replace('table = "t"', 'query = "sql/subtask.sql"')
      .replace(
        'key = ["id"]\ncopy',
        'key = ["idd"]\ncopy',
      )}set = { a = { value = "=row.a", map = "stagee", bad = "null" }, id = 1 }
lookups.p = { connection = "new", table = "t", on = { id = "=row.id" }, take = ["path"] }
reject = [{ when = "=p.pth == null", reason = "x" }]
[maps]
stage = { a = "b" }
[rules]
r = { none = { connection = "nwe", sql = "sql/rule.sql" } }
`;
    const problems = await problemsOf(text, { 'sql/subtasks.sql': 'SELECT 1' });
    expect(problems.map(({ key, message, advice }) => `${key}: ${message} ${advice}`)).toMatchInlineSnapshot(`
      [
        "steps.copy.source.query: The file \`sql/subtask.sql\` is not in the bundle. Did you mean \`sql/subtasks.sql\`?",
        "steps.copy.target.connection: There is no connection \`nwe\`. Did you mean \`new\`?",
        "steps.copy.into.t.key[0]: The key column \`idd\` gets no value. Did you mean \`id\`?",
        "steps.copy.into.t.set.a.map: There is no map \`stagee\`. Did you mean \`stage\`?",
        "steps.copy.into.t.set.a.bad: \`bad\` without \`cast\` has no effect. Name the type, or remove it.",
        "steps.copy.into.t.set.id: The column \`id\` is given twice. The other is \`steps.copy.into.t.copy[0]\`.",
        "steps.copy.into.t.reject[0].when: The expression \`=p.pth == null\` does not compile: \`p\` has no field \`pth\`. Known: p.path.",
        "rules.r.none.connection: There is no connection \`nwe\`. Did you mean \`new\`?",
        "rules.r.none.sql: The file \`sql/rule.sql\` is not in the bundle. Known here: \`sql/subtasks.sql\`.",
      ]
    `);
  });

  test('a secret is refused and never repeated', async () => {
    const text = minimal.replace(
      'old = {',
      'pg = { engine = "postgres", host = "h", database = "d", password = "hunter2" }\nq = { engine = "qdrant", url = "http://u:hunter2@h/" }\nold = {',
    );
    const problems = await problemsOf(text);
    expect(problems.map(({ key }) => key)).toStrictEqual(['connections.pg.password', 'connections.q.url']);
    expect(problems[0]?.advice).toContain('secrets = ["PG_PASSWORD"]');
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  test('a step cannot write where only reading is allowed', async () => {
    const problems = await problemsOf(minimal.replace('{ connection = "new" }', '{ connection = "old" }'));
    expect(problems.map(({ message }) => message)).toStrictEqual([
      'Step `copy` writes to `old`, which is opened for reading.',
    ]);
  });

  test('a change that would touch more than rules is refused', async () => {
    const folder = writeBundle({ 'profile.toml': minimal });
    for (const key of ['steps.copy.source.table', 'policy.chunk', 'connections.old.path', 'steps.copy.into.t.key']) {
      const loaded = await loadProfile(folder, { kinds: parsingKinds, changes: [{ key, text: '"x"' }] });
      expect('problems' in loaded && loaded.problems[0]?.message).toBe(`\`${key}\` cannot be changed for a replay.`);
    }
  });

  test.each<[string, string | Uint8Array, string]>([
    ['no TOML', 'id = \n', 'This is not TOML'],
    ['the same step twice', `${minimal}[steps.copy]\n`, 'This is not TOML'],
    ['a key that would reach the prototype', `${minimal}[maps]\n__proto__ = { a = "b" }\n`, 'This is not TOML'],
    ['nested thousands deep', `a = ${'['.repeat(5000)}${']'.repeat(5000)}\n`, 'This is not TOML'],
    ['binary', new Uint8Array([1, 0, 2]), 'The file is binary, not text'],
    ['UTF-16', new Uint8Array([0xff, 0xfe, 65, 0]), 'The file is UTF-16'],
    ['not UTF-8', new Uint8Array([65, 10, 66, 10, 0xe4, 10]), 'The file is not UTF-8, line 3'],
    ['larger than a mebibyte', `#${'x'.repeat(1024 ** 2)}`, 'more than 1 MiB'],
    ['of another format', minimal.replace('overland = 1', 'overland = 2'), '`overland` is 2, which is not one of 1'],
    ['empty', '', '`overland` is missing'],
  ])('a file that is %s is refused in words', async (_, content, message) => {
    const problems = await problemsOf(content);
    expect(problems.some((problem) => problem.message.includes(message))).toBe(true);
  });

  test('a folder without a profile, a file and nothing at all are told apart', async () => {
    const messages = [];
    const folder = writeBundle({ 'other.txt': '' });
    for (const path of [folder, `${folder}/other.txt`, `${folder}/none`]) {
      const loaded = await loadProfile(path, { kinds: parsingKinds });
      messages.push('problems' in loaded ? loaded.problems[0]?.message.replaceAll(folder, 'F') : null);
    }
    expect(messages).toStrictEqual([
      'The folder has no profile.toml.',
      'F/other.txt is a file, not a bundle.',
      'There is no folder F/none.',
    ]);
  });
});

import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { finishView as finishSchema } from '#shared/contract/history.ts';
import type { Services } from '#shared/contract/services.ts';
import type { Phase } from '#shared/model/run.ts';
import { forkHelperHost } from '../../platform/helper/fork-helper-host.ts';
import { createNodeEnvironment } from '../../platform/node-environment.ts';
import { runReport } from '../validation/report/model.ts';
import { plainHost } from './host-bridge.ts';
import { createEngine, type Engine } from './index.ts';

/** One real migration of the dirty sample; the services are asked about it as a screen would. */
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
let folder: string;
let bundle: string;
let engine: Engine;
let services: Services;
let runId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'overland-around-'));
  bundle = join(folder, 'bundle');
  const environment = createNodeEnvironment({
    home: join(folder, 'home'),
    resources: here('../../../resources'),
    helpers: forkHelperHost(here('../../drivers/helper-main.ts')),
    logLevel: 'silent',
    logName: null,
  });
  engine = await createEngine({ environment, host: plainHost('cli'), version: '0.1.0' });
  services = engine.services;
  await services.bundle.init({ template: 'task-orchestrator', dir: bundle, tasks: 1200, dirty: true }, {});
  runId = await migrate();
});
afterAll(async () => {
  await engine?.close('cancel');
  await rm(folder, { recursive: true, force: true });
});

async function phase(id: string, name: Phase, start: () => Promise<unknown>): Promise<void> {
  await start();
  for (;;) {
    const snapshot = await services.run.snapshot({ runId: id }, {});
    if (snapshot.phase === name && snapshot.condition === 'done') return;
    if (snapshot.condition === 'failed')
      throw new Error(`${name}: ${JSON.stringify(snapshot.failure ?? snapshot.refused)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function migrate(): Promise<string> {
  const { runId: id } = await services.plan.create({ path: bundle }, {});
  await phase(id, 'plan', async () => undefined);
  const plan = await services.plan.get({ runId: id }, {});
  await services.plan.accept({ runId: id, hash: plan.hash, consents: plan.consents.map((one) => one.name) }, {});
  await phase(id, 'backup', () => services.run.backup({ runId: id }, {}));
  await phase(id, 'execute', () => services.run.execute({ runId: id, autoRollback: false }, {}));
  await phase(id, 'validate', () => services.run.validate({ runId: id, full: false }, {}));
  return id;
}

describe('connections', () => {
  test('both ends of the sample are ready, and what the steps read is there', async () => {
    const reports = await services.connection.check({ path: bundle, connection: null }, {});
    expect(reports.map(({ name, role, ready }) => [name, role, ready])).toEqual([
      ['legacy', 'Source', true],
      ['generic', 'Target', true],
    ]);
    expect(reports[0]?.facts).toContainEqual(expect.objectContaining({ check: 'Tables and columns', state: 'ok' }));
    expect(reports[0]?.product).toMatch(/^SQLite 3/);
  });

  test('a missing file, a foreign file and a file without the tables are findings, and nothing is made or changed', async () => {
    const foreign = join(folder, 'foreign.db');
    const other = join(folder, 'other.db');
    const missing = join(folder, 'missing.db');
    await writeFile(foreign, 'this is not a database, it only looks like a file with a name');
    const db = new Database(other);
    db.exec('CREATE TABLE subtasks (task_id TEXT PRIMARY KEY, titel TEXT)');
    db.close();
    const before = await Promise.all([foreign, other].map(hashOf));
    for (const [path, words] of [
      [missing, /does not exist|no file/i],
      [foreign, /not a SQLite database/],
      [other, /task_breakdowns/],
    ] as const) {
      await services.bundle.override({ path: bundle, connection: 'legacy', fields: { path } }, {});
      const [report] = await services.connection.check({ path: bundle, connection: 'legacy' }, {});
      expect(report?.ready, path).toBe(false);
      expect(report?.findings.map((finding) => finding.message).join('\n')).toMatch(words);
      expect(report?.findings.every((finding) => finding.severity !== 'error' || finding.suggestion)).toBe(true);
    }
    await services.bundle.override({ path: bundle, connection: 'legacy', fields: { path: null } }, {});
    expect(await Promise.all([foreign, other].map(hashOf))).toEqual(before);
    await expect(stat(missing)).rejects.toThrow();
    expect((await services.bundle.open({ path: bundle }, {})).connections[0]?.overridden).toEqual([]);
  });

  test('an unknown connection of an override is refused and changes nothing', async () => {
    await expect(
      services.bundle.override({ path: bundle, connection: 'nowhere', fields: { path: 'x' } }, {}),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('quarantine', () => {
  test('every entry is found by its reason, and all reasons add up', async () => {
    const summary = await services.quarantine.summary({ runId }, {});
    expect(summary.total).toBeGreaterThan(10);
    expect(summary.open).toBe(summary.total);
    expect(summary.reasons.reduce((sum, reason) => sum + reason.count, 0)).toBe(summary.total);
    for (const { step, code, count } of summary.reasons) {
      const page = await services.quarantine.records({ runId, step, code, search: '', offset: 0, limit: 500 }, {});
      expect(page.total).toBe(count);
      expect(page.records.every((record) => record.step === step && record.code === code)).toBe(true);
    }
  });

  test('a record is shown whole, sensitive columns masked, with the rule that decided first', async () => {
    const [unknown] = await recordsOf('unknown_value');
    const shown = await services.quarantine.record({ runId, id: unknown?.id ?? 0 }, {});
    expect(unknown?.preview).not.toBe('');
    expect(shown.rules[0]).toMatchObject({ key: 'maps.stage', file: 'profile.toml', kind: 'map' });
    const profile = (await readFile(join(bundle, 'profile.toml'), 'utf8')).split('\n');
    expect(profile[(shown.rules[0]?.line ?? 0) - 1]).toMatch(/^stage = /);
    expect(shown.fields.find((field) => field.name === 'artifacts')).toMatchObject({ masked: true, value: 'masked' });
    expect(shown.fields.find((field) => field.name === 'task_id')?.value).toBe(unknown?.key);
  });

  test('changed rules are tried without writing, wrong ones are told, and the replay does what the trial said', async () => {
    const open = await recordsOf('unknown_value');
    const shown = await services.quarantine.record({ runId, id: open[0]?.id ?? 0 }, {});
    const map = shown.rules[0];
    const request = { runId, step: 'subtasks', code: 'unknown_value' };
    const generic = join(bundle, 'generic.db');
    const before = await hashOf(generic);
    expect(await services.quarantine.test({ ...request, changes: [] }, {})).toEqual({
      pass: 0,
      stay: open.length,
      error: null,
    });
    const statuses = [...new Set(open.map((record) => record.preview))];
    const more = statuses.map((status) => `${JSON.stringify(status)} = "active"`).join(', ');
    const changes = [{ key: map?.key ?? '', text: map?.text.replace('{', `{ ${more}, `) ?? '' }];
    expect(await services.quarantine.test({ ...request, changes }, {})).toEqual({
      pass: open.length,
      stay: 0,
      error: null,
    });
    for (const text of ['{ pending = ', '"text"']) {
      const wrong = await services.quarantine.test({ ...request, changes: [{ key: 'maps.stage', text }] }, {});
      expect(wrong.stay).toBe(open.length);
      expect(wrong.error).toMatch(/maps\.stage|TOML/);
    }
    const forbidden = [{ key: 'steps.subtasks.source.table', text: '"other"' }];
    expect((await services.quarantine.test({ ...request, changes: forbidden }, {})).error).toMatch(/cannot be changed/);
    const mistyped = [{ key: 'steps.subtasks.reject[1].when', text: '=row.titel == null' }];
    await expect(services.quarantine.replay({ ...request, changes: mistyped }, {})).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      data: { problems: [{ key: mistyped[0]?.key, message: expect.stringContaining('titel') }] },
    });
    const { total } = await services.history.list({ search: '', outcome: 'all', offset: 0, limit: 50 }, {});
    expect(total).toBe(1);
    expect(await hashOf(generic)).toBe(before);

    const replay = await services.quarantine.replay({ ...request, changes }, {});
    expect(replay).toMatchObject({ replayed: open.length, stayed: 0 });
    const after = await services.quarantine.records({ ...request, search: '', offset: 0, limit: 100 }, {});
    expect(after.records.every((record) => record.state === 'replayed')).toBe(true);
    const db = new Database(generic, { readonly: true });
    const found = db.prepare('SELECT count(*) AS n FROM generic_tasks WHERE task_id = ?').get(open[0]?.key);
    db.close();
    expect(found).toEqual({ n: 1 });
  });

  test('an export holds whole records and may be read by its owner only', async () => {
    const file = join(folder, 'export.jsonl');
    const { total } = await services.quarantine.summary({ runId }, {});
    expect(await services.quarantine.export({ runId, step: null, code: null, file }, {})).toEqual({
      file,
      records: total,
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    expect(lines).toHaveLength(total);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ run: runId, record: expect.any(Object) });
  });

  test('waiving is once, by name, and only of this run', async () => {
    const [record] = await recordsOf('title_empty');
    const ids = [record?.id ?? 0, 999_999];
    expect(await services.quarantine.waive({ runId, ids }, {})).toEqual({ waived: 1 });
    expect(await services.quarantine.waive({ runId, ids }, {})).toEqual({ waived: 0 });
    const report = runReport.parse(JSON.parse((await services.history.report({ runId, format: 'json' }, {})).text));
    expect(report.setAside.reasons.find((reason) => reason.code === 'title_empty')?.waivedBy).toHaveLength(1);
    expect(report.timeline.events.some((event) => event.code === 'waived')).toBe(true);
  });
});

describe('history', () => {
  test('the window says until when a rollback still fits into it', async () => {
    const { window } = await services.run.snapshot({ runId }, {});
    const left = Date.parse(window?.closes ?? '') - Date.parse(window?.decideBy ?? '');
    // A few thousand rows are undone within a second, the point is back within seconds; the rest is the whole minute.
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(90_000);
    const report = runReport.parse(JSON.parse((await services.history.report({ runId, format: 'json' }, {})).text));
    expect(report.window?.decideBy).toBe(window?.decideBy);
    expect(report.window?.rollbackSeconds?.basis).toMatch(/at which it was saved/);
    expect((await services.history.report({ runId, format: 'md' }, {})).text).toMatch(/Roll back by 20/);
    expect((await services.history.report({ runId, format: 'html' }, {})).text).toContain('Roll back by');
  });

  test('the finish view adds up and says what is open', async () => {
    const view = finishSchema.parse(await services.history.finish({ runId }, {}));
    const { read, accepted, rejected, filtered } = view.counts;
    expect(read).toBe(accepted + rejected + filtered);
    expect(view.title).toMatch(/set aside/);
    expect(view.open.some((one) => one.includes('quarantine'))).toBe(true);
    expect(view.steps.map((step) => step.id)).toEqual(['model', 'breakdowns', 'subtasks', 'dependencies']);
    expect(view.cleanup.some((one) => one.what === 'Rollback point')).toBe(true);
  });

  test('a replay names its target, and is cleaned up with its run only: it offers nothing of its own', async () => {
    const { runs } = await services.history.list({ search: '', outcome: 'all', offset: 0, limit: 50 }, {});
    const replay = runs.find((run) => run.parentRun === runId)?.runId ?? '';
    const rows = await services.history.compare({ left: runId, right: replay }, {});
    expect(rows.find((row) => row.what === 'Target')).toEqual({
      what: 'Target',
      left: 'generic.db',
      right: 'generic.db',
      same: true,
    });
    const view = finishSchema.parse(await services.history.finish({ runId: replay }, {}));
    expect(view.cleanup).toEqual([]);
    expect(view.cleanupWaits).toContain(runId);
    await expect(services.history.cleanup({ runId: replay, removePoint: false }, {})).rejects.toMatchObject({
      code: 'WRONG_STATE',
      message: expect.stringContaining('is a replay'),
    });
    expect((await services.history.finish({ runId }, {})).cleanupWaits).toBeNull();
  });

  test('the report is saved with a hash that fits, and names the replay', async () => {
    const { file, bytes } = await services.history.saveReport({ runId, format: 'html', folder }, {});
    const text = await readFile(file);
    expect(text.length).toBe(bytes);
    const [sha256] = (await readFile(`${file}.sha256`, 'utf8')).split('  ');
    expect(createHash('sha256').update(text).digest('hex')).toBe(sha256);
    const report = runReport.parse(JSON.parse((await services.history.report({ runId, format: 'json' }, {})).text));
    expect(report.setAside.replays).toHaveLength(1);
    expect(report.accounts.balanced).toBe(true);
    expect(report.chain.firstBroken).toBeNull();
    expect(report.environment.facts.map((fact) => fact.name)).toContain('SQLite library');
  });

  test('runs are listed, searched and compared; one that can be rolled back is not deleted', async () => {
    const all = await services.history.list({ search: '', outcome: 'all', offset: 0, limit: 50 }, {});
    expect(all.total).toBe(2);
    expect(all.runs.map((run) => run.parentRun)).toContain(runId);
    expect(
      (await services.history.list({ search: 'nothing like it', outcome: 'all', offset: 0, limit: 50 }, {})).total,
    ).toBe(0);
    const rows = await services.history.compare({ left: runId, right: runId }, {});
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.every((row) => row.same)).toBe(true);
    await expect(services.history.remove({ runId }, {})).rejects.toMatchObject({ code: 'WRONG_STATE' });
    expect((await services.history.list({ search: '', outcome: 'all', offset: 0, limit: 50 }, {})).total).toBe(2);
  });

  test('after the clean-up the run may be deleted, and its report stays', async () => {
    await services.history.cleanup({ runId, removePoint: true }, {});
    const view = await services.history.finish({ runId }, {});
    expect(view.cleanedAt).not.toBeNull();
    expect(view.cleanup).toEqual([]);
    expect((await services.run.snapshot({ runId }, {})).window).toBeNull();
    await services.history.remove({ runId }, {});
    expect((await services.history.list({ search: '', outcome: 'all', offset: 0, limit: 50 }, {})).total).toBe(0);
    const { home } = await services.system.info(undefined, {});
    expect(await readdir(join(home, 'scratch'))).toEqual([]);
    expect((await stat(join(home, 'reports', runId, `overland-${runId}.html`))).size).toBeGreaterThan(1000);
  });
});

test('a phase begins at nothing, and says nothing of how long it takes before it knows', async () => {
  const { runId: id } = await services.plan.create({ path: bundle }, {});
  await phase(id, 'plan', async () => undefined);
  await services.run.dryRun({ runId: id, sample: 100 }, {});
  const begun = await services.run.snapshot({ runId: id }, {});
  expect([begun.phase, begun.condition]).toEqual(['dry_run', 'running']);
  expect([begun.percent, begun.steps.every((step) => step.done === 0)]).toEqual([0, true]);
  await phase(id, 'dry_run', async () => undefined);
  await services.history.remove({ runId: id }, {});
});

test('a run that never wrote is deleted without leaving a report', async () => {
  const { runId: id } = await services.plan.create({ path: bundle }, {});
  await phase(id, 'plan', async () => undefined);
  await services.history.remove({ runId: id }, {});
  const { home } = await services.system.info(undefined, {});
  expect(await readdir(join(home, 'reports'))).not.toContain(id);
});

test('execute without an accepted plan is refused, and the run is as it was', async () => {
  const { runId: id } = await services.plan.create({ path: bundle }, {});
  await phase(id, 'plan', async () => undefined);
  const before = await services.run.snapshot({ runId: id }, {});
  const events = await services.run.events({ runId: id, before: null, limit: 50, severity: 'all' }, {});
  await expect(services.run.execute({ runId: id, autoRollback: true }, {})).rejects.toMatchObject({
    code: 'CONSENT_MISSING',
  });
  const after = await services.run.snapshot({ runId: id }, {});
  expect(after).toMatchObject({ phase: 'plan', condition: 'done', outcome: null, failure: null });
  expect(after.rail).toEqual(before.rail);
  expect(await services.run.events({ runId: id, before: null, limit: 50, severity: 'all' }, {})).toEqual(events);
  const report = runReport.parse(JSON.parse((await services.history.report({ runId: id, format: 'json' }, {})).text));
  expect(report.run.autoRollback).toBe(false);
  const { text } = await services.plan.export({ runId: id }, {});
  expect(text).toContain('| How it is read |');
  const { steps } = await services.plan.get({ runId: id }, {});
  expect(steps.every((step) => step.readBy !== '' && text.includes(step.readBy))).toBe(true);
});

test('the journal is checked in a process of its own', async () => {
  expect(await services.system.checkJournal(undefined, {})).toMatchObject({ ok: true });
});

async function recordsOf(code: string) {
  return (await services.quarantine.records({ runId, step: null, code, search: '', offset: 0, limit: 100 }, {}))
    .records;
}

async function hashOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}

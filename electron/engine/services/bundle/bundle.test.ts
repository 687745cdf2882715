import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bundleView } from '#shared/contract/bundle.ts';
import { drivers } from '../../../drivers/registry.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import { stepKinds } from '../../steps/registry.ts';
import { journalSampleRun } from '../testing/sample-run.ts';
import { type TestEngine, testEngine } from '../testing/test-engine.ts';
import { createBundleServices } from './index.ts';

let engine: TestEngine;
let context: EngineContext;
let path: string;
beforeEach(() => {
  engine = testEngine();
  context = { ...engine, kinds: stepKinds, drivers };
  path = join(engine.folder, 'bundle');
  cpSync(join(engine.environment.paths.resources, 'bundles/task-orchestrator'), path, { recursive: true });
});
afterEach(() => engine.close());

describe('bundles', () => {
  test('one is explained from its profile, opened by folder or by profile.toml', async () => {
    const services = createBundleServices(context);
    const view = bundleView.parse(await services.open({ path }, {}));
    expect(view).toEqual(await services.open({ path: join(path, 'profile.toml') }, {}));
    expect(view.steps.map((step) => step.id)).toEqual(['model', 'breakdowns', 'subtasks', 'dependencies']);
    expect(view.words.at(-1)).toBe('Only reads legacy; nothing there is changed. Every step can be undone.');
    expect(view.notCarried[0]?.object).toBe('legacy.lock_tracking');
    expect(view.windowSeconds).toBe(7200);
    expect(view.source).toContain('overland = 1');
  });

  test('a broken one is refused with all problems and is not listed as recent', async () => {
    const services = createBundleServices(context);
    writeFileSync(join(path, 'profile.toml'), 'overland = 1\nid = "x"\nversion = "1"\ncolour = "red"\nsise = 3\n');
    const problems = await services.check({ path }, {});
    expect(problems.length).toBeGreaterThan(1);
    expect(problems.every((problem) => problem.file === 'profile.toml')).toBe(true);
    await expect(services.open({ path }, {})).rejects.toMatchObject({ code: 'BUNDLE_INVALID', data: { problems } });
    await expect(services.open({ path: join(path, 'gone') }, {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await services.recent(undefined, {})).toEqual([]);
  });

  test('fields that are set on this machine are kept until they are given back', async () => {
    const services = createBundleServices(context);
    const other = join(engine.folder, 'elsewhere.db');
    await services.override({ path, connection: 'legacy', fields: { path: other } }, {});
    const legacy = (await services.open({ path }, {})).connections.find((one) => one.name === 'legacy');
    expect(legacy).toMatchObject({ where: other, overridden: ['path'] });
    await expect(
      services.override({ path, connection: 'legacy', fields: { colour: 'red' } }, {}),
    ).rejects.toMatchObject({ code: 'BUNDLE_INVALID' });
    const back = await services.override({ path, connection: 'legacy', fields: { path: null } }, {});
    expect(back.connections.find((one) => one.name === 'legacy')).toMatchObject({ where: 'legacy.db', overridden: [] });
  });

  test('recent ones tell their last result, and when they are gone', async () => {
    const services = createBundleServices(context);
    await services.open({ path }, {});
    expect(await services.recent(undefined, {})).toEqual([
      expect.objectContaining({ path, name: 'task-orchestrator', exists: true, lastOutcome: null, lastSeverity: null }),
    ]);
    journalSampleRun(engine.journal, { bundlePath: path });
    expect((await services.recent(undefined, {}))[0]).toMatchObject({
      lastOutcome: 'Completed 20 Nov, 5 set aside',
      lastSeverity: 'warning',
    });
    journalSampleRun(engine.journal, {
      id: 'r-new',
      bundlePath: path,
      outcome: 'failed',
      startedAt: '2026-11-21T01:00:00.000Z',
    });
    expect((await services.recent(undefined, {}))[0]).toMatchObject({ lastRun: 'r-new', lastSeverity: 'error' });
    expect((await services.open({ path }, {})).openRun).toBe('r-new');
    rmSync(path, { recursive: true });
    expect((await services.recent(undefined, {}))[0]?.exists).toBe(false);
    await services.forget({ path: null }, {});
    expect(await services.recent(undefined, {})).toEqual([]);
  });
});

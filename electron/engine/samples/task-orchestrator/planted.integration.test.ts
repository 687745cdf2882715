import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Services } from '#shared/contract/services.ts';
import type { Phase } from '#shared/model/run.ts';
import { forkHelperHost } from '../../../platform/helper/fork-helper-host.ts';
import { createNodeEnvironment } from '../../../platform/node-environment.ts';
import { plainHost } from '../../services/host-bridge.ts';
import { createEngine, type Engine } from '../../services/index.ts';
import { initSample } from '../init-sample.ts';
import type { SetAside } from './ledger.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

let folder: string;
let environment: ReturnType<typeof createNodeEnvironment>;
let engine: Engine;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'overland-planted-'));
  environment = createNodeEnvironment({
    home: join(folder, 'home'),
    resources: here('../../../../resources'),
    helpers: forkHelperHost(here('../../../drivers/helper-main.ts')),
    logLevel: 'warn',
  });
  engine = await createEngine({ environment, host: plainHost('cli'), version: 'test' });
});
afterEach(async () => {
  await engine.close('cancel');
  await rm(folder, { recursive: true, force: true });
});

/** Runs a phase to its end. */
async function phase(services: Services, runId: string, name: Phase, start: () => Promise<unknown>): Promise<void> {
  await start();
  for (;;) {
    const snapshot = await services.run.snapshot({ runId }, {});
    if (snapshot.phase === name && snapshot.condition === 'done') return;
    if (snapshot.refused || snapshot.condition === 'failed' || snapshot.condition === 'paused') {
      throw new Error(
        `${name}: ${snapshot.failure?.message ?? JSON.stringify(snapshot.refused) ?? snapshot.condition}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function migrate(bundle: string): Promise<string> {
  const { services } = engine;
  const { runId } = await services.plan.create({ path: bundle }, {});
  await phase(services, runId, 'plan', async () => undefined);
  const { hash } = await services.plan.get({ runId }, {});
  await services.plan.accept({ runId, hash: hash ?? '', consents: [] }, {});
  await phase(services, runId, 'backup', () => services.run.backup({ runId }, {}));
  await phase(services, runId, 'execute', () => services.run.execute({ runId, autoRollback: false }, {}));
  await phase(services, runId, 'validate', () => services.run.validate({ runId, full: true }, {}));
  return runId;
}

async function quarantined(runId: string): Promise<SetAside[]> {
  const { records, total } = await engine.services.quarantine.records(
    { runId, step: null, code: null, search: '', offset: 0, limit: 500 },
    {},
  );
  expect(records).toHaveLength(total);
  return records.map(({ step, key, item, output, code }) => ({ step, key, item, output, code }) as SetAside);
}

function sorted(entries: readonly SetAside[]): string[] {
  return entries.map(({ step, key, item, output, code }) => JSON.stringify([step, key, item, output, code])).sort();
}

test.each(['newer', 'older'] as const)('quarantine holds exactly what was planted (%s columns)', async (columns) => {
  const dir = join(folder, 'sample');
  const { ledger } = await initSample('task-orchestrator', dir, { tasks: 3_000, dirty: true, columns }, environment);
  const runId = await migrate(dir);

  expect(sorted(await quarantined(runId))).toEqual(sorted(ledger!.setAside));
  const snapshot = await engine.services.run.snapshot({ runId }, {});
  expect(snapshot.outcome).toBe('completed_with_quarantine');

  const target = new Database(join(dir, 'generic.db'), { readonly: true });
  const legacy = new Database(join(dir, 'legacy.db'), { readonly: true });
  const title = 'SELECT CAST(title AS BLOB) FROM';
  for (const { kind, key } of ledger!.planted.filter(
    (each) => each.kind === 'nul_in_text' || each.kind === 'emoji_in_text',
  )) {
    const before = legacy.prepare(`${title} subtasks WHERE task_id = ?`).pluck().get(key);
    expect([kind, target.prepare(`${title} generic_tasks WHERE task_id = ?`).pluck().get(key)]).toEqual([kind, before]);
  }
  target.close();
  legacy.close();
});

test('a clean sample is carried whole', async () => {
  const dir = join(folder, 'sample');
  await initSample('task-orchestrator', dir, { tasks: 100, seed: 4 }, environment);
  const runId = await migrate(dir);
  expect(await quarantined(runId)).toEqual([]);
  const validation = await engine.services.validation.get({ runId }, {});
  expect(validation.passed).toBe(true);
  expect(validation.tables.filter((table) => table.result !== 'equal')).toEqual([]);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Services } from '#shared/contract/services.ts';
import { forkHelperHost } from '../../platform/helper/fork-helper-host.ts';
import { createNodeEnvironment } from '../../platform/node-environment.ts';
import { runReport } from '../validation/report/model.ts';
import { plainHost } from './host-bridge.ts';
import { createEngine, type Engine } from './index.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
let folder: string;
let engine: Engine;
let services: Services;
let runId: string;
let hash: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'overland-accept-'));
  const environment = createNodeEnvironment({
    home: join(folder, 'home'),
    resources: here('../../../resources'),
    helpers: forkHelperHost(here('../../drivers/helper-main.ts')),
    logLevel: 'silent',
    logName: null,
  });
  engine = await createEngine({ environment, host: plainHost('cli'), version: '0.1.0' });
  services = engine.services;
  const bundle = join(folder, 'bundle');
  await services.bundle.init({ template: 'task-orchestrator', dir: bundle, tasks: 10 }, {});
  ({ runId } = await services.plan.create({ path: bundle }, {}));
  await settled();
  ({ hash } = await services.plan.get({ runId }, {}));
});
afterAll(async () => {
  await engine?.close('cancel');
  await rm(folder, { recursive: true, force: true });
});

async function settled() {
  for (;;) {
    const snapshot = await services.run.snapshot({ runId }, {});
    if (snapshot.condition !== 'running') return snapshot;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function decisions() {
  const report = runReport.parse(JSON.parse((await services.history.report({ runId, format: 'json' }, {})).text));
  return report.decisions.map(({ subject, via }) => [subject, via]);
}

test('without acceptance nothing is executed', async () => {
  await expect(services.run.execute({ runId, autoRollback: false }, {})).rejects.toMatchObject({
    code: 'CONSENT_MISSING',
    message: expect.stringMatching(/not accepted/),
  });
  expect(await settled()).toMatchObject({ phase: 'plan', condition: 'done', outcome: null, failure: null });
});

test('a consent is journalled with how it was given', async () => {
  await services.plan.accept({ runId, hash, consents: ['no-backup'], via: { 'no-backup': 'flag' } }, {});
  expect(await decisions()).toContainEqual(['no-backup', 'flag']);
});

test('accepting again without it takes the consent back: then nothing is executed without a backup', async () => {
  await services.plan.accept({ runId, hash, consents: [] }, {});
  expect((await decisions()).map(([subject]) => subject)).toEqual(['plan']);
  await expect(services.run.execute({ runId, autoRollback: false }, {})).rejects.toMatchObject({
    code: 'NO_BACKUP',
    message: expect.stringMatching(/no verified rollback point/),
  });
  expect(await settled()).toMatchObject({ phase: 'plan', condition: 'done', outcome: null, failure: null });
});

test('the hash of another plan is not accepted', async () => {
  await expect(services.plan.accept({ runId, hash: 'f'.repeat(64), consents: [] }, {})).rejects.toMatchObject({
    code: 'PLAN_STALE',
  });
});

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PlanView } from '#shared/contract/plan.ts';
import { forkHelperHost } from '../../../platform/helper/fork-helper-host.ts';
import { createNodeEnvironment } from '../../../platform/node-environment.ts';
import { plainHost } from '../host-bridge.ts';
import { createEngine, type Engine } from '../index.ts';

const profile = `# What the shop keeps.
overland = 1
id = "shop"
version = "1.0.0"

[connections]
old = { engine = "sqlite", path = "old.db" }
new = { engine = "sqlite", path = "new.db", access = "write" }

[steps.shop] # all of it
kind = "records"
source = { connection = "old" }
target = { connection = "new", mode = "create" }

[steps.shop.types]
"orders.state" = { to = "TEXT" } # states are words
`;

describe('a rule of types, written into the profile', () => {
  let engine: Engine;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'overland-rule-'));
    writeFileSync(join(folder, 'profile.toml'), profile);
    const environment = createNodeEnvironment({
      home: join(folder, 'home'),
      resources: fileURLToPath(new URL('../../../../resources', import.meta.url)),
      helpers: forkHelperHost(fileURLToPath(new URL('../../../drivers/helper-main.ts', import.meta.url))),
      logLevel: 'silent',
      logName: null,
    });
    engine = await createEngine({ environment, host: plainHost('cli'), version: '0.1.0' });
    const database = new Database(join(folder, 'old.db'));
    database.exec(
      `create table orders (id integer primary key, state text, due date);
       insert into orders values (1, 'open', '2024-01-01'), (2, 'done', '0000-00-00'), (3, 'done', null);`,
    );
    database.close();
  });
  afterAll(async () => {
    await engine?.close('cancel');
    rmSync(folder, { recursive: true, force: true });
  });

  async function planned(runId: string): Promise<PlanView> {
    for (;;) {
      const { phase, condition, failure } = await engine.services.run.snapshot({ runId }, {});
      if (condition === 'failed') throw new Error(JSON.stringify(failure));
      if (phase === 'plan' && condition === 'done') return engine.services.plan.get({ runId }, {});
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const due = ({ types }: PlanView) => types.find(({ column }) => column === 'old.orders.due');
  const text = () => readFileSync(join(folder, 'profile.toml'), 'utf8');
  const ask = (given: object) =>
    engine.services.bundle.setRule(
      { path: folder, step: 'shop', place: 'orders.due', rule: { to: 'TEXT' }, write: null, ...given },
      {},
    );

  test('is shown first, and changes nothing', async () => {
    const shown = await ask({});
    expect(shown).toMatchObject({ line: '"orders.due" = { to = "TEXT" }', before: profile, bundle: null });
    expect(shown.after).toBe(`${profile}"orders.due" = { to = "TEXT" }\n`);
    expect(text()).toBe(profile);
  });

  test('keeps comments, and the words that stand there', async () => {
    const { after } = await ask({ place: 'orders.state', rule: { blank: 'null' } });
    expect(after).toBe(profile.replace('{ to = "TEXT" }', '{ to = "TEXT", blank = "null" }'));
    const without = await ask({ place: 'orders.state', rule: { to: null } });
    expect(without.after).not.toContain('orders.state');
    expect(without.after).toContain('[steps.shop] # all of it');
  });

  test.each([
    ['a word that is none', { rule: { nul: 'perhaps' } }, 'INVALID_INPUT'],
    ['a step that maps its columns', { step: 'other' }, 'INVALID_INPUT'],
    ['a text that is not the one that was shown', { write: 'overland = 1' }, 'INVALID_INPUT'],
  ])('refuses %s', async (_, given, code) => {
    await expect(ask(given)).rejects.toMatchObject({ code });
    expect(text()).toBe(profile);
  });

  test.skipIf(process.getuid?.() === 0)('says so where the folder may not be written', async () => {
    chmodSync(folder, 0o500);
    try {
      await expect(ask({ write: profile })).rejects.toMatchObject({ code: 'FAILED' });
    } finally {
      chmodSync(folder, 0o700);
    }
    expect(text()).toBe(profile);
  });

  test('is written, and the next plan goes by it', async () => {
    const { runId } = await engine.services.plan.create({ path: folder }, {});
    expect(due(await planned(runId))).toMatchObject({ targetType: 'date', rules: { place: 'orders.due' } });
    const { bundle, after } = await ask({ write: text() });
    expect(text()).toBe(after);
    expect(bundle?.source).toBe(after);
    await engine.services.plan.renew({ runId }, {});
    expect(due(await planned(runId))).toMatchObject({
      targetType: 'TEXT',
      rule: 'steps.shop.types."orders.due"',
      rules: { place: 'orders.due', unfit: 0 },
    });
  });
});

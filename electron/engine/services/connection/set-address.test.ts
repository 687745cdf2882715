import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Services } from '#shared/contract/services.ts';
import { drivers } from '../../../drivers/registry.ts';
import type { EngineContext } from '../../run/engine-context.ts';
import { stepKinds } from '../../steps/registry.ts';
import { createBundleServices } from '../bundle/index.ts';
import { type TestEngine, testEngine } from '../testing/test-engine.ts';
import { setAddress } from './set-address.ts';

let engine: TestEngine;
let path: string;
let context: EngineContext;
let set: Services['connection']['setAddress'];

beforeEach(() => {
  engine = testEngine();
  context = { ...engine, kinds: stepKinds, drivers };
  path = join(engine.folder, 'bundle');
  cpSync(join(engine.environment.paths.resources, 'bundles/task-orchestrator'), path, { recursive: true });
  writeFileSync(
    join(path, 'profile.toml'),
    `overland = 1
id = "shop"
version = "1.0.0"
[connections]
old = { engine = "mysql", host = "old-host", database = "shop" }
new = { engine = "postgres", url = "postgres://app@db-01/shop", access = "write", secrets = ["SHOP"] }
file = { engine = "sqlite", path = "a.db" }
[steps.model]
kind = "schema"
target = "new"
migrations = "sql/model"
`,
  );
  set = setAddress(context, createBundleServices(context));
});
afterEach(() => engine.close());

const at = (connection: string, url: string, keep: 'session' | 'key_store' | null = null) =>
  set({ path, connection, url, keep }, {});

describe('an address given on this machine', () => {
  test('becomes fields that stand over those of the profile', async () => {
    const { bundle, secret } = await at('new', 'postgres://mover@db-02:5433/shop2?sslmode=verify-full');
    const connection = bundle.connections.find(({ name }) => name === 'new');
    expect(secret).toBeNull();
    expect(connection?.fields).toEqual({
      host: 'db-02',
      port: '5433',
      database: 'shop2',
      user: 'mover',
      tls: 'verify',
    });
    expect(connection?.overridden.toSorted()).toEqual(['database', 'host', 'port', 'tls', 'user']);
  });

  test('gives its password to the secret that the profile names, or to one of its own', async () => {
    expect((await at('new', 'postgres://app:hunter2@db-01/shop', 'session')).secret).toBe('SHOP');
    const { bundle, secret } = await at('old', 'mysql://app:hunter3@old-host/shop', 'session');
    expect(secret).toBe('OLD_PASSWORD');
    expect(bundle.connections.find(({ name }) => name === 'old')?.secrets).toEqual(['OLD_PASSWORD']);
    const { secrets } = context.environment;
    expect([await secrets.get('SHOP'), await secrets.get('OLD_PASSWORD')]).toEqual(['hunter2', 'hunter3']);
    expect(JSON.stringify(bundle)).not.toMatch(/hunter/);
  });

  test.each([
    ['old', 'mysql://app:hunter2@h/d', null, 'INVALID_INPUT'],
    ['old', 'mysql://app:hunter2@h/d', 'key_store', 'INVALID_INPUT'],
    ['old', 'postgres://h/d', null, 'INVALID_INPUT'],
    ['file', 'postgres://h/d', null, 'INVALID_INPUT'],
    ['nobody', 'postgres://h/d', null, 'NOT_FOUND'],
  ] as const)('%s %s kept %s is refused and changes nothing', async (connection, url, keep, code) => {
    const before = await createBundleServices(context).open({ path }, {});
    const error: unknown = await at(connection, url, keep).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    expect(String((error as Error).message) + JSON.stringify(error)).not.toContain('hunter2');
    expect(await createBundleServices(context).open({ path }, {})).toEqual(before);
    expect(await context.environment.secrets.get('OLD_PASSWORD')).toBeNull();
  });
});

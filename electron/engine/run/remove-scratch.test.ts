import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestEngine, testEngine } from '../services/testing/test-engine.ts';
import type { EngineContext } from './engine-context.ts';
import { removeScratch } from './remove-scratch.ts';

let engine: TestEngine;
let spool: string;
let other: string;
const context = (): EngineContext => engine as unknown as EngineContext;

beforeEach(() => {
  engine = testEngine();
  spool = join(engine.environment.paths.scratch, 'spool-1a2b.db');
  other = join(engine.environment.paths.scratch, 'read-1a2b');
  for (const file of [spool, other]) writeFileSync(file, 'rows');
  for (const id of ['r-1', 'r-2']) addRun(id, null);
});
afterEach(() => engine.close());

function addRun(id: string, parent: string | null): void {
  engine.journal.runs.create({
    id,
    profile_id: 'p',
    profile_version: '1.0.0',
    bundle_path: '/b',
    bundle_hash: 'h',
    overrides: '{}',
    parent_run: parent,
    engine_version: '0.1.0',
    person: 'j',
    machine: 'm',
    started_at: '2026-11-20T01:00:00.000Z',
  });
}

function executed(id: string): void {
  const at = '2026-11-20T01:00:00.000Z';
  const attempt = engine.journal.runs.beginPhase(id, 'execute', at);
  engine.journal.runs.endPhase(id, 'execute', attempt, {
    result: 'failed',
    condition: 'failed',
    outcome: 'failed',
    at,
  });
}

test('spools go with the last run that could read them, and nothing else does', async () => {
  executed('r-1');
  await removeScratch(context(), 'r-1');
  expect(existsSync(spool)).toBe(false);
  expect(existsSync(other)).toBe(true);
});

test('a run that wrote keeps them until it is rolled back or cleaned up', async () => {
  executed('r-2');
  await removeScratch(context(), 'r-1');
  expect(existsSync(spool)).toBe(true);
  engine.journal.runs.change('r-2', { outcome: 'rolled_back' });
  await removeScratch(context(), 'r-1');
  expect(existsSync(spool)).toBe(false);
});

test('a run at work keeps them, whatever its phase', async () => {
  const { identity } = engine.environment;
  const holder = JSON.stringify({ ...identity, machine: 'elsewhere', since: identity.startedAt });
  engine.journal.runs.beginPhase('r-2', 'plan', '2026-11-20T01:00:00.000Z');
  engine.journal.runs.hold('r-2', holder, null, '2026-11-20T01:15:59.000Z');
  await removeScratch(context(), 'r-1');
  expect(existsSync(spool)).toBe(true);
});

test('a replay does not: it ends with its run', async () => {
  addRun('r-3', 'r-1');
  executed('r-3');
  await removeScratch(context(), 'r-1');
  expect(existsSync(spool)).toBe(false);
});

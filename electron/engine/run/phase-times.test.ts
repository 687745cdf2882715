import { afterEach, beforeEach, expect, test } from 'vitest';
import { finishView } from '../services/history/finish.ts';
import { workedMs } from '../services/history/run-list.ts';
import { type TestEngine, testEngine } from '../services/testing/test-engine.ts';
import type { EngineContext } from './engine-context.ts';

/** A run whose process was killed in execute at 10:01 and which was resumed at 12:00. */
let engine: TestEngine;
const id = 'r-1';
const at = (clock: string) => `2026-11-20T${clock}.000Z`;

beforeEach(() => {
  engine = testEngine();
  const { journal } = engine;
  journal.runs.create({
    id,
    profile_id: 'p',
    profile_version: '1',
    bundle_path: '/b',
    bundle_hash: 'h',
    overrides: '{}',
    parent_run: null,
    engine_version: '0',
    person: 'a',
    machine: 'm',
    started_at: at('10:00:00'),
  });
  journal.work.putSteps(id, [{ id: 'subtasks', kind: 'records', ord: 1, undo: 'delete_written' }]);
  journal.runs.beginPhase(id, 'execute', at('10:00:00'));
  journal.work.setStep(id, 'subtasks', { state: 'loading', startedAt: at('10:00:10') });
  event('chunk_committed', '10:01:00');
});
afterEach(() => engine.close());

function event(code: string, clock: string): void {
  engine.journal.events.append(id, { severity: 'info', code, step: 'subtasks', text: code }, at(clock));
}

function resumed(): void {
  const { journal } = engine;
  const attempt = journal.runs.beginPhase(id, 'execute', at('12:00:00'));
  journal.work.setStep(id, 'subtasks', { state: 'completed', endedAt: at('12:00:30') });
  event('step_completed', '12:00:30');
  const end = { at: at('12:00:31'), result: 'completed', condition: 'done', outcome: 'completed' } as const;
  journal.runs.endPhase(id, 'execute', attempt, end);
}

test('the hours in which nobody worked count neither for the step nor for the phase, and a step never outlasts its phase', async () => {
  resumed();
  const view = await finishView(engine as unknown as EngineContext, id);
  expect(view.steps[0]?.actualSeconds).toBe(50 + 30);
  expect(view.phases).toEqual([expect.objectContaining({ name: 'Execute', actual: '1 min 31 s' })]);
  expect(workedMs(engine as unknown as EngineContext, id)).toBe(91_000);
});

test('an attempt that nobody took up again lasted until its last sign', async () => {
  const view = await finishView(engine as unknown as EngineContext, id);
  expect(view.phases).toEqual([expect.objectContaining({ name: 'Execute', actual: '1 min' })]);
});

import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Services } from '#shared/contract/services.ts';
import type { Outcome } from '#shared/model/run.ts';
import { drivers } from '../../../drivers/registry.ts';
import { stepKinds } from '../../steps/registry.ts';
import { journalSampleRun } from '../testing/sample-run.ts';
import { type TestEngine, testEngine } from '../testing/test-engine.ts';
import { createHistoryServices } from './index.ts';

let engine: TestEngine;
let history: Services['history'];
let cleaned: string[];
beforeEach(() => {
  engine = testEngine();
  const { environment, journal, version } = engine;
  cleaned = [];
  history = createHistoryServices({
    context: { environment, journal, version, kinds: stepKinds, drivers },
    cleanUp: async (runId) => void cleaned.push(runId),
  });
});
afterEach(() => engine.close());

/** The view and the service give the same answer. */
async function expectRefused(runId: string, words: string): Promise<void> {
  expect((await history.finish({ runId }, {})).cleanupWaits).toBe(words);
  await expect(history.cleanup({ runId, removePoint: true }, {})).rejects.toMatchObject({
    code: 'WRONG_STATE',
    message: expect.stringContaining(words),
  });
  expect(cleaned).toEqual([]);
}

test.each<[Outcome | null, string]>([
  ['rollback_incomplete', 'Possible when the rollback is complete'],
  ['failed', 'Possible after rollback or resume'],
  ['cancelled', 'Possible after rollback or resume'],
  [null, 'Possible when the run has ended'],
])('a run that ended as %s is not cleaned up', async (outcome, words) => {
  const runId = journalSampleRun(engine.journal, { outcome, rolledBack: outcome === 'rollback_incomplete' });
  await expectRefused(runId, words);
});

test.each([null, 'cancelled', 'failed'])('nor is one whose rollback did not come to its end: %s', async (result) => {
  const runId = journalSampleRun(engine.journal, { outcome: 'completed' });
  const attempt = engine.journal.runs.beginPhase(runId, 'rollback', '2026-11-20T02:00:00.000Z');
  const end = { at: '2026-11-20T02:00:01.000Z', condition: 'paused' } as const;
  if (result !== null) engine.journal.runs.endPhase(runId, 'rollback', attempt, { ...end, result });
  await expectRefused(runId, 'Possible when the rollback is complete');
});

test('one that ended is, and so is one whose rollback was refused before it changed anything', async () => {
  const runId = journalSampleRun(engine.journal, { outcome: 'completed' });
  const attempt = engine.journal.runs.beginPhase(runId, 'rollback', '2026-11-20T02:00:00.000Z');
  const end = { at: '2026-11-20T02:00:01.000Z', result: 'refused', condition: 'failed' } as const;
  engine.journal.runs.endPhase(runId, 'rollback', attempt, end);
  await history.cleanup({ runId, removePoint: false }, {});
  expect(cleaned).toEqual([runId]);
});

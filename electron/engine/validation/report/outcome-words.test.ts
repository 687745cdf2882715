import { describe, expect, test } from 'vitest';
import type { Outcome } from '#shared/model/run.ts';
import { type OutcomeFacts, outcomeWords } from './outcome-words.ts';

const facts: OutcomeFacts = {
  outcome: 'completed',
  phase: 'validate',
  condition: 'done',
  interrupted: false,
  failure: null,
  target: 'generic.db',
  steps: [1, 2, 3].map((ord) => ({ ord, id: `s${ord}`, ended: true })),
  setAside: { records: 0, items: 0, open: 0 },
  filtered: 0,
  written: 100,
  validation: { passed: true, errors: 0, warnings: 0 },
  rollback: null,
  canRollBack: true,
};
const stopped = {
  phase: 'execute',
  validation: null,
  steps: [
    { ord: 1, id: 's1', ended: true },
    { ord: 2, id: 's2', ended: false },
  ],
} as const;

const cases: readonly [string, Partial<OutcomeFacts>, string, string][] = [
  ['completed', {}, 'Completed. Every record arrived, none is set aside', 'The application can start. The old state'],
  [
    'filtered',
    { filtered: 19_400 },
    'Completed. None is set aside, 19,400 are filtered by the profile',
    'The application can start.',
  ],
  [
    'set aside',
    { outcome: 'completed_with_quarantine', setAside: { records: 1549, items: 0, open: 1549 } },
    'Completed, with 1,549 records set aside',
    'not in generic.db until it is replayed',
  ],
  [
    'rows set aside',
    { outcome: 'completed_with_quarantine', setAside: { records: 0, items: 1, open: 1 } },
    'Completed, with 1 row of written records set aside',
    'The application can start.',
  ],
  [
    'all decided',
    { setAside: { records: 3, items: 0, open: 0 } },
    'Completed. All 3 records that were set aside are decided',
    'None of them is open',
  ],
  [
    'not validated',
    { validation: null },
    'Written, none is set aside. The result is not validated yet',
    'Validate before the application is started',
  ],
  [
    'validation failed',
    { outcome: 'validation_failed', validation: { passed: false, errors: 3, warnings: 0 } },
    'Written, but validation found 3 errors',
    'Do not start the application against generic.db',
  ],
  [
    'failed',
    { outcome: 'failed', ...stopped, failure: { step: 's2', message: 'The disk is full' } },
    'Failed in step 2 of 2. generic.db holds part of the new state',
    'Step s2: The disk is full. Do not start the application',
  ],
  [
    'failed before',
    { outcome: 'failed', ...stopped, written: 0, failure: { step: 's1', message: 'Locked.' } },
    'Failed in step 1 of 2. Nothing was written to generic.db',
    'can go on with the old state',
  ],
  [
    'cancelled',
    { outcome: 'cancelled', ...stopped, condition: 'paused' },
    'Cancelled in step 2 of 2. generic.db holds part of the new state',
    'What is committed is kept',
  ],
  [
    'rolled back',
    { outcome: 'rolled_back', rollback: { differs: 0, diverged: 0, notUndone: 0 } },
    'Rolled back. The old state is back, and every comparison agrees',
    'The legacy application can start',
  ],
  [
    'rolled back but',
    { outcome: 'rolled_back', rollback: { differs: 0, diverged: 0, notUndone: 1 } },
    'Rolled back. 1 step cannot be undone, everything else is back',
    'accepted with the plan',
  ],
  [
    'incomplete',
    { outcome: 'rollback_incomplete', rollback: { differs: 1, diverged: 2, notUndone: 0 } },
    'The rollback is incomplete: 1 object differs from the old state and 2 rows changed by others wait for a decision',
    'neither in the old state nor in the new one',
  ],
  [
    'interrupted',
    { outcome: null, ...stopped, condition: 'running', interrupted: true },
    'Interrupted while executing. It can be resumed',
    'nothing is half-written',
  ],
  ['running', { outcome: null, ...stopped, condition: 'running' }, 'The run is executing', 'not over'],
];

describe('words of an outcome', () => {
  test.each(cases)('%s', (_name, given, title, lead) => {
    const words = outcomeWords({ ...facts, ...given });
    expect(words.title).toBe(title);
    expect(words.lead).toContain(lead);
  });

  test('no outcome is told as better than it is', () => {
    const bad: Outcome[] = ['validation_failed', 'failed', 'rollback_incomplete'];
    for (const outcome of bad) expect(outcomeWords({ ...facts, outcome, ...stopped }).severity).toBe('error');
  });

  test('what is open is named', () => {
    const words = outcomeWords({
      ...facts,
      outcome: 'failed',
      ...stopped,
      setAside: { records: 1, items: 0, open: 1 },
    });
    expect(words.open).toEqual([
      '1 entry is in quarantine: replay or waive them.',
      'The result was not validated.',
      '1 of 2 steps is not completed.',
    ]);
  });

  test('neutral words: no exclamation mark, no apology, no please', () => {
    for (const [, given] of cases) {
      const { title, lead, open } = outcomeWords({ ...facts, ...given });
      expect([title, lead, ...open].join(' ')).not.toMatch(/!|sorry|please|oops|success/i);
    }
  });
});

import { beforeEach, expect, it } from 'vitest';
import { type Activity, Attendant } from './attendant.ts';

let active: { runId: string; phase: string }[];
let settings: Record<string, unknown>;
let snapshot: Record<string, unknown>;
let done: string[];
let told: Activity[];
let now: number;
let attendant: Attendant;

beforeEach(() => {
  active = [];
  done = [];
  told = [];
  now = Date.parse('2026-11-20T02:00:00Z');
  settings = { keepAwake: true, notifyStops: true, notifyWindow: true, notifyPhases: false, continueWhenClosed: true };
  snapshot = { runId: 'r1', condition: 'done', refused: null, criterion: null, failure: null, window: null };
  const engine = {
    activeRuns: () => active,
    services: { system: { settings: async () => settings }, run: { snapshot: async () => snapshot } },
  };
  attendant = new Attendant(
    engine as never,
    {
      keepAwake: async (on) => void done.push(on ? 'awake' : 'may sleep'),
      notify: async ({ title }) => void done.push(title),
    },
    (activity) => void told.push(activity),
    () => now,
  );
});

it('keeps the machine awake while a run is at work, and tells main once', async () => {
  await attendant.look();
  active = [{ runId: 'r1', phase: 'execute' }];
  await attendant.look();
  await attendant.look();
  active = [];
  await attendant.look();
  expect(done).toEqual(['awake', 'may sleep']);
  expect(told.map((one) => one.runs)).toEqual([0, 1, 0]);
});

it('leaves the machine alone when the settings say so', async () => {
  settings.keepAwake = false;
  active = [{ runId: 'r1', phase: 'execute' }];
  await attendant.look();
  expect(done).toEqual([]);
});

it('notifies of a failure, and of a phase that ended only when that is wanted', async () => {
  settings.keepAwake = false;
  active = [{ runId: 'r1', phase: 'backup' }];
  await attendant.look();
  active = [{ runId: 'r1', phase: 'execute' }];
  await attendant.look();
  expect(done).toEqual([]);
  snapshot = { ...snapshot, condition: 'failed', failure: { message: 'disk full' } };
  active = [];
  await attendant.look();
  expect(done).toEqual(['Overland: execute stopped']);
});

it('says once that the window closes in half an hour', async () => {
  settings.keepAwake = false;
  active = [{ runId: 'r1', phase: 'execute' }];
  snapshot = { ...snapshot, window: { closes: '2026-11-20T02:45:00Z' } };
  await attendant.look();
  expect(done).toEqual([]);
  now += 16 * 60_000;
  await attendant.look();
  now += 60_000;
  await attendant.look();
  expect(done).toEqual(['Overland: the window closes']);
});

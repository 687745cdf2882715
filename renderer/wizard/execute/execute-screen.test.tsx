// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunSnapshot } from '#shared/contract/run.ts';
import { backupStates } from '../../testing/fixtures/night/backup.ts';
import { at } from '../../testing/fixtures/night/ledger.ts';
import { executeStates } from '../../testing/fixtures/night/run.ts';
import { renderScreen } from '../../testing/harness.tsx';
import { live } from '../../testing/live.ts';
import type { FakeServices } from '../../testing/memory-client.ts';
import { night } from '../../testing/states/of-run.ts';
import { ExecuteScreen } from './execute-screen.tsx';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});
// jsdom lays nothing out, and the chart asks how large it may be.
beforeEach(() => {
  vi.spyOn(HTMLElement.prototype, 'getBoundingClientRect').mockReturnValue(new DOMRect(0, 0, 400, 160));
});

const hash = `#/run/${executeStates.running.runId}/execute`;
const show = (snapshot: RunSnapshot, more: FakeServices = {}) =>
  renderScreen(<ExecuteScreen />, night(snapshot, more), hash);
const heading = async (text: RegExp) => screen.findByRole('heading', { level: 1, name: text });
const primary = () => document.querySelector<HTMLButtonElement>('[data-primary]') as HTMLButtonElement;
const note = () => document.getElementById('next-note')?.textContent ?? '';

describe('heading and primary button of each state', () => {
  const cases: readonly [keyof typeof executeStates, RegExp, RegExp][] = [
    ['running', /^Running step 4 of 4, dependencies$/, /^Pause after this chunk/],
    ['aboutToStop', /It stops by itself in about 12 s$/, /^Pause now/],
    ['paused', /^Paused in step 4 of 4, after chunk 46 of 78$/, /^Resume at chunk 47/],
    ['recovered', /^The engine is back\. Nothing was lost; paused after chunk 46 of 78$/, /^Resume at chunk 47/],
    ['interrupted', /^Interrupted in step 4 of 4, dependencies$/, /^Resume at chunk 47/],
    ['failed', /^Failed in step 4 of 4, dependencies$/, /^Preview the rollback/],
    ['cancelled', /^Cancelled in step 4 of 4\. 6,645,804 records stay written$/, /^Preview the rollback/],
    ['ready', /^Yes\. 4 steps would change generic\.db/, /^Execute 4 steps/],
    ['locked', /^Not now\. generic\.db is in use by another run$/, /^Check again/],
    ['changed', /^Not with this plan\. legacy, subtasks changed/, /^Analyse the plan again/],
  ];
  it.each(cases)('%s', async (name, title, label) => {
    show(executeStates[name]);
    await heading(title);
    expect(primary().textContent).toMatch(label);
    expect(primary().disabled).toBe(false);
    expect(note()).not.toBe('');
  });
});

it('says how long is left as a range, and holds it against the window', async () => {
  show(executeStates.running);
  await heading(/Running/);
  expect(document.querySelector('.lead')?.textContent).toBe(
    'About 31 min left (25 to 42). Ends about 03:11 (03:05 to 03:22), 1 h 48 min before the window closes.',
  );
});

it('stays closed without a verified backup and says what it waits for', async () => {
  show(executeStates.ready, { backup: { get: () => backupStates.none } });
  await heading(/^Not yet\. It waits for a verified backup$/);
  expect(primary().disabled).toBe(true);
  expect(note()).toBe('Waits for: a verified backup');
});

it('a step that finished with records set aside is not the step at work', async () => {
  const steps = executeStates.running.steps.map((step) =>
    step.id === 'subtasks' ? { ...step, state: 'attention' as const } : step,
  );
  show({ ...executeStates.running, steps });
  await heading(/^Running step 4 of 4, dependencies$/);
});

describe('engine lost', () => {
  it('says when, marks figures as last known and closes the primary button', async () => {
    const { channel } = show(executeStates.running);
    await heading(/Running/);
    act(() => channel.close());
    await heading(/^Engine lost at \d\d:\d\d:\d\d\. Reconnecting$/);
    expect(primary().disabled).toBe(true);
    expect(note()).toBe('Waits for: the engine. It resumes only when you say so');
    const row = screen.getByRole('row', { name: /dependencies/ });
    expect(within(row).getAllByText('unknown')).toHaveLength(2);
    expect(screen.getByText('last known')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Cancel run…' })).toBeNull();
  });
});

describe('cancel', () => {
  it('asks, focuses the harmless button, and does nothing when closed', async () => {
    const { channel } = show(executeStates.running);
    await heading(/Running/);
    fireEvent.keyDown(document.body, { key: '.', ctrlKey: true });
    const dialog = await screen.findByRole('dialog', { name: 'Cancel this run?' });
    const keep = within(dialog).getByRole('button', { name: 'Keep running' });
    await waitFor(() => expect(document.activeElement).toBe(keep));
    expect(dialog.textContent).toContain('6,645,804 records that were written stay');
    fireEvent.click(keep);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(channel.calls.some((call) => call.name === 'run.cancel')).toBe(false);
  });

  it('cancels only when the consequence is pressed', async () => {
    const { channel } = show(executeStates.running, { run: { cancel: () => undefined } });
    await heading(/Running/);
    fireEvent.click(screen.getByRole('button', { name: 'Cancel run…' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Cancel run, keep what is written' }));
    await waitFor(() => expect(channel.calls.filter((call) => call.name === 'run.cancel')).toHaveLength(1));
  });
});

describe('keys', () => {
  it('P pauses a running run and resumes a paused one, but not while typing', async () => {
    const running = show(executeStates.running, { run: { pause: () => undefined } });
    await heading(/Running/);
    const field = document.body.appendChild(document.createElement('input'));
    fireEvent.keyDown(field, { key: 'p' });
    expect(running.channel.calls.some((call) => call.name === 'run.pause')).toBe(false);
    fireEvent.keyDown(document.body, { key: 'p' });
    await waitFor(() => expect(running.channel.calls.some((call) => call.name === 'run.pause')).toBe(true));
    field.remove();
    cleanup();

    const paused = show(executeStates.paused, { run: { resume: () => undefined } });
    await heading(/Paused/);
    fireEvent.keyDown(document.body, { key: 'p' });
    await waitFor(() => expect(paused.channel.calls.some((call) => call.name === 'run.resume')).toBe(true));
  });

  it('P does not resume a run that failed', async () => {
    const { channel } = show(executeStates.failed, { run: { resume: () => undefined } });
    await heading(/Failed/);
    fireEvent.keyDown(document.body, { key: 'p' });
    await act(async () => {});
    expect(channel.calls.some((call) => call.name === 'run.resume')).toBe(false);
  });

  it('E filters the events', async () => {
    show(executeStates.running);
    await heading(/Running/);
    const log = screen.getByRole('log');
    expect(log.querySelectorAll('.ev')).toHaveLength(9);
    fireEvent.keyDown(document.body, { key: 'e' });
    await waitFor(() => expect(log.querySelectorAll('.ev')).toHaveLength(2));
    fireEvent.keyDown(document.body, { key: 'e' });
    await waitFor(() => expect(log.textContent).toContain('No errors so far'));
  });
});

it('announces an error once, and none that was there before', async () => {
  const first: RunSnapshot = {
    ...executeStates.running,
    events: [
      { seq: 20, at: at(1, 40, 32), severity: 'error', code: 'old', step: null, text: 'an older error' },
      ...executeStates.running.events,
    ],
  };
  const watched = live(first);
  show(first, { run: { watch: async (_input, { signal }) => watched.stream(signal) as never } });
  await heading(/Running/);
  const alerts = () => screen.getAllByRole('alert').map((alert) => alert.textContent);
  expect(alerts()).toEqual(['']);
  const failing = {
    seq: 21,
    at: at(1, 40, 33),
    severity: 'error',
    code: 'new',
    step: null,
    text: 'chunk 46 failed',
  } as const;
  act(() => watched.set({ ...first, seq: 2, events: [failing, ...first.events] }));
  await waitFor(() => expect(alerts()).toEqual(['chunk 46 failed']));
  const info = { ...failing, seq: 22, severity: 'info', text: 'goes on' } as const;
  act(() => watched.set({ ...first, seq: 3, events: [info, failing, ...first.events] }));
  await waitFor(() => expect(screen.getByRole('log').textContent).toContain('goes on'));
  expect(alerts()).toEqual(['chunk 46 failed']);
});

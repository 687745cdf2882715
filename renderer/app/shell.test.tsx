// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Connection } from '../rpc/connection.ts';
import { bundlePath } from '../testing/fixtures/bundle.ts';
import { runId } from '../testing/fixtures/run.ts';
import '../testing/jsdom.ts';
import { type FakeServices, memoryChannel } from '../testing/memory-client.ts';
import { beforeRun } from '../testing/states/before-run.ts';
import { services } from '../testing/states/services.ts';
import { App } from './app.tsx';
import { bundleHref, runHref } from './routes.ts';

afterEach(cleanup);
beforeEach(() => localStorage.clear());

function open(given: FakeServices, hash = '#/home') {
  history.replaceState(null, '', hash);
  const connection = new Connection();
  const channel = memoryChannel(given);
  connection.attach(channel);
  render(<App connection={connection} />);
  return { connection, channel };
}

const press = (key: string, more: Partial<KeyboardEventInit> = {}, on: Element = document.body) =>
  fireEvent.keyDown(on, { key, ...more });
const heading = (name: string | RegExp) => screen.findByRole('heading', { level: 1, name }, { timeout: 5000 });

describe('the journey by keyboard', () => {
  it('goes from a bundle to the backup with Ctrl Enter alone', async () => {
    const given = services({
      plan: { create: () => ({ runId }), accept: () => undefined },
      run: { backup: () => undefined },
    });
    const { channel } = open(given, bundleHref(bundlePath, 'profile'));
    await heading(/Moves the task orchestrator/);
    press('Enter', { ctrlKey: true });
    await heading('Yes. All 2 endpoints are ready');
    press('Enter', { ctrlKey: true });
    await heading(/^4 steps, about 3 s/);
    expect(location.hash).toBe(runHref(runId, 'plan'));
    press('Enter', { ctrlKey: true });
    await waitFor(() => expect(location.hash).toBe(runHref(runId, 'backup')));
    const work = channel.calls.map((call) => call.name).filter((name) => /create|accept|run\.backup/.test(name));
    expect(work).toEqual(['plan.create', 'plan.accept', 'run.backup']);
  });

  it('reaches phases with Alt and a digit, the map with ?, and Home with Ctrl O', async () => {
    const { channel } = open(services({ system: { pick: () => ({ path: null }) } }), runHref(runId, 'plan'));
    await heading(/^4 steps/);
    press('¡', { altKey: true, code: 'Digit1' });
    await heading(/Moves the task orchestrator/);
    press('2', { altKey: true, code: 'Digit2' });
    await heading('Yes. All 2 endpoints are ready');
    press('?');
    await waitFor(() => expect(location.hash).toBe(runHref(runId, 'settings', 'keys')));
    press('o', { ctrlKey: true });
    await heading('No run is open. Open a bundle to begin');
    await waitFor(() => expect(channel.calls.filter((call) => call.name === 'system.pick')).toHaveLength(1));
  });

  it('has nowhere to go with Alt and a digit while there is no run', async () => {
    open(services(), bundleHref(bundlePath, 'profile'));
    await heading(/Moves the task orchestrator/);
    press('6', { altKey: true, code: 'Digit6' });
    expect(location.hash).toBe(bundleHref(bundlePath, 'profile'));
  });

  it('finds places with Ctrl K, arrows and Enter', async () => {
    open(services(), runHref(runId, 'plan'));
    await heading(/^4 steps/);
    press('k', { ctrlKey: true });
    const box = await screen.findByRole('combobox', { name: 'Screen or bundle' });
    fireEvent.change(box, { target: { value: 'con' } });
    expect(within(screen.getByRole('listbox', { name: 'Places' })).getAllByRole('option')).toHaveLength(1);
    press('Enter', {}, box);
    await heading('Yes. All 2 endpoints are ready');
    expect(screen.queryByRole('combobox')).toBeNull();
  });

  it('leaves the primary button of the screen alone while a dialog is open', async () => {
    const { channel } = open(services({ plan: { accept: () => undefined } }), runHref(runId, 'plan'));
    await heading(/^4 steps/);
    press('k', { ctrlKey: true });
    await screen.findByRole('combobox');
    press('Enter', { ctrlKey: true });
    expect(channel.calls.some((call) => call.name === 'plan.accept')).toBe(false);
  });

  it('does not take single keys from a field that is typed in', async () => {
    open(services(), runHref(runId, 'plan', 'fates'));
    await heading(/^4 steps/);
    press('/');
    const search = await screen.findByLabelText('Search tables and columns');
    expect(document.activeElement).toBe(search);
    press('?', {}, search);
    expect(location.hash).toBe(runHref(runId, 'plan', 'fates'));
  });

  it('goes round the regions with F6', async () => {
    open(services(), bundleHref(bundlePath, 'profile'));
    await heading(/Moves the task orchestrator/);
    const regions: string[] = [];
    for (let times = 0; times < 4; times += 1) {
      press('F6');
      const at = document.activeElement;
      regions.push(at?.closest('.head, .rail, main, .foot')?.className || (at?.tagName ?? ''));
    }
    expect(regions).toEqual(['head', 'rail', 'MAIN', 'foot']);
  });

  it('turns the theme with Ctrl Shift L and keeps it', async () => {
    const { channel } = open(services());
    await heading(/No run is open/);
    press('L', { ctrlKey: true, shiftKey: true });
    await waitFor(() => expect(document.documentElement.dataset.mantineColorScheme).toBe('dark'));
    expect(channel.calls.find((call) => call.name === 'system.saveSettings')?.input).toEqual({ theme: 'dark' });
  });
});

describe('the window', () => {
  it('is named by screen and bundle', async () => {
    open(services(), runHref(runId, 'plan'));
    await heading(/^4 steps/);
    expect(document.title).toBe('Plan - task-orchestrator - Overland');
  });

  it('says that the engine is gone, keeps what is known, and recovers when it is back', async () => {
    const { connection, channel } = open(services(), runHref(runId, 'plan'));
    await heading(/^4 steps/);
    channel.close();
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The engine does not answer since');
    expect(alert.textContent).toContain('work does not resume by itself');
    expect(screen.getByText('Reconnecting')).toBeTruthy();
    expect(screen.getByRole('heading', { level: 1 }).textContent).toMatch(/^4 steps/);

    connection.attach(memoryChannel(services()));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
    expect(screen.getByText('Connected')).toBeTruthy();
  });

  it('offers the run that was interrupted first', async () => {
    open(beforeRun['00-home']?.services ?? {});
    await heading('One run is waiting to be resumed');
    await screen.findByText(/stopped at .* in step 3 of 4, subtasks/);
    await screen.findByText(/pid 41872 on ops-jump-3/);
    press('Enter', { ctrlKey: true });
    await waitFor(() => expect(location.hash).toBe(runHref(runId, 'execute')));
  });

  it('moves along the rail with arrow keys', async () => {
    open(services(), runHref(runId, 'plan'));
    await heading(/^4 steps/);
    const rail = screen.getByRole('navigation', { name: 'Migration' });
    within(rail).getByRole('link', { name: 'Home' }).focus();
    press('ArrowDown', {}, document.activeElement ?? document.body);
    expect(document.activeElement?.textContent).toContain('Profile');
    press('End', {}, document.activeElement ?? document.body);
    expect(document.activeElement?.textContent).toBe('Settings');
  });
});

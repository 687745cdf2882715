// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { OverlandError } from '#shared/model/error.ts';
import { bundleHref, plainHref } from '../../app/routes.ts';
import { bundle, bundlePath } from '../../testing/fixtures/bundle.ts';
import { longPath, problems } from '../../testing/fixtures/home.ts';
import { systemInfo } from '../../testing/fixtures/system.ts';
import { renderScreen } from '../../testing/harness.tsx';
import { beforeRun } from '../../testing/states/before-run.ts';
import { services } from '../../testing/states/services.ts';
import { HomeScreen } from './home-screen.tsx';

afterEach(cleanup);

const invalid = () => {
  throw new OverlandError('BUNDLE_INVALID', 'The bundle has problems', { bundle: longPath, problems });
};

describe('a bundle with problems', () => {
  it('lists all of them by line and can be copied for the team that wrote it', async () => {
    const copied: string[] = [];
    Object.defineProperty(navigator, 'clipboard', {
      value: { writeText: async (text: string) => void copied.push(text) },
      configurable: true,
    });
    renderScreen(<HomeScreen />, services({ bundle: { open: invalid } }), plainHref('home', 'problems', longPath));
    await screen.findByRole('heading', { level: 1, name: 'This bundle cannot be opened: 4 problems in profile.toml' });
    const rows = within(screen.getByRole('table')).getAllByRole('row').slice(1);
    expect(rows.map((row) => row.querySelector('td')?.textContent)).toEqual(['14:1', '31:9', '58:12', '72:3']);
    expect(rows[0]?.textContent).toContain('policy.retrys');
    fireEvent.click(screen.getByRole('button', { name: 'Copy the list' }));
    await screen.findByRole('button', { name: 'Copied' });
    expect(copied[0]?.split('\n')).toHaveLength(5);
    expect(copied[0]).toContain('profile.toml:31:9  steps.subtasks.needs: Names step "breakdown"');
  });

  it('is opened once it is read again and in order', async () => {
    let fixed = false;
    renderScreen(
      <HomeScreen />,
      services({ bundle: { open: () => (fixed ? { ...bundle, path: longPath } : invalid()) } }),
      plainHref('home', 'problems', longPath),
    );
    const again = await screen.findByRole('button', { name: 'Read again' });
    fixed = true;
    fireEvent.click(again);
    await waitFor(() => expect(location.hash).toBe(bundleHref(longPath, 'profile')));
  });

  it('is shown when it is chosen from the recent ones', async () => {
    renderScreen(<HomeScreen />, services({ bundle: { open: invalid } }));
    fireEvent.click(await screen.findByRole('button', { name: /billing-invoices/ }));
    await screen.findByRole('heading', { level: 1, name: /cannot be opened: 4 problems/ });
  });
});

describe('home', () => {
  it('explains itself on first start', async () => {
    renderScreen(<HomeScreen />, beforeRun['00-home-first-start']?.services ?? {});
    await screen.findByRole('heading', { level: 1, name: 'Open a bundle, or make a sample to try' });
    expect(screen.getByText('No bundle was opened on this machine')).toBeTruthy();
    expect(screen.getByText('No runs yet')).toBeTruthy();
  });

  it('opens what the preload says was dropped, and nothing that another window posts', async () => {
    const { channel } = renderScreen(<HomeScreen />, services());
    await screen.findByRole('heading', { level: 1, name: /No run is open/ });
    const data = { kind: 'overland-drop', paths: [bundlePath] };
    window.dispatchEvent(new MessageEvent('message', { data, source: null }));
    expect(channel.calls.some((call) => call.name === 'bundle.open')).toBe(false);
    window.dispatchEvent(new MessageEvent('message', { data, source: window }));
    await waitFor(() => expect(location.hash).toBe(bundleHref(bundlePath, 'profile')));
  });

  it('lists the folders of the engine where the host has no dialog of its own', async () => {
    const info = { ...systemInfo, host: 'browser' as const, can: { ...systemInfo.can, nativeDialogs: false } };
    const folders: Record<string, { name: string; kind: 'folder' | 'bundle'; bytes: null }[]> = {
      '/home/ops': [{ name: 'overland', kind: 'folder', bytes: null }],
      '/home/ops/overland': [{ name: 'task-orchestrator', kind: 'bundle', bytes: null }],
    };
    renderScreen(
      <HomeScreen />,
      services({
        system: {
          info: () => info,
          browse: ({ path }) => {
            const at = path ?? '/home/ops';
            return { path: at, parent: at === '/home/ops' ? null : '/home/ops', entries: folders[at] ?? [] };
          },
        },
      }),
    );
    await screen.findByText('SQLite, two legacy tables to the generic model');
    fireEvent.click(screen.getByRole('button', { name: 'Choose folder...' }));
    const first = await screen.findByRole('listbox', { name: '1 entry of /home/ops' });
    fireEvent.keyDown(first, { key: 'Enter' });
    const second = await screen.findByRole('listbox', { name: '2 entries of /home/ops/overland' });
    fireEvent.keyDown(second, { key: 'End' });
    fireEvent.keyDown(second, { key: 'Enter' });
    await waitFor(() => expect(location.hash).toBe(bundleHref(bundlePath, 'profile')));
  });

  it('writes a sample with the size, seed and faults that were asked for, then opens it', async () => {
    const { channel } = renderScreen(
      <HomeScreen />,
      services({ bundle: { init: ({ dir }) => ({ path: dir, facts: ['2,000 breakdowns, 16,012 subtasks'] }) } }),
    );
    fireEvent.click(await screen.findByRole('button', { name: /Copy to/ }));
    const folder = await screen.findByLabelText('Folder');
    await waitFor(() => expect(folder).toHaveProperty('value', '/home/ops/overland/task-orchestrator'));
    fireEvent.change(screen.getByLabelText('Seed'), { target: { value: '7' } });
    fireEvent.click(screen.getByRole('button', { name: 'Write the sample' }));
    await screen.findByText('2,000 breakdowns, 16,012 subtasks');
    expect(channel.calls.find((call) => call.name === 'bundle.init')?.input).toEqual({
      template: 'task-orchestrator',
      dir: '/home/ops/overland/task-orchestrator',
      tasks: 2000,
      seed: 7,
      dirty: true,
    });
    fireEvent.click(screen.getByRole('button', { name: 'Open the bundle' }));
    await waitFor(() => expect(location.hash).toBe(bundleHref(bundlePath, 'profile')));
  });
});

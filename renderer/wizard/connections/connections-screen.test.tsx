// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { bundleHref } from '../../app/routes.ts';
import { bundle, bundlePath } from '../../testing/fixtures/bundle.ts';
import {
  genericReport,
  legacyReport,
  missingSecretReport,
  openBundle,
  serverBundle,
} from '../../testing/fixtures/connections.ts';
import { renderScreen } from '../../testing/harness.tsx';
import type { FakeServices } from '../../testing/memory-client.ts';
import { beforeRun } from '../../testing/states/before-run.ts';
import { services } from '../../testing/states/services.ts';
import { ConnectionsScreen } from './connections-screen.tsx';

afterEach(cleanup);

const show = (given: FakeServices) => renderScreen(<ConnectionsScreen />, given, bundleHref(bundlePath, 'connections'));
const primary = (name: RegExp) => screen.findByRole('button', { name });

describe('connections', () => {
  it('stay closed and name what they wait for until every endpoint is ready', async () => {
    show(beforeRun['02-connections-failing']?.services ?? {});
    await screen.findByRole('heading', { level: 1, name: 'Not yet. 1 of 2 endpoints is not ready' });
    expect(await primary(/Analyse the plan/)).toHaveProperty('disabled', true);
    expect(screen.getByText('Waits for: agentdb')).toBeTruthy();
    expect(screen.getByText('GRANT CREATE, USAGE ON SCHEMA agent TO overland_migrator;')).toBeTruthy();
  });

  it('take a changed field as an override of this machine and test it at once', async () => {
    const path = '/data/legacy-copy.db';
    const changed = {
      ...bundle,
      connections: bundle.connections.map((one) =>
        one.name === 'legacy' ? { ...one, fields: { path }, overridden: ['path'] } : one,
      ),
    };
    let current = bundle;
    const { channel } = show(
      services({
        bundle: {
          open: () => current,
          override: () => {
            current = changed;
            return changed;
          },
        },
        connection: {
          check: ({ connection }) =>
            [legacyReport, genericReport].filter((one) => !connection || one.name === connection),
        },
      }),
    );
    const file = await screen.findByLabelText('File');
    fireEvent.change(file, { target: { value: path } });
    fireEvent.keyDown(file, { key: 'Enter' });
    await screen.findByText('File set on this machine; the profile says otherwise.');
    expect(channel.calls.filter((call) => call.name === 'bundle.override').map((call) => call.input)).toEqual([
      { path: bundlePath, connection: 'legacy', fields: { path } },
    ]);
    await waitFor(() =>
      expect(channel.calls.at(-1)).toEqual({
        name: 'connection.check',
        input: { path: bundlePath, connection: 'legacy' },
      }),
    );
    fireEvent.click(screen.getByRole('button', { name: 'Back to the profile' }));
    await waitFor(() =>
      expect(channel.calls.filter((call) => call.name === 'bundle.override').at(-1)?.input).toMatchObject({
        fields: { path: null },
      }),
    );
  });

  it('ask for what the profile leaves open', async () => {
    show(
      services({
        bundle: { open: () => openBundle },
        connection: { check: () => [{ ...legacyReport, ready: false }, genericReport] },
      }),
    );
    await screen.findByText('The profile leaves legacy open');
    expect(screen.getByText('File to be given')).toBeTruthy();
  });

  it('hand a secret over once, keep none of it, and test again', async () => {
    const { channel } = show(
      services({
        bundle: { open: () => serverBundle },
        connection: { check: () => [legacyReport, missingSecretReport] },
        system: { setSecret: () => undefined },
      }),
    );
    const field = await screen.findByLabelText('AGENTDB_PASSWORD');
    fireEvent.change(field, { target: { value: 'hunter2' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save and test' }));
    await waitFor(() => expect(field).toHaveProperty('value', ''));
    expect(channel.calls.find((call) => call.name === 'system.setSecret')?.input).toEqual({
      name: 'AGENTDB_PASSWORD',
      bundle: 'task-orchestrator',
      value: 'hunter2',
      keep: 'key_store',
    });
    expect(document.body.innerHTML).not.toContain('hunter2');
    await waitFor(() => expect(channel.calls.filter((call) => call.name === 'connection.check')).toHaveLength(2));
  });

  it('take an address apart, say where its password went, and keep none of it', async () => {
    const pasted = 'postgres://ops:hunter2@db-02/agentdb';
    const { channel } = show(
      services({
        bundle: { open: () => serverBundle },
        connection: {
          check: () => [legacyReport, missingSecretReport],
          setAddress: () => ({ bundle: serverBundle, secret: 'AGENTDB_PASSWORD' }),
        },
      }),
    );
    const field = await screen.findByLabelText('Or paste an address');
    fireEvent.change(field, { target: { value: pasted } });
    expect(field).toHaveProperty('type', 'password');
    fireEvent.click(screen.getByRole('button', { name: 'Take over' }));
    await screen.findByText(/in the key store of this machine\./);
    expect(field).toHaveProperty('value', '');
    expect(document.body.innerHTML).not.toContain('hunter2');
    expect(channel.calls.find((call) => call.name === 'connection.setAddress')?.input).toEqual({
      path: bundlePath,
      connection: 'agentdb',
      url: pasted,
      keep: 'key_store',
    });
    await waitFor(() => expect(channel.calls.filter((call) => call.name === 'connection.check')).toHaveLength(2));
  });

  it('take fields that the profile leaves out, and put an emptied one back', async () => {
    const { channel } = show(
      services({
        bundle: { open: () => serverBundle, override: () => serverBundle },
        connection: { check: () => [legacyReport, missingSecretReport] },
      }),
    );
    fireEvent.click(await screen.findByRole('link', { name: /agentdb/ }));
    fireEvent.change(await screen.findByLabelText('Encryption (TLS)'), { target: { value: 'require' } });
    fireEvent.click(screen.getByRole('button', { name: 'Certificates and time limit...' }));
    const certificates = screen.getByLabelText('Trusted certificates');
    fireEvent.change(certificates, { target: { value: '/etc/ssl/db.pem' } });
    fireEvent.keyDown(certificates, { key: 'Enter' });
    const port = screen.getByLabelText('Port');
    fireEvent.change(port, { target: { value: '' } });
    fireEvent.keyDown(port, { key: 'Enter' });
    await waitFor(() =>
      expect(channel.calls.filter((call) => call.name === 'bundle.override').map((call) => call.input)).toEqual([
        { path: bundlePath, connection: 'agentdb', fields: { tls: 'require' } },
        { path: bundlePath, connection: 'agentdb', fields: { tls_ca: '/etc/ssl/db.pem' } },
        { path: bundlePath, connection: 'agentdb', fields: { port: null } },
      ]),
    );
  });
});

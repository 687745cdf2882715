// @vitest-environment jsdom
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { OverlandError } from '#shared/model/error.ts';
import { useRoute } from '../../app/route-context.tsx';
import { runHref } from '../../app/routes.ts';
import { useKeyboard } from '../../app/use-keyboard.ts';
import { plan, planWithConsent } from '../../testing/fixtures/plan.ts';
import { makeSnapshot, runId } from '../../testing/fixtures/run.ts';
import { renderScreen } from '../../testing/harness.tsx';
import type { FakeServices } from '../../testing/memory-client.ts';
import { beforeRun } from '../../testing/states/before-run.ts';
import { services } from '../../testing/states/services.ts';
import { PlanScreen } from './plan-screen.tsx';

afterEach(cleanup);

function WithKeys() {
  useKeyboard({ route: useRoute(), toggleTheme: () => {}, togglePalette: () => {} });
  return <PlanScreen />;
}

const show = (given: FakeServices, hash = runHref(runId, 'plan')) => renderScreen(<WithKeys />, given, hash);
const ctrlEnter = () => fireEvent.keyDown(document.body, { key: 'Enter', ctrlKey: true });
const accepting = (given: FakeServices['plan']) =>
  services({ plan: { accept: () => undefined, ...given }, run: { backup: () => undefined } });

describe('the plan', () => {
  it('answers with steps, time and what cannot be undone', async () => {
    show(services());
    expect(await screen.findByRole('heading', { level: 1 })).toBeTruthy();
    await screen.findByText('4 steps, about 3 s (2 to 5). All of them can be undone');
  });

  it('says what is measured while it is analysed, and is not shown in part', async () => {
    show(beforeRun['03-plan-analysing']?.services ?? {});
    await screen.findByRole('heading', { name: 'Reading and measuring the sources' });
    expect(screen.getByText('Waits for: 2 of 4 steps to be measured')).toBeTruthy();
    expect(screen.getByRole('button', { name: /Review the plan/ })).toHaveProperty('disabled', true);
  });

  it('is accepted and backed up with Ctrl Enter where it needs no consent', async () => {
    const { channel } = show(accepting({ get: () => plan }));
    await screen.findByRole('button', { name: /Accept plan and back up/ });
    ctrlEnter();
    await waitFor(() => expect(location.hash).toBe(runHref(runId, 'backup')));
    const names = channel.calls.map((call) => call.name);
    expect(names.indexOf('run.backup')).toBeGreaterThan(names.indexOf('plan.accept'));
    expect(channel.calls.find((call) => call.name === 'plan.accept')?.input).toEqual({
      runId,
      hash: plan.hash,
      consents: [],
    });
  });

  it('is not accepted with errors: it says how many, and is analysed again', async () => {
    const error = { ...plan.findings[0]!, severity: 'error' as const };
    const { channel } = show(accepting({ get: () => ({ ...plan, findings: [error] }), renew: () => undefined }));
    await screen.findByText('4 steps, but 1 error must be settled first');
    expect(screen.queryByRole('button', { name: /Accept plan and back up/ })).toBeNull();
    ctrlEnter();
    await waitFor(() => expect(channel.calls.map((call) => call.name)).toContain('plan.renew'));
    expect(channel.calls.map((call) => call.name)).not.toContain('plan.accept');
  });

  it('has views of tables and columns only where a step has them', async () => {
    const steps = plan.steps.map((step) => ({ ...step, kind: 'files' as const }));
    show(accepting({ get: () => ({ ...plan, steps }) }), runHref(runId, 'plan', 'types'));
    await screen.findByRole('tab', { name: /^Steps/, selected: true });
    expect(screen.queryByRole('tab', { name: /^(Type mapping|What becomes)/ })).toBeNull();
  });

  it('never passes a missing consent with Ctrl Enter', async () => {
    const { channel } = show(accepting({ get: () => planWithConsent }));
    await screen.findByText('Waits for: your consent to step 5');
    const box = screen.getByLabelText('I accept this');
    const word = screen.getByLabelText('Type lock_tracking to confirm');
    const accepted = () => channel.calls.some((call) => call.name === 'plan.accept');

    ctrlEnter();
    fireEvent.click(box);
    ctrlEnter();
    fireEvent.change(word, { target: { value: 'lock_trackin' } });
    ctrlEnter();
    fireEvent.change(word, { target: { value: 'LOCK_TRACKING' } });
    ctrlEnter();
    fireEvent.click(box);
    fireEvent.change(word, { target: { value: 'lock_tracking' } });
    ctrlEnter();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(accepted()).toBe(false);
    expect(location.hash).toBe(runHref(runId, 'plan'));

    fireEvent.click(box);
    ctrlEnter();
    await waitFor(() => expect(accepted()).toBe(true));
    expect(channel.calls.find((call) => call.name === 'plan.accept')?.input).toMatchObject({
      consents: ['drop-legacy'],
    });
  });

  it('names what changed when it is stale, and offers to analyse again', async () => {
    const differences = [{ what: 'legacy.db', inPlan: 'a41c', now: '90bb', same: false, note: 'sha256' }];
    const { channel } = show(
      accepting({
        get: () => plan,
        accept: () => {
          throw new OverlandError('PLAN_STALE', 'The plan is stale', { differences });
        },
        renew: () => undefined,
      }),
    );
    await screen.findByRole('button', { name: /Accept plan/ });
    ctrlEnter();
    await screen.findByText('legacy.db changed since the plan was made');
    ctrlEnter();
    await waitFor(() => expect(channel.calls.some((call) => call.name === 'plan.renew')).toBe(true));
    expect(channel.calls.some((call) => call.name === 'run.backup')).toBe(false);
  });

  it('says why it could not be made', async () => {
    show(beforeRun['03-plan-failed']?.services ?? {});
    await screen.findByText('Column artifacts of subtasks does not exist in legacy.db');
    expect(screen.getByRole('button', { name: /Analyse again/ })).toBeTruthy();
  });

  it('leads to the backup once it is accepted', async () => {
    show(
      services({ plan: { get: () => ({ ...planWithConsent, acceptedAt: '2026-11-20T02:16:00Z' }) } }, makeSnapshot()),
    );
    await screen.findByRole('button', { name: /Go to the backup/ });
    expect(screen.queryByLabelText('I accept this')).toBeNull();
  });
});

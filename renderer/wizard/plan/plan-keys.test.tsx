// @vitest-environment jsdom
import { cleanup, fireEvent, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { runHref } from '../../app/routes.ts';
import { plan } from '../../testing/fixtures/plan.ts';
import { runId } from '../../testing/fixtures/run.ts';
import { renderScreen } from '../../testing/harness.tsx';
import { services } from '../../testing/states/services.ts';
import { PlanScreen } from './plan-screen.tsx';

afterEach(cleanup);

const keys = [
  {
    step: 'settings',
    key: 'use_rag',
    fate: 'mapped' as const,
    to: ['use_rag', 'rag_config.enabled'],
    advice: null,
    files: 40,
  },
  {
    step: 'settings',
    key: 'max_topics',
    fate: 'deprecated' as const,
    to: [],
    advice: 'Scenes are limited.',
    files: 12,
  },
];

it('lists every key of configuration files with its fate', async () => {
  renderScreen(<PlanScreen />, services({ plan: { get: () => ({ ...plan, keys }) } }), runHref(runId, 'plan', 'keys'));
  await screen.findByText('use_rag, rag_config.enabled');
  expect(screen.getByText('Scenes are limited.')).toBeTruthy();
  fireEvent.click(screen.getByLabelText('Deprecated 1'));
  expect(screen.queryByText('use_rag, rag_config.enabled')).toBeNull();
  expect(screen.getByText('max_topics')).toBeTruthy();
});

it('has no such view where no step reads configuration', async () => {
  renderScreen(<PlanScreen />, services({ plan: { get: () => plan } }), runHref(runId, 'plan'));
  await screen.findByRole('tab', { name: /Type mapping/ });
  expect(screen.queryByRole('tab', { name: /^Keys/ })).toBeNull();
});

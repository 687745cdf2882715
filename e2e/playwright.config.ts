import { defineConfig } from '@playwright/test';
import type { HostOptions } from './support/fixtures.ts';

/**
 * Journeys over the built app: one body, two hosts. `browser` drives `overland serve` in the system's Chromium, `desktop` the
 * Electron app over the runtime that ELECTRON_OVERRIDE_DIST_PATH names, `packaged` what `npm run package` built. `screens`
 * makes a picture of every screen and is run by `npm run screens` only.
 */
export default defineConfig<HostOptions>({
  fullyParallel: false,
  // Two windows at once on two cores miss each other's patience; the build machine takes its time.
  workers: process.env.CI ? 1 : 2,
  forbidOnly: Boolean(process.env.CI),
  // Noisy machines: what passes at the second try is told, not hidden (scripts/test.mjs).
  retries: process.env.CI ? 1 : 0,
  timeout: 120_000,
  expect: { timeout: 45_000 },
  reporter: 'list',
  use: { actionTimeout: 15_000, trace: 'retain-on-failure' },
  projects: [
    {
      name: 'browser',
      outputDir: '../test-results/e2e-browser',
      testMatch: ['journeys/*.spec.ts', 'screens/accessible.spec.ts', 'security/*.spec.ts'],
      testIgnore: ['security/desktop.spec.ts'],
      use: { hostKind: 'browser' },
    },
    {
      name: 'desktop',
      outputDir: '../test-results/e2e-desktop',
      testMatch: ['journeys/*.spec.ts', 'security/desktop.spec.ts'],
      use: { hostKind: 'desktop' },
    },
    { name: 'packaged', outputDir: '../test-results/e2e-packaged', testMatch: 'packaged/*.spec.ts', timeout: 180_000 },
    {
      name: 'screens',
      outputDir: '../test-results/e2e-screens',
      testMatch: 'screens/pictures.spec.ts',
      use: { hostKind: 'browser' },
      timeout: 600_000,
    },
  ],
});

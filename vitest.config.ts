import { defineConfig } from 'vitest/config';

/** Unit tests stand beside the file (`x.test.ts`); tests that need a server, a process or the built app end in `.integration.test.ts`. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{shared,electron,scripts}/**/*.test.ts', 'renderer/**/*.test.{ts,tsx}'],
          exclude: ['**/*.integration.test.ts', '**/node_modules/**'],
          pool: 'forks',
          // Generous: a test says what is right, never how fast; the machines are noisy.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          // As journeys have: a second try on the build machine, whose load is not ours; the report says which needed it.
          retry: process.env['CI'] ? 1 : 0,
          include: ['{shared,electron,scripts,bench}/**/*.integration.test.ts'],
          pool: 'forks',
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});

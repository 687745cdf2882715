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
        },
      },
      {
        test: {
          name: 'integration',
          include: ['{shared,electron,scripts,bench}/**/*.integration.test.ts'],
          pool: 'forks',
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

import { defineConfig } from 'vite';

/**
 * The Node side: main, the engine process, its helper and the command line, as ES modules that share chunks. All is bundled
 * but Electron itself and the native module. Runs on Node 20.18 and newer, in Electron and outside.
 */
export default defineConfig({
  publicDir: false,
  resolve: { conditions: ['node', 'import', 'module', 'default'] },
  ssr: { noExternal: true, external: ['electron', 'better-sqlite3'] },
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist/electron',
    emptyOutDir: true,
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: {
        main: 'electron/main/main.ts',
        engine: 'electron/main/engine-process/entry.ts',
        helper: 'electron/drivers/helper-main.ts',
        cli: 'electron/cli/main.ts',
      },
      external: ['pg-native'],
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});

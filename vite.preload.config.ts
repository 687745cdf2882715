import { defineConfig } from 'vite';

/** A sandboxed preload must be one CommonJS file that requires nothing but Electron. */
export default defineConfig({
  publicDir: false,
  ssr: { noExternal: true, external: ['electron'] },
  build: {
    ssr: 'electron/preload/preload.ts',
    target: 'chrome130',
    outDir: 'dist/electron',
    emptyOutDir: false,
    minify: false,
    rolldownOptions: { output: { format: 'cjs', entryFileNames: 'preload.cjs' } },
  },
});

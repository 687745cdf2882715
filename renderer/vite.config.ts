import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The wizard's page. Nothing is inlined: the content security policy allows fonts and scripts from our origin only. */
export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [react()],
  build: {
    target: ['chrome130', 'safari17', 'firefox128'],
    outDir: '../dist/renderer',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4000,
    modulePreload: { polyfill: false },
  },
});

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The gallery of states. Built by testing/shoot.mjs, never shipped. */
export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [react()],
  build: {
    emptyOutDir: true,
    rollupOptions: { input: 'gallery.html' },
    chunkSizeWarningLimit: 4000,
  },
});

/** Builds the script of exported dashboards: everything in one classic script, which a page holds inside itself. */
import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { notePackages } from '../../../../src-main/hosts/launch/bundled-packages.ts';

const here = import.meta.dirname;

export default defineConfig({
  root: here,
  publicDir: false,
  plugins: [notePackages(resolve(here, '../../../..'), 'dashboard')],
  logLevel: 'warn',
  build: {
    outDir: '../../../../out/dashboard',
    emptyOutDir: true,
    minify: true,
    // The font is part of the script, too: a page has no other files.
    assetsInlineLimit: 1_000_000,
    target: 'es2022',
    rollupOptions: { input: `${here}/main.ts`, output: { format: 'iife', entryFileNames: 'dashboard.js' } },
  },
});

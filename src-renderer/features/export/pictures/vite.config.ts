/** Builds the drawing of pictures for Node: one module without imports, which the formats load when a picture is asked for. */
import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { notePackages } from '../../../../src-main/hosts/launch/bundled-packages.ts';

const here = import.meta.dirname;

export default defineConfig({
  root: here,
  publicDir: false,
  plugins: [notePackages(resolve(here, '../../../..'), 'pictures')],
  logLevel: 'warn',
  // Else what is built would look it up when it runs, and ECharts would print its advice for programmers.
  define: { 'process.env.NODE_ENV': '"production"' },
  ssr: { noExternal: true },
  build: {
    ssr: `${here}/pictures.ts`,
    outDir: '../../../../out/pictures',
    emptyOutDir: true,
    minify: true,
    target: 'node20',
    rollupOptions: { output: { format: 'es', entryFileNames: 'pictures.js', codeSplitting: false } },
  },
});

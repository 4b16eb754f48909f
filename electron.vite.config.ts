/** One build for every host: main-process entries, the preload, and the renderer that all hosts show. */
import { resolve } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';
import { notePackages } from './src-main/hosts/launch/bundled-packages.ts';

const here = import.meta.dirname;

export default defineConfig({
  main: {
    plugins: [notePackages(here, 'main')],
    build: {
      outDir: 'out/main',
      // What is under "dependencies" in package.json is left outside: it is native, has files of its own, or is rarely used. Everything else
      // is of a hundred small files, or in every command: one file loads faster, and who installs the package needs none of it.
      externalizeDeps: true,
      rollupOptions: {
        input: {
          electron: resolve(here, 'src-main/hosts/electron/main.ts'),
          cli: resolve(here, 'src-main/hosts/cli/main.ts'),
          tessera: resolve(here, 'src-main/hosts/launch/installed.ts'),
          'run-process': resolve(here, 'src-main/processes/run-process.ts'),
          'preparation-worker': resolve(here, 'src-main/services/runs/preparation-worker.ts'),
          'database-worker': resolve(here, 'src-main/services/database/database-worker.ts'),
          'merge-worker': resolve(here, 'src-main/services/remote/merge-worker.ts'),
          'search-worker': resolve(here, 'src-main/processes/search-worker.ts'),
          'evaluation-worker': resolve(here, 'src-main/processes/evaluation-worker.ts'),
          'device-job': resolve(here, 'src-main/device/device-job.ts'),
          'device-element': resolve(here, 'src-main/device/device-element.ts'),
          'improvement-worker': resolve(here, 'src-main/processes/improvement-worker.ts'),
          'solver-worker': resolve(here, 'src-main/processes/solver-worker.ts'),
          'bound-worker': resolve(here, 'src-main/processes/bound-worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    plugins: [notePackages(here, 'preload')],
    build: {
      outDir: 'out/preload',
      rollupOptions: {
        input: { preload: resolve(here, 'src-main/hosts/electron/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve(here, 'src-renderer'),
    plugins: [vue(), notePackages(here, 'renderer')],
    build: {
      outDir: resolve(here, 'out/renderer'),
      emptyOutDir: true,
      rollupOptions: { input: { index: resolve(here, 'src-renderer/index.html') } },
      chunkSizeWarningLimit: 1500,
      // electron-vite leaves it off; the served host sends these files over a tunnel.
      minify: true,
    },
  },
});

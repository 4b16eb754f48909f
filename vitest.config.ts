/** Test projects: everything under Node except the component tests, which have a DOM, and the end-to-end tests, which drive the built app. */
import { join } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

/** Many tests start the program: what it compiles is kept between the starts. */
const env = { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/node-compile') };

const setupFiles = [join(import.meta.dirname, 'test/setup.ts')];

/** Tests of the Electron host, in which a double replaces Electron. */
const replacingModules = ['test/unit/hosts/electron.test.ts', 'test/contract/transports.test.ts'];

/** Tests that start the built command line, command by command. */
const startingCommands = [
  'test/unit/hosts/cli{,-archive,-formats,-nas,-pictures,-read-only,-start}.test.ts',
  'test/unit/hosts/{many-machines,package,repeat-commands,written-files}.test.ts',
];

export default defineConfig({
  test: {
    // Without it Vitest leaves half of the cores to others.
    maxWorkers: '100%',
    // `npm run coverage`: of what runs in the process of the tests. Hosts, run processes and pages in browsers are tested, but not counted.
    coverage: {
      provider: 'v8',
      include: ['src-main/**/*.ts', 'src-shared/**/*.ts', 'src-renderer/**/*.{ts,vue}'],
      exclude: ['src-main/engine/kernel/assembly/**', '**/*.d.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
      reportsDirectory: 'coverage',
    },
    projects: [
      // Its files share their modules: loading these for each of 160 files took more than half of the time. None may leave a trace in
      // what it imports; those that replace modules are in a project of their own.
      {
        test: {
          name: 'node',
          include: ['test/{unit,golden,property,contract}/**/*.test.ts'],
          exclude: [...replacingModules, ...startingCommands],
          isolate: false,
          environment: 'node',
          testTimeout: 180_000,
          hookTimeout: 180_000,
          setupFiles,
          env,
        },
      },
      {
        test: {
          name: 'replacing',
          include: replacingModules,
          environment: 'node',
          testTimeout: 180_000,
          hookTimeout: 180_000,
          setupFiles,
          env,
        },
      },
      {
        test: {
          name: 'commands',
          include: startingCommands,
          isolate: false,
          environment: 'node',
          testTimeout: 180_000,
          hookTimeout: 180_000,
          globalSetup: [join(import.meta.dirname, 'test/fixtures/build-first.ts')],
          setupFiles,
          env,
        },
      },
      {
        plugins: [vue()],
        test: {
          name: 'component',
          include: ['test/component/**/*.test.ts'],
          environment: 'happy-dom',
          testTimeout: 180_000,
          hookTimeout: 180_000,
          setupFiles,
        },
      },
      // Each file has a host, a database and a browser of its own, and waits for them most of the time: two at once.
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers: 2,
          globalSetup: [join(import.meta.dirname, 'test/e2e/browser.ts')],
          expect: { poll: { timeout: 30_000 } },
          setupFiles,
          env,
        },
      },
    ],
  },
});

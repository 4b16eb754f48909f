/** What a year of work costs: opening, listing and caring for a database with 1,000 runs and 5 million chromosomes. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { composeWorkbench } from '#main/compose.ts';
import { nodeSpawner, resourcesDirectory } from '#main/hosts/toolbox.ts';
import { checkDatabase } from '#main/store/database-care.ts';
import { loadMigrations } from '#main/store/migrations.ts';
import { openRecordRepositories } from '#main/store/record.ts';
import { createClient, type Client } from '#shared/contract/client.ts';
import { addManyRuns } from './many-runs.ts';
import type { BenchSection } from './types.ts';

const sizes = {
  full: { runs: 1000, chromosomesPerRun: 5000, generationsPerRun: 50 },
  tiny: { runs: 40, chromosomesPerRun: 20, generationsPerRun: 5 },
};
/** Of each question; the median is told. */
const REPEATS = 9;

export const librarySection: BenchSection = {
  name: 'library',
  async run(benchSize) {
    const many = sizes[benchSize];
    const directory = mkdtempSync(join(tmpdir(), 'tessera-bench-'));
    try {
      const path = join(directory, 'tessera.db');
      const record = openRecordRepositories(path, loadMigrations(join(resourcesDirectory(), 'migrations')));
      addManyRuns(record.database, many);
      record.close();
      const { size } = statSync(path);

      const beforeOpening = performance.now();
      const workbench = composeWorkbench({
        databasePath: path,
        resourcesDirectory: resourcesDirectory(),
        dataDirectory: directory,
        commandLine: 'tessera',
        host: 'cli',
        version: 'bench',
        spawner: nodeSpawner,
        log: pino({ level: 'silent' }),
      });
      const client = createClient({
        invoke: (route, input) => workbench.invoke(route, input),
        subscribe: (listener) => workbench.subscribe((event) => listener(event.name, event.payload)),
      });
      await client.invoke('runs.list', { limit: 100 });
      const openMs = performance.now() - beforeOpening;
      const rows = [{ what: 'open, and the first page of the list', ms: openMs }, ...(await askLists(client))];

      const beforeDeleting = performance.now();
      await client.invoke('runs.deleteTogether', { runIds: Array.from({ length: 20 }, (_, index) => index + 1) });
      rows.push({ what: 'delete 20 runs, until their space is free', ms: performance.now() - beforeDeleting });
      await workbench.close();
      const beforeCheck = performance.now();
      const problems = await checkDatabase(path, () => {});
      rows.push({
        what: `check (${problems.length === 0 ? 'all is well' : problems[0]})`,
        ms: performance.now() - beforeCheck,
      });
      return [
        {
          title: `A library: ${many.runs} runs, ${many.runs * many.chromosomesPerRun} chromosomes, ${(size / 1e6).toFixed(0)} MB`,
          note: `Through the contract, its checks included; lists: the median of ${REPEATS}. 20 runs: ${((size - statSync(path).size) / 1e6).toFixed(0)} MB given back.`,
          rows,
        },
      ];
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

async function askLists(client: Client): Promise<{ what: string; ms: number }[]> {
  const page = { limit: 100 };
  const questions: [string, () => Promise<unknown>][] = [
    ['list: newest 100', () => client.invoke('runs.list', page)],
    [
      'list: 100 by makespan, from the middle',
      () => client.invoke('runs.list', { ...page, offset: 500, sort: { by: 'makespanMs', direction: 'ascending' } }),
    ],
    ['list: 100 by words', () => client.invoke('runs.list', { ...page, text: 'run seed paper' })],
    [
      'list: 100 by scenario, tag and bounds',
      () =>
        client.invoke('runs.list', {
          ...page,
          scenario: 'scenario-0',
          tags: ['paper'],
          bounds: { makespanMs: { max: 150 } },
        }),
    ],
    ['overview: count, best figures, groups', () => client.invoke('runs.overview', { groupBy: 'tag' })],
    ['facets', () => client.invoke('runs.facets', {})],
    ['ids of all', () => client.invoke('runs.ids', {})],
  ];
  const rows: { what: string; ms: number }[] = [];
  for (const [what, ask] of questions) {
    const times: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const before = performance.now();
      await ask();
      times.push(performance.now() - before);
    }
    rows.push({ what, ms: times.sort((a, b) => a - b)[Math.floor(REPEATS / 2)] });
  }
  return rows;
}

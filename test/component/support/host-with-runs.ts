/** A host for component tests with a preset scenario, a demo, two schedulers and three recorded runs. */
import type { DocumentEntry } from '#shared/contract/document-shapes.ts';
import type { DocumentSummary } from '#shared/contract/shapes.ts';
import { aRun, aDetail, gaSummary, scenario } from './run-fixtures.ts';
import { HostDouble } from './host-double.ts';
import { answerLists } from './run-list-double.ts';

export const scenarioJson = JSON.parse(JSON.stringify(scenario)) as Record<string, unknown>;
const summary = {
  kind: 'scenario',
  id: 'small',
  name: 'Small scenario',
  description: 'Two applications',
  origin: 'preset',
  revision: 1,
} as const;
/** A document as the library lists it: without tags, used by nobody. */
export const aDocumentEntry = (document: DocumentSummary): DocumentEntry => ({
  summary: document,
  tags: [],
  scenarios: [],
  runs: 0,
});

/** Newest first. */
export const runs = [
  aRun({ id: 3, name: 'Third', status: 'failed', scheduler: 'random', tags: ['figure-4'] }),
  aRun({ id: 2, name: 'Second', starred: true }),
  aRun({ id: 1, name: 'First, "quoted"', bestFitness: 0.9 }),
];

export function aHostWithRuns(): HostDouble {
  return new HostDouble({
    ...answerLists(() => runs),
    'runs.get': ({ runId }) => aDetail(runs.find((run) => run.id === runId)!),
    'runs.start': ({ name }) => ({ run: aRun({ id: 9, name: name ?? 'unnamed', status: 'queued' }) }),
    'schedulers.list': () => ({ schedulers: [gaSummary, { ...gaSummary, id: 'random', name: 'Random search' }] }),
    'documents.overview': ({ kind }) => ({
      entries: [summary].filter((each) => each.kind === kind).map(aDocumentEntry),
    }),
    'documents.get': () => ({ summary, document: scenarioJson }),
    'scenarios.resolve': () => ({ scenario: scenarioJson, remarks: [] }),
    'demos.list': () => ({
      demos: [
        {
          id: 'small',
          name: 'Small demo',
          description: 'Watch it',
          opens: 'run',
          scenario: 'small',
          configuration: { scheduler: 'ga', seed: 42, options: {} },
        },
      ],
    }),
    'app.info': () => ({
      version: '0.1.0',
      engineVersion: '1',
      host: 'served',
      databasePath: '/data/tessera.db',
      nodeVersion: '24.0.0',
      commandLine: 'tessera',
      databaseArguments: [],
    }),
    'database.info': () => ({
      path: '/data/tessera.db',
      sizeBytes: 5_000_000,
      logBytes: 0,
      freeBytes: 0,
      diskBytes: 1e11,
      runs: 3,
      recordedBytes: 12_288,
      format: 7,
      backupPath: '/data/tessera-backup-2026-11-21.db',
      hasDialog: false,
    }),
    'doctor.report': () => ({
      checks: [
        { name: 'SQLite', status: 'ok', detail: '3.50' },
        { name: 'Electron', status: 'missing', detail: 'not installed', hint: 'npm start fetches it' },
      ],
    }),
  }).install();
}

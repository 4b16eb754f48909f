/** One suite for every transport: each route's good and bad input, typed arrays, errors and events cross the same way everywhere. */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createClient, type Client, type Transport } from '#shared/contract/client.ts';
import type { RouteInput, RouteName, RouteOutput } from '#shared/contract/routes.ts';
import type { RunSummary } from '#shared/contract/shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { inProcessTransport } from '#main/hosts/in-process-transport.ts';
import { createBridgeTransport, type TesseraBridge } from '#renderer/api/bridge-transport.ts';
import { anExecution } from '#test/fixtures/execution.ts';
import {
  aBuiltRenderer,
  aServedHost,
  aWorkbench,
  connect,
  fakeAgentCommand,
  signIn,
  temporaryDirectory,
} from '#test/doubles/hosts.ts';

interface OpenTransport {
  readonly transport: Transport;
  close(): Promise<void>;
}

const transports: Readonly<Record<string, (directory: string) => Promise<OpenTransport>>> = {
  'in process': async (directory) => {
    const workbench = aWorkbench(directory);
    return { transport: inProcessTransport(workbench), close: () => workbench.close() };
  },
  WebSocket: async (directory) => {
    const workbench = aWorkbench(directory);
    const host = await aServedHost(workbench, directory);
    const transport = connect(() => host, await signIn(host));
    return {
      transport,
      async close() {
        transport.close();
        await host.close();
        await workbench.close();
      },
    };
  },
  Electron: async (directory) => {
    vi.stubEnv('TESSERA_DB', `${directory}/tessera.db`);
    vi.stubEnv('XDG_DATA_HOME', directory);
    vi.resetModules();
    vi.doMock('electron', () => import('#test/doubles/electron.ts'));
    vi.doMock('#main/hosts/product.ts', async (original) => ({
      ...(await original<object>()),
      rendererDirectory: () => aBuiltRenderer(directory),
      desktopAgentCommand: () => fakeAgentCommand,
    }));
    const { app, world } = await import('#test/doubles/electron.ts');
    await import('#main/hosts/electron/preload.ts');
    await import('#main/hosts/electron/main.ts');
    await vi.waitFor(() => expect(world.page['tessera']).toBeDefined());
    await new Promise((resolve) => setImmediate(resolve)); // the app is ready
    return {
      transport: createBridgeTransport(world.page['tessera'] as TesseraBridge),
      async close() {
        app.quit();
        await vi.waitFor(() => expect(world.exitCode).toBe(0));
        vi.unstubAllEnvs();
      },
    };
  },
};

/** What the happy paths have in common. */
interface Setting {
  readonly client: Client;
  /** A finished run. */
  readonly finished: number;
  /** A run that searches until it is told to stop. */
  readonly endless: number;
}

interface Example<Name extends RouteName> {
  input(setting: Setting): RouteInput<Name> | Promise<RouteInput<Name>>;
  /** Told apart from `input` by the route's schema. */
  readonly bad: unknown;
  check(output: RouteOutput<Name>, setting: Setting): void | Promise<void>;
}

const own = { schemaVersion: 1, id: 'own-board', processors: [{ id: 'cpu', kind: 'cpu' }] };
const notARun = { runId: 0 };
const configuration = { scheduler: 'ga', seed: 7, options: { populationSize: 12, generations: 6 } };

/** In this order: what deletes comes after what reads. A route without an example does not compile. */
const examples: { readonly [Name in RouteName]: Example<Name> } = {
  'app.info': {
    input: () => ({}),
    bad: 'nothing',
    check: (info) =>
      expect(info).toMatchObject({
        nodeVersion: process.versions.node,
        databasePath: expect.stringMatching(/tessera\.db$/),
      }),
  },
  'database.info': {
    input: () => ({}),
    bad: [],
    check: ({ path, runs }) => expect([basename(path), runs > 0]).toEqual(['tessera.db', true]),
  },
  'database.check': { input: () => ({}), bad: 'all', check: ({ problems }) => expect(problems).toEqual([]) },
  'database.backup': {
    input: async ({ client }) => ({ path: `${(await client.invoke('database.info', {})).path}.copy` }),
    bad: { path: '' },
    check: ({ path, sizeBytes }) => expect(statSync(path).size).toBe(sizeBytes),
  },
  'database.cancel': { input: () => ({}), bad: 1, check: (nothing) => expect(nothing).toEqual({}) },
  'database.choosePath': {
    input: () => ({ path: '/backup.db' }),
    bad: {},
    check: ({ path }) => expect([null, '/chosen.db']).toContain(path),
  },
  'doctor.report': {
    input: () => ({}),
    bad: 3,
    check: ({ checks }) => expect(checks.find((check) => check.name === 'Database')).toMatchObject({ status: 'ok' }),
  },
  'settings.get': {
    input: () => ({}),
    bad: 1,
    check: ({ settings }) => expect(settings).toEqual({ theme: 'system', isRailCollapsed: false }),
  },
  'settings.set': {
    input: () => ({ theme: 'dark' }),
    bad: { theme: 'pink' },
    check: async ({ settings }, { client }) => {
      expect(settings).toEqual({ theme: 'dark', isRailCollapsed: false });
      expect((await client.invoke('settings.get', {})).settings).toEqual(settings);
      await client.invoke('settings.set', { theme: 'system' }); // the three transports share a data folder
    },
  },
  'commands.confirm': {
    input: () => ({ command: ['python3', 'mine.py'], folder: '/home/me' }),
    bad: { command: [] },
    check: async (_, { client }) =>
      expect((await client.invoke('commands.list', {})).commands).toContainEqual({
        command: ['python3', 'mine.py'],
        folder: '/home/me',
      }),
  },
  'commands.list': {
    input: () => ({}),
    bad: 1,
    check: ({ commands }) => expect(commands.map(({ command }) => command[0])).toContain('python3'),
  },
  'commands.forget': {
    input: () => ({ command: ['python3', 'mine.py'], folder: '/home/me' }),
    bad: { command: 'python3' },
    check: async (_, { client }) => expect((await client.invoke('commands.list', {})).commands).toEqual([]),
  },
  'documents.list': {
    input: () => ({ kind: 'scenario' }),
    bad: { kind: 'run' },
    check: ({ documents }) => expect(documents.map((document) => document.id)).toContain('simple'),
  },
  'documents.get': {
    input: () => ({ kind: 'platform', id: 'simple' }),
    bad: { kind: 'platform' },
    check: ({ summary, document }) => expect([summary.origin, document['id']]).toEqual(['preset', 'simple']),
  },
  'documents.save': {
    input: () => ({ kind: 'platform', document: own }),
    bad: { kind: 'platform', document: 'simple' },
    check: ({ summary }) => expect(summary).toMatchObject({ id: 'own-board', origin: 'user', revision: 1 }),
  },
  'documents.overview': {
    input: () => ({ kind: 'platform' }),
    bad: {},
    check: ({ entries }) =>
      expect(entries.find(({ summary }) => summary.id === 'own-board')).toMatchObject({
        runs: 0,
        scenarios: [],
        facts: { kind: 'platform', processors: [{ id: 'cpu', coreCount: 1 }] },
      }),
  },
  'documents.revisions': {
    input: () => ({ kind: 'platform', id: 'own-board' }),
    bad: { id: 'own-board' },
    check: ({ revisions }) => expect(revisions.map(({ revision }) => revision)).toEqual([1]),
  },
  'documents.usedBy': {
    input: () => ({ kind: 'platform', id: 'simple' }),
    bad: { kind: 'platform' },
    check: ({ scenarios, latestRuns }, { finished }) =>
      expect([scenarios.map(({ id }) => id), latestRuns.map(({ id }) => id)]).toEqual([
        expect.arrayContaining(['simple']),
        expect.arrayContaining([finished]),
      ]),
  },
  'documents.setTags': {
    input: () => ({ kind: 'platform', id: 'simple', tags: ['phone', 'b', 'phone'] }),
    bad: { kind: 'platform', id: 'simple', tags: [''] },
    check: ({ tags }) => expect(tags).toEqual(['b', 'phone']),
  },
  'documents.delete': {
    input: () => ({ kind: 'platform', id: 'own-board' }),
    bad: { kind: 'platform', id: 7 },
    check: async (_, { client }) =>
      expect(await codeOf(client.invoke('documents.get', { kind: 'platform', id: 'own-board' }))).toBe(
        'document.unknown',
      ),
  },
  'documents.saveTogether': {
    input: () => ({ documents: [{ kind: 'platform', document: { ...own, id: 'second-board' } }] }),
    bad: { documents: [] },
    check: ({ summaries }) => expect(summaries.map(({ id }) => id)).toEqual(['second-board']),
  },
  'formats.list': {
    input: () => ({}),
    bad: 0,
    check: ({ formats }) =>
      expect(formats.find(({ id }) => id === 'csv')).toMatchObject({ imports: ['network'], exports: ['network'] }),
  },
  'documents.import': {
    input: () => ({ files: [{ name: 'own.csv', bytes: new TextEncoder().encode('id,op,time:cpu\nstem,Conv,2\n') }] }),
    bad: { files: [{ name: 'own.csv', bytes: 'id,op' }] },
    check: ({ outcomes }) =>
      expect(outcomes).toMatchObject([
        { status: 'read', format: 'csv', documents: [{ kind: 'network', document: { id: 'own' } }], saved: [] },
      ]),
  },
  'documents.export': {
    input: () => ({ kind: 'platform', id: 'simple', format: 'json' }),
    bad: { kind: 'platform', id: 'simple' },
    check: async ({ files }, { client }) =>
      expect(JSON.parse(new TextDecoder().decode(files[0]!.bytes))).toEqual(
        (await client.invoke('documents.get', { kind: 'platform', id: 'simple' })).document,
      ),
  },
  'scenarios.resolve': {
    input: () => ({ scenario: 'simple' }),
    bad: { scenario: '' },
    check: ({ scenario, remarks }) =>
      expect([scenario['platform'], remarks]).toEqual([expect.objectContaining({ id: 'simple' }), []]),
  },
  'platforms.coverage': {
    input: () => ({ platform: 'hikey970' }),
    bad: { platform: 3 },
    check: ({ networks }) =>
      expect(networks.find(({ network }) => network === 'alexnet')).toMatchObject({
        layers: 14,
        timed: 0,
        modelled: 14,
        nowhere: 0,
        remarks: [],
      }),
  },
  'demos.list': {
    input: () => ({}),
    bad: [],
    check: ({ demos }) => expect(demos.map((demo) => demo.id)).toEqual(expect.arrayContaining(['simple', 'multi'])),
  },
  'schedulers.list': {
    input: () => ({}),
    bad: undefined,
    check: ({ schedulers }) =>
      expect(schedulers.find(({ id }) => id === 'ga')?.optionsSchema).toHaveProperty(
        'properties.populationSize.default',
      ),
  },
  'runs.start': {
    input: () => ({ scenario: 'simple', configuration, name: 'started' }),
    bad: { scenario: 'simple', configuration: { scheduler: 'ga', seed: -1 } },
    check: async ({ run }, { client }) => {
      expect(run).toMatchObject({ name: 'started', scheduler: 'ga', seed: 7 });
      await client.invoke('runs.cancel', { runId: run.id });
    },
  },
  'runs.list': {
    input: () => ({ limit: 10 }),
    bad: { limit: 0 },
    check: ({ runs, total }) => expect(runs).toHaveLength(total),
  },
  'runs.ids': {
    input: ({ finished }) => ({ scenario: ['simple'], status: 'finished', ids: [finished] }),
    bad: { sort: { by: 'colour', direction: 'ascending' } },
    check: ({ ids }, { finished }) => expect(ids).toEqual(Uint32Array.of(finished)),
  },
  'runs.overview': {
    input: ({ finished }) => ({ groupBy: 'scenario', ids: [finished] }),
    bad: { groupBy: 'colour' },
    check: ({ total, groups }) =>
      expect([total, groups]).toEqual([
        1,
        [{ key: 'simple', title: expect.any(String) as string, count: 1, figures: expect.any(Object) as object }],
      ]),
  },
  'runs.facets': {
    input: () => ({}),
    bad: [],
    check: ({ total, schedulers }) => expect(schedulers.reduce((sum, { count }) => sum + count, 0)).toBe(total),
  },
  'runs.get': {
    input: ({ finished }) => ({ runId: finished }),
    bad: notARun,
    check: ({ run, best }) => expect([run.status, best?.fitness]).toEqual(['finished', run.bestFitness]),
  },
  'runs.baseline': {
    input: ({ finished }) => ({ runId: finished, baseline: 'heft' }),
    bad: { runId: 1, baseline: 'best' },
    check: ({ baseline }) => expect([baseline.name, baseline.metrics.makespanMs > 0]).toEqual(['HEFT', true]),
  },
  'runs.frequencyBound': {
    input: ({ finished }) => ({ runId: finished }),
    bad: notARun,
    // Nothing in that run's scenario has a period or a deadline.
    check: ({ bound }) => expect(bound).toBeNull(),
  },
  'runs.recordExecution': {
    input: ({ finished }) => ({ runId: finished, chromosomeId: 0, execution: anExecution }),
    bad: { runId: 1, chromosomeId: 0, execution: { predictedMs: 'soon' } },
    check: ({ id }) => expect(id).toBeGreaterThan(0),
  },
  'runs.generations': {
    input: ({ finished }) => ({ runId: finished, from: 2 }),
    bad: { runId: 1, from: -1 },
    check: ({ from, length, bestFitness }) => {
      expect([from, length, bestFitness.length]).toEqual([2, 4, 4]);
      expect(bestFitness).toBeInstanceOf(Float64Array);
      expect([...bestFitness]).toEqual([...bestFitness].sort((a, b) => a - b)); // elitism: the best never gets worse
    },
  },
  'runs.population': {
    input: ({ finished }) => ({ runId: finished, generation: 5 }),
    bad: { runId: 1, generation: 1.5 },
    check: ({ members, chromosomes }) => {
      expect(members).toBeInstanceOf(Uint32Array);
      expect(members).toHaveLength(12);
      expect(new Set(members)).toEqual(new Set(chromosomes.map(({ id }) => id)));
    },
  },
  'runs.chromosome': {
    input: ({ finished }) => ({ runId: finished, chromosomeId: 0 }),
    bad: { runId: 1 },
    check: ({ chromosome }) => {
      expect(Object.getPrototypeOf(chromosome.genes)).toBe(Uint8Array.prototype);
      expect(chromosome).toMatchObject({ id: 0, bornInGeneration: 0, parents: [] });
    },
  },
  'runs.export': {
    input: ({ finished }) => ({ runId: finished, format: 'prism-schedule' }),
    bad: { runId: 1, format: '' },
    check: ({ files }) =>
      expect(Object.keys(JSON.parse(new TextDecoder().decode(files[0]!.bytes)))).toEqual([
        'start_times',
        'end_times',
        'computing_cores',
        'computing_ids',
        'map',
      ]),
  },
  'replay.window': {
    input: ({ finished }) => ({ runId: finished, from: 4, length: 8 }),
    bad: { runId: 1, from: 0, length: 0 },
    check: ({ from, length, members, memberOffsets, chromosomes }) => {
      expect([from, length, memberOffsets[2], members.length]).toEqual([4, 2, 24, 24]);
      expect([...chromosomes.ids]).toEqual([...new Set(members)].sort((a, b) => a - b));
    },
  },
  'replay.bests': {
    input: ({ finished }) => ({ runId: finished }),
    bad: { runId: 1, from: -1 },
    check: async ({ ids, fitness }, { client, finished }) => {
      const { run, bestChromosomeId } = await client.invoke('runs.get', { runId: finished });
      expect(fitness[ids.indexOf(bestChromosomeId!)]).toBe(run.bestFitness);
    },
  },
  'replay.ancestry': {
    input: ({ finished }) => ({ runId: finished, chromosomeId: 0 }),
    bad: { runId: 1, chromosomeId: 0, limit: 0 },
    check: ({ chromosomes, isTruncated }) => expect([[...chromosomes.ids], isTruncated]).toEqual([[0], false]),
  },
  'replay.mutations': {
    input: ({ finished }) => ({ runId: finished, spans: 2 }),
    bad: { runId: 1, spans: 0 },
    check: ({ generations, spanLength, loci, counts }) =>
      expect(counts.length).toBe(Math.ceil(generations / spanLength) * loci),
  },
  'pareto.front': {
    input: ({ finished }) => ({ runId: finished, objectives: ['makespanMs', 'energyMJ'] }),
    bad: { runId: 1, objectives: ['speed'] },
    check: ({ ids, metrics }) => {
      const points = Array.from(ids, (_, row) => [metrics[row * 5], metrics[row * 5 + 2]]);
      expect(points.length).toBeGreaterThan(0);
      for (const [x, y] of points) expect(points.filter(([a, b]) => a <= x && b <= y)).toHaveLength(1);
    },
  },
  'devices.describe': {
    input: () => ({}),
    bad: { host: 5 },
    check: ({ machine, elements, platformId, isSaved, canSetUp }) => {
      expect([machine.model, platformId, isSaved, canSetUp]).toEqual(['Made-up core', 'device-test', false, true]);
      expect(elements.map(({ id }) => id)).toEqual(['cpu0', 'cpu1']);
      expect(machine.readings.temperaturesC).toBeNull();
    },
  },
  'devices.start': {
    input: () => ({ work: { kind: 'profile', networks: ['squeezenet-1.1'], depth: 'whole' } }),
    bad: { work: { kind: 'burn' } },
    check: ({ job }) => expect([job.id, job.status, job.work.kind]).toEqual([1, 'running', 'profile']),
  },
  'devices.jobs': {
    input: () => ({}),
    bad: [],
    check: ({ jobs }) => expect(jobs.map(({ id }) => id)).toEqual([1]),
  },
  'devices.cancel': {
    input: () => ({ jobId: 1 }),
    bad: { jobId: 'all' },
    check: ({ job }) => expect(['cancelled', 'finished']).toContain(job.status),
  },
  'sweeps.start': {
    input: () => ({
      sweep: { name: 'two seeds', scenarios: ['simple'], schedulers: [{ scheduler: 'npu_first' }], seeds: [1, 2] },
    }),
    bad: { sweep: 'simple' },
    check: ({ sweep, runs }) =>
      expect([sweep.id, sweep.name, runs.map(({ run }) => run.seed)]).toEqual([1, 'two seeds', [1, 2]]),
  },
  'sweeps.list': {
    input: () => ({}),
    bad: [],
    check: ({ sweeps }) => expect(sweeps.map(({ name, runs }) => [name, runs])).toEqual([['two seeds', 2]]),
  },
  'sweeps.get': {
    input: () => ({ sweepId: 1 }),
    bad: { sweepId: 0 },
    check: ({ document }) => expect(document).toMatchObject({ scenarios: ['simple'], seeds: [1, 2] }),
  },
  'sweeps.cancel': { input: () => ({ sweepId: 1 }), bad: {}, check: ({ sweep }) => expect(sweep.ended).toBe(2) },
  'sweeps.delete': {
    input: () => ({ sweepId: 1 }),
    bad: {},
    check: async (_, { client }) => expect((await client.invoke('sweeps.list', {})).sweeps).toEqual([]),
  },
  'comparisons.save': {
    input: () => ({ name: 'Seeds', address: '/compare/1~2' }),
    bad: { name: 'Elsewhere', address: 'https://example.org/' },
    check: ({ comparison }) => expect(comparison).toMatchObject({ id: 1, name: 'Seeds', address: '/compare/1~2' }),
  },
  'comparisons.list': {
    input: () => ({}),
    bad: [],
    check: ({ comparisons }) => expect(comparisons.map(({ name }) => name)).toEqual(['Seeds']),
  },
  'comparisons.delete': {
    input: () => ({ comparisonId: 1 }),
    bad: { comparisonId: 'one' },
    check: async (_, { client }) => expect((await client.invoke('comparisons.list', {})).comparisons).toEqual([]),
  },
  'runs.pace': {
    input: ({ endless }) => ({ runId: endless, generationsPerS: 1000 }),
    bad: { runId: 1, generationsPerS: 0 },
    check: async (_, { client, endless }) => {
      const paces: unknown[] = [];
      const stop = client.on('run.progress', ({ runId, paceGenerationsPerS }) =>
        paces.push(runId === endless ? paceGenerationsPerS : undefined),
      );
      await vi.waitFor(() => expect(paces).toContain(1000));
      stop();
    },
  },
  'runs.pause': {
    input: ({ endless }) => ({ runId: endless }),
    bad: notARun,
    check: ({ status }) => expect(status).toBe('paused'),
  },
  'runs.resume': {
    input: ({ endless }) => ({ runId: endless }),
    bad: notARun,
    check: ({ status }) => expect(status).toBe('running'),
  },
  'runs.moveToFront': {
    input: async ({ client }) => {
      // As many as there are places for, and one that waits.
      for (;;) {
        const { run } = await client.invoke('runs.start', {
          scenario: 'simple',
          configuration: { ...configuration, options: { generations: 100_000, populationSize: 50 } },
          name: 'waits',
        });
        if (run.status === 'queued') return { runId: run.id };
      }
    },
    bad: notARun,
    check: async ({ run }, { client }) => {
      expect(run).toMatchObject({ status: 'queued', queuePosition: 1 });
      const { runs } = await client.invoke('runs.list', { text: 'waits' });
      await Promise.all(runs.map(({ id }) => client.invoke('runs.cancel', { runId: id })));
    },
  },
  'runs.cancel': {
    input: ({ endless }) => ({ runId: endless }),
    bad: notARun,
    check: ({ status }) => expect(status).toBe('cancelled'),
  },
  'runs.update': {
    input: ({ finished }) => ({ runId: finished, starred: true, tags: ['good'] }),
    bad: { runId: 1, starred: 'yes' },
    check: ({ run }) => expect(run).toMatchObject({ starred: true, tags: ['good'] }),
  },
  'runs.updateTogether': {
    input: ({ finished, endless }) => ({ runIds: [finished, endless, 999], addTags: ['both'] }),
    bad: { runIds: [] },
    check: ({ changed }) => expect(changed).toBe(2),
  },
  'runs.deleteTogether': {
    input: () => ({ runIds: [999] }),
    bad: { runIds: [0] },
    check: async (none, { client }) => {
      const { run } = await client.invoke('runs.start', {
        scenario: 'simple',
        configuration: { ...configuration, options: { generations: 100_000, populationSize: 50 } },
      });
      expect([none, await client.invoke('runs.deleteTogether', { runIds: [run.id] })]).toEqual([
        { deleted: 0, active: [] },
        { deleted: 0, active: [run.id] },
      ]);
      await client.invoke('runs.cancel', { runId: run.id });
      expect(await client.invoke('runs.deleteTogether', { runIds: [run.id] })).toEqual({ deleted: 1, active: [] });
    },
  },
  'runs.exportArchive': {
    input: ({ finished }) => ({ runIds: [finished] }),
    bad: { runIds: [] },
    check: ({ bytes, next, share }) => {
      expect(new TextDecoder().decode(bytes.subarray(0, 16))).toBe('tessera-archive\n');
      expect([next, share]).toEqual([undefined, 1]);
    },
  },
  'runs.importBegin': {
    input: () => ({}),
    bad: 'nothing',
    check: async ({ importId }, { client }) => void (await client.invoke('runs.importCancel', { importId })),
  },
  'runs.importPiece': {
    input: async ({ client }) => ({
      ...(await client.invoke('runs.importBegin', {})),
      bytes: new TextEncoder().encode('tessera-'),
    }),
    bad: { importId: 'x', bytes: 'text' },
    check: ({ share }) => expect(share).toBe(0),
  },
  'runs.importEnd': {
    async input({ client, finished }) {
      const [{ bytes }, begun] = await Promise.all([
        client.invoke('runs.exportArchive', { runIds: [finished] }),
        client.invoke('runs.importBegin', {}),
      ]);
      expect(await client.invoke('runs.importPiece', { ...begun, bytes })).toEqual({ share: 1 });
      return begun;
    },
    bad: {},
    check: async ({ runs }, { client, finished }) => {
      const original = await client.invoke('runs.get', { runId: finished });
      const { run, origin } = await client.invoke('runs.get', { runId: runs[0]!.id });
      expect([run, origin]).toMatchObject([{ ...original.run, id: run.id }, { originalId: finished }]);
      await client.invoke('runs.delete', { runId: run.id });
    },
  },
  'runs.importCancel': {
    input: ({ client }) => client.invoke('runs.importBegin', {}),
    bad: { importId: '' },
    check: (output) => expect(output).toEqual({}),
  },
  'database.compact': {
    input: () => ({}),
    bad: 1,
    check: ({ beforeBytes, afterBytes }) => expect(afterBytes).toBeLessThanOrEqual(beforeBytes),
  },
  'database.move': {
    input: async ({ client }) => ({ path: `${(await client.invoke('database.info', {})).path}.new` }),
    bad: { path: 7 },
    check: async ({ path }, { client, finished }) => {
      expect([
        (await client.invoke('app.info', {})).databasePath,
        (await client.invoke('runs.get', { runId: finished })).run.status,
      ]).toEqual([path, 'finished']);
    },
  },
  'runs.delete': {
    input: ({ finished }) => ({ runId: finished }),
    bad: notARun,
    check: async (_, { client, finished }) =>
      expect(await codeOf(client.invoke('runs.get', { runId: finished }))).toBe('run.unknown'),
  },
};

describe.each(Object.entries(transports))('over %s', (_, open) => {
  const directory = temporaryDirectory();
  let opened: OpenTransport;
  let setting: Setting;
  const progress: { readonly generation: number; readonly genes: unknown; readonly seriesType: unknown }[] = [];

  beforeAll(async () => {
    opened = await open(directory.path);
    const client = createClient(opened.transport);
    client.on('run.progress', ({ generation, best, series }) =>
      progress.push({ generation, genes: best?.genes, seriesType: series.bestFitness.constructor }),
    );
    const finished = await runToEnd(client);
    const { run } = await client.invoke('runs.start', {
      scenario: 'simple',
      configuration: { ...configuration, options: { generations: 100_000, populationSize: 50 } },
    });
    await until(client, run.id, ({ status, generations }) => status === 'running' && generations > 0);
    setting = { client, finished, endless: run.id };
  });

  afterAll(async () => {
    await opened.close();
    directory.remove();
  });

  test.each(Object.keys(examples))('%s does what it says', async (name) => {
    const example = examples[name as RouteName] as Example<RouteName>;
    const output = await setting.client.invoke(name as RouteName, await example.input(setting));
    expect(output).toBeTypeOf('object');
    await example.check(output as never, setting);
  });

  test.each(Object.entries(examples))(
    '%s refuses bad input with the field and what was expected',
    async (name, { bad }) => {
      const error = await errorOf(opened.transport.invoke(name, bad));
      expect(error).toMatchObject({ code: 'input.invalid', message: expect.stringMatching(/^input/) });
      expect(error.details[0]).toMatchObject({ expected: expect.stringMatching(/./) });
    },
  );

  test('an unknown route is refused with the nearest one', async () => {
    const error = await errorOf(opened.transport.invoke('runs.lst', {}));
    expect(error).toMatchObject({ code: 'contract.unknownRoute', hint: 'did you mean "runs.list"?' });
  });

  test.each(['__proto__', 'constructor', 'toString', ''])(
    'the route "%s" does not reach into the host',
    async (name) => {
      expect(await codeOf(opened.transport.invoke(name, {}))).toBe('contract.unknownRoute');
    },
  );

  test('an error keeps code, message, hint and the path of each issue', async () => {
    const document = {
      ...own,
      id: 'broken',
      processors: [
        { id: 'cpu', kind: 'cpu', coreCount: -2 },
        { id: 'npu', kind: 'nqu' },
      ],
    };
    const error = await errorOf(opened.transport.invoke('documents.save', { kind: 'platform', document }));
    expect(error).toBeInstanceOf(WorkbenchError);
    expect(error.code).toBe('platform.invalid');
    expect(error.details.map((issue) => issue.path)).toEqual([
      ['processors', 0, 'coreCount'],
      ['processors', 1, 'kind'],
    ]);
    expect(error.details[1]).toMatchObject({ value: '"nqu"', hint: 'did you mean "npu"?' });
  });

  test('progress events arrive with typed arrays', () => {
    expect(progress.length).toBeGreaterThan(0);
    for (const { genes, seriesType } of progress) {
      expect(Object.getPrototypeOf(genes)).toBe(Uint8Array.prototype);
      expect(seriesType).toBe(Float64Array);
    }
  });

  test('a listener that was taken away hears nothing more', async () => {
    const heard: string[] = [];
    const stop = setting.client.on('run.deleted', () => heard.push('first'));
    setting.client.on('run.deleted', () => heard.push('second'));
    const runId = await runToEnd(setting.client);
    stop();
    await setting.client.invoke('runs.delete', { runId });
    await vi.waitFor(() => expect(heard).toEqual(['second']));
  });
});

async function runToEnd(client: Client): Promise<number> {
  const { run } = await client.invoke('runs.start', { scenario: 'simple', configuration });
  await until(client, run.id, ({ status }) => status === 'finished');
  return run.id;
}

/** Waits for a run to be as `isReached` says; asks, because an event may have come before. */
async function until(client: Client, runId: number, isReached: (run: RunSummary) => boolean): Promise<void> {
  await vi.waitFor(async () => expect(isReached((await client.invoke('runs.get', { runId })).run)).toBe(true), {
    timeout: 30_000,
    interval: 20,
  });
}

async function errorOf(request: Promise<unknown>): Promise<WorkbenchError> {
  try {
    await request;
  } catch (error) {
    if (error instanceof WorkbenchError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

async function codeOf(request: Promise<unknown>): Promise<string> {
  return (await errorOf(request)).code;
}

/** One handler for each route of the contract: which service does it. */
import type { DoctorCheck } from '#shared/contract/shapes.ts';
import type { Handlers, RouteOutput } from '#shared/contract/routes.ts';
import { describeSchedulers } from '../engine/schedulers/index.ts';
import { describeFormats } from '../formats/index.ts';
import type { Presets } from '../formats/presets.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { ArchiveService } from './archives/archive-service.ts';
import type { ComparisonRepository } from '../store/comparison-repository.ts';
import type { DatabaseService } from './database/database-service.ts';
import type { Documents } from './documents/document-library.ts';
import type { ImportService } from './documents/import-service.ts';
import type { ReplayService } from './runs/replay-service.ts';
import type { RunService } from './runs/run-service.ts';
import type { RemoteRuns } from './remote/remote-runs.ts';
import type { RunSupervisor } from './runs/run-supervisor.ts';
import type { SweepService } from './runs/sweep-service.ts';
import type { EventHub } from './event-hub.ts';
import type { ConfirmedCommands } from './confirmed-commands.ts';
import type { DeviceService } from './devices/device-service.ts';
import type { SettingsFile } from './settings-file.ts';

export interface HandlerServices {
  readonly appInfo: () => RouteOutput<'app.info'>;
  readonly examine: () => DoctorCheck[] | Promise<DoctorCheck[]>;
  readonly database: DatabaseService;
  readonly settings: SettingsFile;
  readonly commands: ConfirmedCommands;
  readonly events: EventHub;
  readonly presets: Presets;
  readonly documents: Documents;
  readonly imports: ImportService;
  readonly runs: RunService;
  readonly replay: ReplayService;
  readonly sweeps: SweepService;
  readonly devices: DeviceService;
  readonly comparisons: ComparisonRepository;
  readonly archives: ArchiveService;
  readonly supervisor: RunSupervisor;
  readonly remote: RemoteRuns;
  readonly isClosing: () => boolean;
}

export function createHandlers({
  appInfo,
  examine,
  database,
  settings,
  commands,
  events,
  presets,
  documents,
  imports,
  runs,
  replay,
  sweeps,
  devices,
  comparisons,
  archives,
  supervisor,
  remote,
  isClosing,
}: HandlerServices): Handlers {
  return {
    'app.info': appInfo,
    'doctor.report': async () => ({ checks: await examine() }),
    'database.info': () => database.facts(),
    'database.check': async () => ({ problems: await database.check() }),
    'database.backup': ({ path }) => database.backUp(path),
    'database.compact': () => database.compact(),
    'database.move': ({ path }) => database.move(path),
    'database.cancel': async () => {
      await database.cancel();
      return {};
    },
    'database.choosePath': ({ path }) => database.choosePath(path),
    'settings.get': () => ({ settings: settings.read() }),
    'settings.set': (changes) => {
      const changed = settings.change(changes);
      events.emit({ name: 'settings.changed', payload: { settings: changed } });
      return { settings: changed };
    },

    'commands.list': () => ({ commands: commands.list() }),
    'commands.confirm': (command) => {
      commands.confirm(command);
      return {};
    },
    'commands.forget': (command) => {
      commands.forget(command);
      return {};
    },

    'documents.list': ({ kind }) => ({ documents: documents.list(kind) }),
    'documents.overview': ({ kind }) => ({ entries: documents.overview(kind) }),
    'documents.get': ({ kind, id, revision }) => documents.get(kind, id, revision),
    'documents.revisions': ({ kind, id }) => ({ revisions: documents.revisions(kind, id) }),
    'documents.usedBy': ({ kind, id }) => documents.usedBy(kind, id),
    'documents.setTags': ({ kind, id, tags }) => ({ tags: documents.setTags(kind, id, tags) }),
    'documents.save': ({ kind, document, basedOn }) => ({ summary: documents.save(kind, document, basedOn) }),
    'documents.delete': ({ kind, id, evenIfUsed }) => {
      documents.delete(kind, id, evenIfUsed);
      return {};
    },
    'documents.saveTogether': ({ documents: several }) => ({ summaries: documents.saveTogether(several) }),
    'formats.list': () => ({ formats: describeFormats() }),
    'documents.import': async ({ files, format, options, save }) => ({
      outcomes: await imports.import(files, { format, options }, save),
    }),
    'documents.export': ({ kind, id, format, options }) => imports.exportDocument(kind, id, format, options),
    'scenarios.resolve': ({ scenario: reference }) => {
      const { scenario, remarks } = documents.examine(reference);
      return { scenario: { ...scenario }, remarks: [...remarks] };
    },
    'platforms.coverage': ({ platform }) => ({ networks: documents.coverage(platform) }),
    'demos.list': () => ({ demos: [...presets.demos] }),
    'schedulers.list': () => ({ schedulers: describeSchedulers() }),

    'runs.start': async ({ scenario, configuration, name, ...execution }) => ({
      run: await runs.start(scenario, configuration, name, execution),
    }),
    'runs.list': (filter) => runs.list(filter),
    'runs.ids': (listing) => ({ ids: runs.ids(listing) }),
    'runs.overview': (listing) => runs.overview(listing),
    'runs.facets': () => runs.facets(),
    'runs.get': ({ runId }) => runs.detail(runId),
    'runs.frequencyBound': async ({ runId }) => ({ bound: await runs.frequencyBound(runId) }),
    'runs.baseline': async ({ runId, baseline }) => ({ baseline: await runs.baseline(runId, baseline) }),
    'runs.recordExecution': ({ runId, chromosomeId, execution }) => ({
      id: runs.recordExecution(runId, chromosomeId, execution),
    }),
    'runs.generations': ({ runId, from, limit }) => runs.generations(runId, from, limit),
    'runs.population': ({ runId, generation }) => runs.population(runId, generation),
    'runs.chromosome': ({ runId, chromosomeId }) => ({ chromosome: runs.chromosome(runId, chromosomeId) }),
    'replay.window': ({ runId, from, length }) => replay.window(runId, from, length),
    'replay.bests': ({ runId, from, length }) => replay.bests(runId, from, length),
    'replay.ancestry': ({ runId, chromosomeId, limit }) => replay.ancestry(runId, chromosomeId, limit),
    'replay.mutations': ({ runId, spans }) => replay.mutations(runId, spans),
    'pareto.front': ({ runId, objectives }) => replay.front(runId, objectives),
    'sweeps.start': ({ sweep, on }) => (on === undefined ? sweeps.start(sweep) : sweeps.startOn(on.queue, sweep)),
    'sweeps.list': () => ({ sweeps: sweeps.list() }),
    'sweeps.get': ({ sweepId }) => sweeps.detail(sweepId),
    'sweeps.cancel': ({ sweepId }) => sweeps.cancel(sweepId),
    'sweeps.delete': ({ sweepId }) => {
      sweeps.delete(sweepId);
      return {};
    },

    'devices.describe': ({ host }) => devices.describe(host),
    'devices.start': ({ host, work }) => ({ job: devices.start(host, work) }),
    'devices.jobs': () => ({ jobs: devices.jobs() }),
    'devices.cancel': async ({ jobId }) => ({ job: await devices.cancel(jobId) }),

    'comparisons.list': () => ({ comparisons: comparisons.list() }),
    'comparisons.save': ({ name, address }) => ({ comparison: comparisons.save(name, address, Date.now()) }),
    'comparisons.delete': ({ comparisonId }) => {
      if (!comparisons.delete(comparisonId))
        throw new WorkbenchError('comparison.unknown', `there is no comparison ${comparisonId}`, {
          hint: 'it may have been deleted in another window',
          path: ['comparisonId'],
        });
      return {};
    },

    'runs.pause': async ({ runId }) => ({ status: await supervisor.pause(runId) }),
    'runs.resume': async ({ runId, ...execution }) => ({ status: await supervisor.resume(runId, execution) }),
    'runs.cancel': async ({ runId }) => {
      if (!remote.owns(runId)) return { status: await supervisor.cancel(runId) };
      await remote.cancel(runId);
      return { status: runs.summary(runId).status };
    },
    'runs.moveToFront': ({ runId }) => {
      supervisor.moveToFront(runId);
      return { run: runs.summary(runId) };
    },
    'runs.pace': ({ runId, generationsPerS }) => {
      supervisor.pace(runId, generationsPerS ?? undefined);
      return {};
    },
    'runs.update': ({ runId, name, notes, tags, starred }) => ({
      run: runs.update(runId, { name, notes, tags, starred }),
    }),
    'runs.export': (choice) => imports.exportRun(choice),
    'runs.updateTogether': ({ runIds, addTags, removeTags, starred }) => ({
      changed: runs.updateTogether(runIds, { addTags, removeTags, starred }),
    }),
    'runs.deleteTogether': ({ runIds }) => runs.deleteTogether(runIds, isClosing),
    'runs.exportArchive': ({ runIds, cursor }) => archives.piece(runIds, cursor),
    'runs.importBegin': () => ({ importId: archives.begin() }),
    'runs.importPiece': async ({ importId, bytes }) => ({ share: await archives.add(importId, bytes) }),
    'runs.importEnd': async ({ importId }) => ({ runs: await archives.finish(importId) }),
    'runs.importCancel': async ({ importId }) => {
      await archives.cancel(importId);
      return {};
    },
    'runs.delete': async ({ runId }) => {
      await runs.delete(runId, isClosing);
      return {};
    },
  };
}

/** The one place where the record, the services and a host's process spawner are put together (DESIGN §2). */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { DoctorCheck } from '#shared/contract/shapes.ts';
import { loadPresets } from './formats/presets.ts';
import type { ProcessSpawner } from './processes/spawner.ts';
import { ArchiveService } from './services/archive-service.ts';
import { DatabaseService, type DatabaseServiceOptions } from './services/database-service.ts';
import { createDispatcher } from './services/dispatch.ts';
import { Documents } from './services/document-library.ts';
import { examine } from './services/doctor.ts';
import { ENGINE_VERSION } from './services/engine-version.ts';
import { EventHub } from './services/event-hub.ts';
import { createHandlers } from './services/handlers.ts';
import { ImportService } from './services/import-service.ts';
import { movableWorkbench, type Session } from './services/movable-workbench.ts';
import { Preparation } from './services/preparation.ts';
import { ReplayService } from './services/replay-service.ts';
import { RunService } from './services/run-service.ts';
import { RunSupervisor } from './services/run-supervisor.ts';
import { SweepService } from './services/sweep-service.ts';
import { SettingsFile } from './services/settings-file.ts';
import type { Workbench } from './services/workbench.ts';
import { followMoves } from './store/database-move.ts';
import { loadMigrations } from './store/migrations.ts';
import { translate } from './store/open.ts';
import { clearDeadLocks } from './store/owner-lock.ts';
import { openRecordRepositories } from './store/record.ts';
import { purgeDeleted } from './store/run-deletion.ts';

export { nodeSpawner } from './processes/node-spawner.ts';
export { electronSpawner } from './processes/electron-spawner.ts';
export { resourcesDirectory } from './services/resources-directory.ts';
export { resolveWithoutRecord, runUnrecorded } from './services/unrecorded-run.ts';
export { describeSchedulers } from './engine/schedulers/index.ts';
export { describeFormats } from './formats/index.ts';
export { withFiles } from './formats/file-source.ts';
export { readFiles, type ReadOutcome } from './formats/importer.ts';
export { prismMapping } from './formats/prism.ts';
export { gifTask } from './formats/pictures.ts';
export { followMoves, loadPresets };

export interface WorkbenchOptions {
  readonly databasePath: string;
  readonly resourcesDirectory: string;
  /** The person's own folder; the settings are kept there. */
  readonly dataDirectory: string;
  readonly host: 'electron' | 'served' | 'cli';
  /** The product's version. */
  readonly version: string;
  readonly spawner: ProcessSpawner;
  readonly electronVersion?: string | undefined;
  readonly log: Logger;
  /** See `appInfoSchema`. */
  readonly commandLine: string;
  readonly startCommand?: string | undefined;
  /** Runs that search at the same time; default: all cores but one. */
  readonly maxRunning?: number;
  /** Before each restart of a run whose process died, ms; as many as there are restarts. Default: three, see restarts.ts. */
  readonly restartWaitsMs?: readonly number[] | undefined;
  /** Asks the person for a path in a dialog of the host; undefined: given up. */
  readonly choosePath?: (suggested: string) => Promise<string | undefined>;
  /** What only the host can tell: its browser, Electron's binary. */
  readonly hostChecks?: () => DoctorCheck[] | Promise<DoctorCheck[]>;
}

/**
 * Opens (or creates) the database, where it is now if it was moved, and starts the services.
 * @throws WorkbenchError `store.…` when the database is refused; the file is then as it was
 */
export function composeWorkbench(options: WorkbenchOptions): Workbench {
  const events = new EventHub(options.log);
  return movableWorkbench({
    path: followMoves(options.databasePath),
    open: (path, relocate) => openSession(options, path, events, relocate),
    subscribe: (listener) => events.subscribe(listener),
  });
}

/** The services on the database at `databasePath`. */
function openSession(options: WorkbenchOptions, databasePath: string, events: EventHub, relocate: DatabaseServiceOptions['relocate']): Session {
  const { log, version } = options;
  const now = Date.now;
  const presets = loadPresets(options.resourcesDirectory);
  const record = openRecordRepositories(databasePath, loadMigrations(join(options.resourcesDirectory, 'migrations')));
  const documents = new Documents(presets, record.documents, now);
  const settings = new SettingsFile(join(options.dataDirectory, 'settings.json'), log);
  const supervisor = new RunSupervisor({ record, spawner: options.spawner, events, log, now, maxRunning: options.maxRunning, threads: () => settings.read().threads ?? undefined, restartWaitsMs: options.restartWaitsMs });
  // A command line has nobody to keep waiting, and would pay for a thread each time.
  const preparation = options.host === 'cli' ? Preparation.here(documents, record) : Preparation.inThread({ databasePath, resourcesDirectory: options.resourcesDirectory });
  const runs = new RunService({ record, preparation, supervisor, events, now });
  let closing: Promise<void> | undefined;
  const isClosing = (): boolean => closing !== undefined;
  const replay = new ReplayService(record);
  const product = `Tessera ${version}`;
  const archives = new ArchiveService({ record, preparation, runs, events, claim: () => supervisor.claim(), product, now, isClosing });
  supervisor.interruptAbandoned();
  archives.discardAbandoned();
  try {
    clearDeadLocks(databasePath, now());
  } catch (error) {
    log.warn({ err: error }, 'could not clear away the locks of instances that are gone');
  }
  const purged = purgeDeleted(record.database, isClosing).catch((error: unknown) => log.error({ err: error }, 'could not free the space of deleted runs'));

  const database = new DatabaseService({ record, events, relocate, choosePath: options.choosePath, now });
  const handlers = createHandlers({
    appInfo: {
      version, engineVersion: ENGINE_VERSION, host: options.host, databasePath, nodeVersion: process.versions.node, commandLine: options.commandLine,
      databaseArguments: options.databasePath === join(options.dataDirectory, 'tessera.db') ? [] : ['--db', databasePath],
      ...(options.startCommand === undefined ? {} : { startCommand: options.startCommand }),
      ...(options.electronVersion === undefined ? {} : { electronVersion: options.electronVersion }),
    },
    database,
    examine: async () => [...examine(record, version), ...((await options.hostChecks?.()) ?? [])],
    settings, events,
    presets, documents, imports: new ImportService({ documents, runs, preparation, product, now }), runs, replay, comparisons: record.comparisons, archives, sweeps: new SweepService({ record, documents, runs, supervisor, now }), supervisor, isClosing,
  });

  return {
    invoke: createDispatcher(handlers, log, (error) => translate(error, databasePath)),
    close() {
      closing ??= Promise.all([archives.close(), database.close()]).then(() => Promise.all([supervisor.close(), preparation.close()])).then(() => purged).then(() => record.close());
      return closing;
    },
  };
}

/** The one place where the record, the services and a host's process spawner are put together (DESIGN §2). */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { DatabaseFault } from '#shared/contract/database-shapes.ts';
import type { DoctorCheck } from '#shared/contract/shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { loadPresets } from './formats/presets.ts';
import type { ProcessSpawner } from './processes/spawner.ts';
import { createClient } from '#shared/contract/client.ts';
import { DeviceService } from './services/devices/device-service.ts';
import { DatabaseGuard } from './services/database/database-guard.ts';
import { ArchiveService } from './services/archives/archive-service.ts';
import { DatabaseService, type DatabaseServiceOptions } from './services/database/database-service.ts';
import { createDispatcher } from './services/dispatch.ts';
import { Documents } from './services/documents/document-library.ts';
import { examine } from './services/doctor.ts';
import { ENGINE_VERSION } from '#shared/domain/engine-version.ts';
import { EventHub } from './services/event-hub.ts';
import { createHandlers } from './services/handlers.ts';
import { ImportService } from './services/documents/import-service.ts';
import { movableWorkbench, type Session } from './services/database/movable-workbench.ts';
import { Preparation } from './services/runs/preparation.ts';
import { changesRecord, readOnlyError } from './services/read-only.ts';
import { RemoteRuns } from './services/remote/remote-runs.ts';
import { ReplayService } from './services/runs/replay-service.ts';
import { RunService } from './services/runs/run-service.ts';
import { RunSupervisor } from './services/runs/run-supervisor.ts';
import { SweepService } from './services/runs/sweep-service.ts';
import { ConfirmedCommands } from './services/confirmed-commands.ts';
import { SettingsFile } from './services/settings-file.ts';
import type { Workbench } from './services/workbench.ts';
import { followMoves, removeNote } from './store/database-move.ts';
import { loadMigrations } from './store/migrations.ts';
import { closingOnError, translate } from './store/open.ts';
import { clearDeadLocks } from './store/owner-lock.ts';
import { isForReadingOnly, makeReadingCopy } from './store/reading-copy.ts';
import { openRecordRepositories, type RunRecord } from './store/record.ts';
import { purgeDeleted } from './store/run-deletion.ts';

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
  /** Starts the agent of this machine; undefined: this host cannot measure on it. */
  readonly agentCommand?: readonly string[] | undefined;
  /** Runs that search at the same time; default: all cores but one. */
  readonly maxRunning?: number;
  /** Before each restart of a run whose process died, ms; as many as there are restarts. Default: three, see restarts.ts. */
  readonly restartWaitsMs?: readonly number[] | undefined;
  /** Asks the person for a path in a dialog of the host; undefined: given up. */
  readonly choosePath?: (suggested: string) => Promise<string | undefined>;
  /** Called with a line for the person where the record can only be read. */
  readonly onReadOnly?: (message: string) => void;
  /** What only the host knows: its browser, Electron's binary. */
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

/** The services on the database at `databasePath`, or on a copy of one that may only be read. @throws WorkbenchError `store.…` */
function openSession(
  options: WorkbenchOptions,
  databasePath: string,
  events: EventHub,
  relocate: DatabaseServiceOptions['relocate'],
): Session {
  const migrations = loadMigrations(join(options.resourcesDirectory, 'migrations'));
  if (!isForReadingOnly(databasePath)) {
    const record = openRecordRepositories(databasePath, migrations);
    return closingOnError(record.database, databasePath, () =>
      servicesOn(record, databasePath, options, events, relocate),
    );
  }
  const copy = makeReadingCopy(databasePath);
  try {
    const record = openRecordRepositories(copy.path, migrations);
    const session = closingOnError(record.database, databasePath, () =>
      servicesOn(record, databasePath, options, events, relocate),
    );
    options.onReadOnly?.(
      `${databasePath} cannot be written to: it is read from a copy, and nothing can be changed or ` +
        `searched${copy.missing === undefined ? '' : `; ${copy.missing}`}`,
    );
    return {
      invoke: (route, input) =>
        changesRecord(route) ? Promise.reject(readOnlyError(databasePath)) : session.invoke(route, input),
      close: () => session.close().finally(() => copy.remove()),
    };
  } catch (error) {
    copy.remove();
    if (!(error instanceof WorkbenchError)) throw error;
    const { code, message, hint, path, details } = error;
    throw new WorkbenchError(code, message.replaceAll(copy.path, databasePath), {
      hint: hint.replaceAll(copy.path, databasePath),
      path,
      details,
      cause: error,
    });
  }
}

/** @param shownPath what the record is called; another one than it is open at where that is a copy to read from */
function servicesOn(
  record: RunRecord,
  shownPath: string,
  options: WorkbenchOptions,
  events: EventHub,
  relocate: DatabaseServiceOptions['relocate'],
): Session {
  const { log, version } = options;
  const databasePath = record.path;
  const now = Date.now;
  const presets = loadPresets(options.resourcesDirectory);
  const documents = new Documents(presets, record.documents, now);
  const settings = new SettingsFile(join(options.dataDirectory, 'settings.json'), log);
  const commands = new ConfirmedCommands(settings);
  const guard = new DatabaseGuard({ path: databasePath, onLost: (fault) => lose(fault) });
  const remote = new RemoteRuns({
    record,
    resourcesDirectory: options.resourcesDirectory,
    dataDirectory: options.dataDirectory,
    events,
    log,
    claim: () => supervisor.claim(),
    now,
  });
  const supervisor: RunSupervisor = new RunSupervisor({
    record,
    describeRemote: (summary) => remote.describe(summary),
    isRecordThere: () => guard.look() === undefined,
    spawner: options.spawner,
    events,
    log,
    now,
    maxRunning: options.maxRunning,
    threads: () => settings.read().threads ?? undefined,
    restartWaitsMs: options.restartWaitsMs,
    assertMayStart: (configuration) => commands.assertConfirmed(configuration),
  });
  // A command line has nobody to keep waiting, and would pay for a thread each time.
  const preparation =
    options.host === 'cli'
      ? Preparation.here(documents, record)
      : Preparation.inThread({ databasePath, resourcesDirectory: options.resourcesDirectory });
  const runs = new RunService({ record, preparation, supervisor, commands, events, now });
  let closing: Promise<void> | undefined;
  const isClosing = (): boolean => closing !== undefined;
  const replay = new ReplayService(record);
  const product = `Tessera ${version}`;
  const archives = new ArchiveService({
    record,
    preparation,
    runs,
    events,
    claim: () => supervisor.claim(),
    product,
    now,
    isClosing,
  });
  const isCopy = shownPath !== databasePath;
  // The owners of runs have their locks next to the record itself, which says of its runs what it says.
  if (!isCopy) supervisor.watchAbandoned();
  // A command follows only what it has submitted itself.
  if (!isCopy && options.host !== 'cli') remote.watch();
  archives.discardAbandoned();
  try {
    if (!isCopy) {
      clearDeadLocks(databasePath, now());
      removeNote(databasePath); // of a move that was cut short before the file was brought
    }
  } catch (error) {
    log.warn({ err: error }, 'could not clear away what instances that are gone have left');
  }
  const purged = purgeDeleted(record.database, isClosing).catch((error: unknown) =>
    log.error({ err: error }, 'could not free the space of deleted runs'),
  );

  const database = new DatabaseService({ record, shownPath, events, relocate, choosePath: options.choosePath, now });
  const devices = new DeviceService({
    record: createClient({
      invoke: (route, input) => dispatch(route, input),
      subscribe: (listener) => events.subscribe(({ name, payload }) => listener(name, payload)),
    }),
    events,
    dataDirectory: options.dataDirectory,
    agentCommand: options.agentCommand,
    now,
  });
  const handlers = createHandlers({
    appInfo: () => ({
      version,
      engineVersion: ENGINE_VERSION,
      host: options.host,
      databasePath: shownPath,
      nodeVersion: process.versions.node,
      commandLine: options.commandLine,
      databaseArguments: options.databasePath === join(options.dataDirectory, 'tessera.db') ? [] : ['--db', shownPath],
      ...(options.startCommand === undefined ? {} : { startCommand: options.startCommand }),
      ...(options.electronVersion === undefined ? {} : { electronVersion: options.electronVersion }),
      ...(guard.fault === undefined ? {} : { databaseFault: faultOf(guard.fault) }),
    }),
    database,
    examine: async () => [...examine(record, version), ...((await options.hostChecks?.()) ?? [])],
    settings,
    commands,
    events,
    presets,
    documents,
    imports: new ImportService({ documents, runs, preparation, product, now }),
    runs,
    replay,
    comparisons: record.comparisons,
    devices,
    archives,
    sweeps: new SweepService({ record, documents, runs, supervisor, remote, preparation, commands, now }),
    supervisor,
    remote,
    isClosing,
  });

  const dispatch = createDispatcher(handlers, log, (error) => guard.fault ?? translate(error, databasePath));
  const close = (reason?: string): Promise<void> => {
    guard.stop();
    closing ??= closeAll(reason);
    return closing;
  };

  async function closeAll(reason: string | undefined): Promise<void> {
    await Promise.all([archives.close(), database.close(), devices.close()]);
    await remote.close();
    await Promise.all([supervisor.close(reason), preparation.close()]);
    await purged;
    if (guard.fault !== undefined) foldLogIn(record, log);
    record.close();
  }

  /** What is written from now on would be lost, or would spoil the file that is there now: the database is closed, and its log cleared away. */
  function lose(fault: WorkbenchError): void {
    log.error({ code: fault.code, databasePath }, fault.message);
    events.emit({ name: 'database.lost', payload: faultOf(fault) });
    close(fault.message).catch((error: unknown) =>
      log.error({ err: error }, 'the database that was lost could not be closed'),
    );
  }

  return {
    async invoke(route, input) {
      const fault = withoutDatabase.has(route) ? undefined : closing === undefined ? guard.look() : guard.fault;
      if (fault !== undefined) throw fault;
      return dispatch(route, input);
    },
    close,
  };
}

/**
 * SQLite leaves the log of a file that was moved where it is: without it the file would lack what was recorded last, and another one
 * in its place would be taken to own it. So it is folded into the file that is open, wherever that is now.
 */
function foldLogIn(record: RunRecord, log: Logger): void {
  try {
    record.database.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    log.error({ err: error }, 'the log of the database that was lost could not be folded in');
  }
}

/** What is answered also where the database is lost. */
const withoutDatabase: ReadonlySet<string> = new Set([
  'app.info',
  'settings.get',
  'settings.set',
  'schedulers.list',
  'formats.list',
  'demos.list',
]);

function faultOf({ code, message, hint }: WorkbenchError): DatabaseFault {
  return { code, message, hint };
}

/** What becomes of errors that nothing in the main process caught: they are logged and shown, and the windows stay. Crashes leave a local dump. */
import type { App, CrashReporter, Dialog } from 'electron';
import type { Logger } from 'pino';

/** Dumps of crashes of any of the app's processes stay on this machine, in the folder of Electron's "crashDumps" path. */
export function keepCrashDumps(crashReporter: Pick<CrashReporter, 'start'>): void {
  crashReporter.start({ uploadToServer: false });
}

/** Logs why Electron's own processes (for the GPU, the network) and run processes are gone; the window's is logged by the window. */
export function logLostProcesses(app: Pick<App, 'on'>, log: Pick<Logger, 'error'>): void {
  app.on('child-process-gone', (_, { type, reason, exitCode, serviceName, name }) =>
    log.error({ type, reason, exitCode, serviceName, name }, 'a process of the app is gone'),
  );
}

export interface FaultOptions {
  readonly log: Pick<Logger, 'error'>;
  readonly dialog: Pick<Dialog, 'showErrorBox'>;
  readonly logPath: string;
}

/** Logs every uncaught error, and shows the first: what follows it is likely to be its consequence. @returns the way to stop */
export function reportFaults({ log, dialog, logPath }: FaultOptions): () => void {
  let isShown = false;
  const report = (error: unknown): void => {
    log.error({ err: error }, 'uncaught error');
    if (isShown) return;
    isShown = true;
    dialog.showErrorBox(
      'Something unexpected went wrong',
      `${error instanceof Error ? error.message : String(error)}\n\nWhat was recorded is safe. Start Tessera again if ` +
        `a window does not answer.\n\nThe log has the details: ${logPath}`,
    );
  };
  process.on('uncaughtException', report);
  process.on('unhandledRejection', report);
  return () => {
    process.off('uncaughtException', report);
    process.off('unhandledRejection', report);
  };
}

/** Entry of the desktop app: one instance, one window, and the workbench behind it (DESIGN §4). */
import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  crashReporter,
  dialog,
  ipcMain,
  Menu,
  nativeTheme,
  protocol,
  session,
  shell,
  utilityProcess,
} from 'electron';
import { z } from 'zod';
import { createClient } from '#shared/contract/client.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { composeWorkbench } from '../../compose.ts';
import { electronSpawner, followMoves, resourcesDirectory } from '../toolbox.ts';
import type { Workbench } from '../../services/workbench.ts';
import { examineHosts } from '../host-checks.ts';
import { inProcessTransport } from '../in-process-transport.ts';
import { logFile, openLog } from '../log.ts';
import { dataDirectory, databasePath } from '../paths.ts';
import { commandLineProgram, desktopAgentCommand, productVersion, rendererDirectory } from '../product.ts';
import { listRendererFiles } from '../renderer-files.ts';
import { registerScheme, serveRenderer } from './app-protocol.ts';
import { answerRequests, forwardEvents } from './bridge.ts';
import { keepCrashDumps, logLostProcesses, reportFaults } from './faults.ts';
import { menuTemplate } from './menu.ts';
import { confineWindows, denyPermissions } from './security.ts';
import { openWindow } from './window.ts';

const directory = dataDirectory();
const database = databasePath(optionValue('--db'));
/** The renderer's development server, of `npm run dev`. */
const developmentUrl = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL'];

// All before Electron is ready.
app.setName('Tessera');
app.setPath('userData', join(directory, 'desktop'));
app.enableSandbox();
registerScheme(protocol);
keepCrashDumps(crashReporter);

// A second start shows the first one's window.
if (app.requestSingleInstanceLock({ database } satisfies SecondStart)) void app.whenReady().then(start);
else app.quit();

function start(): void {
  const log = openLog(directory, 'electron');
  const stopReporting = reportFaults({ log, dialog, logPath: logFile(directory) });
  app.on('quit', stopReporting);
  logLostProcesses(app, log);
  const workbench = openWorkbench(log);
  if (workbench === undefined) return;
  nativeTheme.themeSource = 'system';
  denyPermissions(session.defaultSession, developmentUrl);
  confineWindows(app, shell, developmentUrl);
  answerRequests(ipcMain, workbench, developmentUrl);
  forwardEvents(workbench, () => BrowserWindow.getAllWindows());
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate({
        platform: process.platform,
        isPackaged: app.isPackaged,
        showFile: (path) => shell.showItemInFolder(path),
        databasePath: placeOf(workbench),
        logPath: logFile(directory),
      }),
    ),
  );

  const open = (): BrowserWindow =>
    openWindow({ stateFile: join(app.getPath('userData'), 'window-state.json'), developmentUrl, log });
  app.on('second-instance', (_event, _argv, _folder, wanted) => {
    focus(BrowserWindow.getAllWindows()[0] ?? open());
    void sayOtherDatabase(placeOf(workbench), wanted).catch((error: unknown) =>
      log.error({ err: error }, 'the second start could not be answered'),
    );
  });
  app.on('activate', () => focus(BrowserWindow.getAllWindows()[0] ?? open()));
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  closeBeforeQuit(workbench);
  open();
}

/** What a second start passes to the first one. */
interface SecondStart {
  readonly database: string;
}

const secondStartSchema = z.object({ database: z.string() });

/** Where the workbench's database is now. */
function placeOf(workbench: Workbench): () => Promise<string> {
  const client = createClient(inProcessTransport(workbench));
  return async () => (await client.invoke('app.info', {})).databasePath;
}

/** There is one window for each person, with one database: a second start that asks for another one says how to get it. */
async function sayOtherDatabase(place: () => Promise<string>, wanted: unknown): Promise<void> {
  const { data } = secondStartSchema.safeParse(wanted);
  const open = await place();
  if (data === undefined || followMoves(data.database) === open) return;
  await dialog.showMessageBox({
    type: 'info',
    message: 'Tessera is open with another database',
    detail:
      `Open: ${open}\nAsked for: ${data.database}\n\nQuit Tessera and start it again with --db to change to it, or have ` +
      `it served alongside this window: ${commandLineProgram()} serve --db "${data.database}"`,
  });
}

/** Composes the workbench, or says why it cannot be and ends. */
function openWorkbench(log: ReturnType<typeof openLog>): Workbench | undefined {
  try {
    if (developmentUrl === undefined) serveRenderer(protocol, listRendererFiles(rendererDirectory()));
    return composeWorkbench({
      databasePath: database,
      resourcesDirectory: resourcesDirectory(),
      dataDirectory: directory,
      commandLine: commandLineProgram(),
      agentCommand: desktopAgentCommand(),
      host: 'electron',
      version: productVersion(),
      electronVersion: process.versions['electron'],
      spawner: electronSpawner({ utilityProcess, app, log }),
      log,
      hostChecks: examineHosts,
      onReadOnly: (message) => void dialog.showMessageBox({ type: 'info', title: 'Tessera', message }),
      choosePath: async (suggested) => {
        const { canceled, filePath } = await dialog.showSaveDialog({
          defaultPath: suggested,
          filters: [{ name: 'Tessera database', extensions: ['db'] }],
        });
        return canceled ? undefined : filePath;
      },
    });
  } catch (error) {
    log.error({ err: error }, 'the workbench could not be opened');
    const text =
      error instanceof WorkbenchError
        ? `${error.message}.\n\n${error.hint}`
        : `Something unexpected went wrong: ${String(error)}\n\nThe log has the details: ${logFile(directory)}`;
    dialog.showErrorBox('Tessera cannot start', text);
    app.exit(1);
    return undefined;
  }
}

/** Lets runs record what they have and end before the app does. They can be resumed. */
function closeBeforeQuit(workbench: Workbench): void {
  let isClosed = false;
  app.on('will-quit', (event) => {
    if (isClosed) return;
    event.preventDefault();
    void workbench.close().finally(() => {
      isClosed = true;
      app.quit();
    });
  });
}

function focus(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** The value of `name value` or `name=value` on the command line; Electron's own switches are there too. */
function optionValue(name: string): string | undefined {
  const { argv } = process;
  const joined = argv.find((argument) => argument.startsWith(`${name}=`));
  if (joined !== undefined) return joined.slice(name.length + 1);
  const position = argv.indexOf(name);
  return position < 0 ? undefined : argv[position + 1];
}

/** The workbench's window. */
import { BrowserWindow, nativeTheme, screen, type BrowserWindowConstructorOptions } from 'electron';
import type { Logger } from 'pino';
import { preloadFile } from '../product.ts';
import { START_URL } from './page-origin.ts';
import { loadWindowState, saveWindowState } from './window-state.ts';

/** The page's background in each theme, so that the window does not flash before its first paint. */
const backgrounds = { light: '#ffffff', dark: '#16181c' } as const;

/** A window that dies again this soon after it was reloaded would only go on dying, ms. */
const RELOAD_PAUSE_MS = 10_000;

export interface WindowOptions {
  /** Where its place is kept. */
  readonly stateFile: string;
  readonly developmentUrl: string | undefined;
  readonly log: Logger;
}

/** Opens the window where it last was; it is shown with its first paint. */
export function openWindow({ stateFile, developmentUrl, log }: WindowOptions): BrowserWindow {
  const state = loadWindowState(
    stateFile,
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const window = new BrowserWindow({
    width: 1280,
    height: 860,
    ...state?.bounds,
    minWidth: 800,
    minHeight: 560,
    show: false,
    title: 'Tessera',
    backgroundColor: background(),
    webPreferences: { ...pagePreferences, preload: preloadFile() },
  });
  if (state?.isMaximized === true) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    try {
      saveWindowState(stateFile, { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() });
    } catch (error) {
      log.warn({ err: error }, 'the position of the window could not be saved');
    }
  });
  const followTheme = (): void => window.setBackgroundColor(background());
  nativeTheme.on('updated', followTheme);
  window.on('closed', () => nativeTheme.off('updated', followTheme));

  let reloadedAt = Number.NEGATIVE_INFINITY;
  window.webContents.on('render-process-gone', (_, { reason, exitCode }) => {
    log.error({ reason, exitCode }, 'the page died');
    if (performance.now() - reloadedAt < RELOAD_PAUSE_MS) return;
    reloadedAt = performance.now();
    window.webContents.reload();
  });
  window
    .loadURL(developmentUrl ?? START_URL)
    .catch((error: unknown) => log.error({ err: error }, 'the page could not be loaded'));
  return window;
}

const pagePreferences = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  webviewTag: false,
  spellcheck: false,
} as const satisfies BrowserWindowConstructorOptions['webPreferences'];

function background(): string {
  return nativeTheme.shouldUseDarkColors ? backgrounds.dark : backgrounds.light;
}

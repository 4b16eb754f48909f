/**
 * A double of the part of Electron's API that the desktop host uses, so that its main process and preload run in every test run,
 * also where Electron's binary is missing. Each class says which part of the real type it stands for: when that changes, this does
 * not compile. What Electron does between the parts (structured clones, the order of events at the end) is done here too.
 * Use: `vi.mock('electron', () => import('#test/doubles/electron.ts'))`, and `vi.resetModules()` for a fresh one.
 */
import { fork as forkNode, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import type {
  App,
  BrowserWindow as RealBrowserWindow,
  BrowserWindowConstructorOptions,
  ContextBridge,
  CrashReporter,
  CrashReporterStartOptions,
  CustomScheme,
  Details,
  Dialog,
  Display,
  IpcMain,
  IpcMainInvokeEvent,
  IpcRenderer,
  MenuItemConstructorOptions,
  NativeTheme,
  Protocol,
  Rectangle,
  Screen,
  Session,
  Shell,
  UtilityProcess,
  WebContents,
  WindowOpenHandlerResponse,
} from 'electron';
import type { UtilityProcessLauncher } from '#main/processes/electron-spawner.ts';

type Listener = (...args: never[]) => void;

/** An EventEmitter whose methods fit every overload of Electron's. */
class Emitter {
  readonly #emitter = new EventEmitter();

  on(name: string, listener: Listener): never {
    this.#emitter.on(name, listener as (...args: unknown[]) => void);
    return this as never;
  }

  once(name: string, listener: Listener): never {
    this.#emitter.once(name, listener as (...args: unknown[]) => void);
    return this as never;
  }

  off(name: string, listener: Listener): never {
    this.#emitter.off(name, listener as (...args: unknown[]) => void);
    return this as never;
  }

  emit(name: string, ...args: unknown[]): boolean {
    return this.#emitter.emit(name, ...args);
  }

  listenerCount(name: string): number {
    return this.#emitter.listenerCount(name);
  }
}

/** An event that a listener can prevent. */
export class PreventableEvent {
  isPrevented = false;
  readonly url: string;
  readonly isMainFrame: boolean;

  constructor(url = '', isMainFrame = true) {
    this.url = url;
    this.isMainFrame = isMainFrame;
  }

  preventDefault(): void {
    this.isPrevented = true;
  }
}

/** What a test decides before the app starts, and what it looks at afterwards. */
export const world = {
  gotLock: true,
  displays: [{ x: 0, y: 0, width: 1920, height: 1080 }] as Rectangle[],
  errorBoxes: [] as { readonly title: string; readonly content: string }[],
  messageBoxes: [] as { readonly message: string; readonly detail?: string }[],
  crashReports: [] as CrashReporterStartOptions[],
  shownFiles: [] as string[],
  /** What the app tells the first instance when it asks for the lock. */
  secondStart: undefined as unknown,
  openedOutside: [] as string[],
  paths: new Map<string, string>(),
  schemes: [] as CustomScheme[],
  sandboxed: false,
  exitCode: undefined as number | undefined,
  menu: [] as MenuItemConstructorOptions[],
  children: [] as ChildProcess[],
  /** The page's `window`, as far as the preload has put something there. */
  page: {} as Record<string, unknown>,
  /** The frame that requests come from. */
  senderFrame: { url: 'app://tessera/index.html', parent: null } as { url: string; parent: unknown } | null,
};

class AppDouble
  extends Emitter
  implements
    Pick<
      App,
      | 'on'
      | 'isPackaged'
      | 'setName'
      | 'setPath'
      | 'getPath'
      | 'enableSandbox'
      | 'requestSingleInstanceLock'
      | 'whenReady'
      | 'quit'
      | 'exit'
    >
{
  readonly isPackaged = true;
  #quitting = false;

  setName(): void {}
  setPath(name: string, path: string): void {
    world.paths.set(name, path);
  }
  getPath(name: string): string {
    const path = world.paths.get(name);
    if (path === undefined) throw new Error(`no path ${name}`);
    return path;
  }
  enableSandbox(): void {
    world.sandboxed = true;
  }
  requestSingleInstanceLock(additionalData?: unknown): boolean {
    world.secondStart = additionalData;
    return world.gotLock;
  }
  whenReady(): Promise<void> {
    return Promise.resolve();
  }
  /** Closes the windows, then lets `will-quit` be prevented, as Electron does. */
  quit(): void {
    this.#quitting = true;
    for (const window of BrowserWindow.getAllWindows()) window.close();
    const event = new PreventableEvent();
    this.emit('will-quit', event);
    if (!event.isPrevented) this.exit(0);
  }
  exit(code = 0): void {
    world.exitCode ??= code;
    this.emit('quit', new PreventableEvent(), code);
  }
  windowClosed(): void {
    if (!this.#quitting && BrowserWindow.getAllWindows().length === 0) this.emit('window-all-closed');
  }
}

class WebContentsDouble
  extends Emitter
  implements Pick<WebContents, 'on' | 'send' | 'isDestroyed' | 'reload' | 'getURL'>
{
  reloads = 0;
  url = '';
  destroyed = false;
  openHandler: ((details: { url: string }) => WindowOpenHandlerResponse) | undefined;

  setWindowOpenHandler(handler: (details: Electron.HandlerDetails) => WindowOpenHandlerResponse): void {
    this.openHandler = handler as (details: { url: string }) => WindowOpenHandlerResponse;
  }
  send(channel: string, ...args: unknown[]): void {
    ipcRenderer.emit(channel, { sender: ipcRenderer }, ...structuredClone(args));
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
  reload(): void {
    this.reloads++;
  }
  getURL(): string {
    return this.url;
  }
}

export class BrowserWindow
  extends Emitter
  implements
    Pick<
      RealBrowserWindow,
      | 'on'
      | 'once'
      | 'show'
      | 'focus'
      | 'restore'
      | 'isMinimized'
      | 'maximize'
      | 'isMaximized'
      | 'getNormalBounds'
      | 'setBackgroundColor'
      | 'loadURL'
      | 'close'
    >
{
  static readonly #all: BrowserWindow[] = [];
  readonly options: BrowserWindowConstructorOptions;
  readonly webContents = new WebContentsDouble();
  backgroundColor: string | undefined;
  shown = false;
  focused = 0;
  minimized = false;
  maximized = false;
  /** The answer of the app's own protocol to the page that was loaded. */
  page: Response | undefined;

  static getAllWindows(): BrowserWindow[] {
    return [...BrowserWindow.#all];
  }

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super();
    this.options = options;
    this.backgroundColor = options.backgroundColor;
    BrowserWindow.#all.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }

  async loadURL(url: string): Promise<void> {
    this.webContents.url = url;
    this.page = await protocol.fetch(url);
    this.emit('ready-to-show');
  }
  close(): void {
    this.emit('close', new PreventableEvent());
    BrowserWindow.#all.splice(BrowserWindow.#all.indexOf(this), 1);
    this.webContents.destroyed = true;
    this.emit('closed');
    app.windowClosed();
  }
  show(): void {
    this.shown = true;
  }
  focus(): void {
    this.focused++;
  }
  restore(): void {
    this.minimized = false;
  }
  isMinimized(): boolean {
    return this.minimized;
  }
  maximize(): void {
    this.maximized = true;
  }
  isMaximized(): boolean {
    return this.maximized;
  }
  getNormalBounds(): Rectangle {
    const { x = 0, y = 0, width = 0, height = 0 } = this.options;
    return { x, y, width, height };
  }
  setBackgroundColor(color: string): void {
    this.backgroundColor = color;
  }
}

type Handler = (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown;

class IpcMainDouble implements Pick<IpcMain, 'handle'> {
  readonly handlers = new Map<string, Handler>();
  handle(channel: string, handler: Handler): void {
    if (this.handlers.has(channel)) throw new Error(`${channel} has a handler already`);
    this.handlers.set(channel, handler);
  }
}

class IpcRendererDouble extends Emitter implements Pick<IpcRenderer, 'on' | 'off' | 'invoke'> {
  /** Arguments and results are cloned; an error arrives as its message only. */
  async invoke(channel: string, ...args: unknown[]): Promise<unknown> {
    const handler = ipcMain.handlers.get(channel);
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
    try {
      const event = { senderFrame: world.senderFrame } as unknown as IpcMainInvokeEvent;
      return structuredClone(await handler(event, ...(structuredClone(args) as unknown[])));
    } catch (error) {
      throw new Error(`Error invoking remote method '${channel}': ${String(error)}`, { cause: error });
    }
  }
}

class ProtocolDouble implements Pick<Protocol, 'registerSchemesAsPrivileged' | 'handle'> {
  readonly #handlers = new Map<string, (request: Request) => Response | Promise<Response>>();
  registerSchemesAsPrivileged(schemes: CustomScheme[]): void {
    world.schemes.push(...schemes);
  }
  handle(scheme: string, handler: (request: Request) => Response | Promise<Response>): void {
    this.#handlers.set(scheme, handler);
  }
  /** What a page that asks for `url` gets. */
  async fetch(url: string, method = 'GET'): Promise<Response> {
    const handler = this.#handlers.get(new URL(url).protocol.slice(0, -1));
    if (handler === undefined) throw new Error(`ERR_UNKNOWN_URL_SCHEME ${url}`);
    return handler({ url, method } as Request);
  }
}

type RequestHandler = NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>;
type CheckHandler = NonNullable<Parameters<Session['setPermissionCheckHandler']>[0]>;
type DeviceHandler = NonNullable<Parameters<Session['setDevicePermissionHandler']>[0]>;

class SessionDouble implements Pick<
  Session,
  'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'
> {
  requestHandler: RequestHandler | undefined;
  checkHandler: CheckHandler | undefined;
  deviceHandler: DeviceHandler | undefined;
  setPermissionRequestHandler(handler: RequestHandler | null): void {
    this.requestHandler = handler ?? undefined;
  }
  setPermissionCheckHandler(handler: CheckHandler | null): void {
    this.checkHandler = handler ?? undefined;
  }
  setDevicePermissionHandler(handler: DeviceHandler | null): void {
    this.deviceHandler = handler ?? undefined;
  }
}

class NativeThemeDouble
  extends Emitter
  implements Pick<NativeTheme, 'on' | 'off' | 'shouldUseDarkColors' | 'themeSource'>
{
  shouldUseDarkColors = false;
  themeSource: NativeTheme['themeSource'] = 'light';
}

export const app = new AppDouble();
export const ipcMain = new IpcMainDouble();
export const ipcRenderer = new IpcRendererDouble();
export const protocol = new ProtocolDouble();
export const session = { defaultSession: new SessionDouble() };
export const nativeTheme = new NativeThemeDouble();

export const dialog = {
  showErrorBox: (title, content) => void world.errorBoxes.push({ title, content }),
  showSaveDialog: () => Promise.resolve({ canceled: false, filePath: '/chosen.db' }),
  showMessageBox: async (...given: unknown[]) => {
    world.messageBoxes.push(given[given.length - 1] as (typeof world.messageBoxes)[number]);
    return { response: 0, checkboxChecked: false };
  },
} satisfies Pick<Dialog, 'showErrorBox' | 'showSaveDialog' | 'showMessageBox'>;
export const crashReporter = { start: (options) => void world.crashReports.push(options) } satisfies Pick<
  CrashReporter,
  'start'
>;
export const shell = {
  openExternal: async (url) => void world.openedOutside.push(url),
  showItemInFolder: (path) => void world.shownFiles.push(path),
} satisfies Pick<Shell, 'openExternal' | 'showItemInFolder'>;
export const screen = {
  getAllDisplays: () => world.displays.map((workArea) => ({ workArea }) as Display),
} satisfies Pick<Screen, 'getAllDisplays'>;
/** Objects put into the page are copies; functions stay callable. */
export const contextBridge = {
  exposeInMainWorld: (key, api: object) => void (world.page[key] = Object.freeze({ ...api })),
} satisfies Pick<ContextBridge, 'exposeInMainWorld'>;
export const Menu = {
  buildFromTemplate: (template: MenuItemConstructorOptions[]) => template,
  setApplicationMenu: (menu: MenuItemConstructorOptions[]) => void (world.menu = menu),
};

/** What Electron's utility process says on stderr comes with the end of the process; the reason why it is gone may come after its exit. */
const REASON_DELAY_MS = 20;

/**
 * A real child process with Node's channel in the place of Electron's. As Electron does, it tells V8's fatal errors by an `error` event
 * (`type`, `location`, `report`) before the exit, throws where nobody listens to it, tells 0 of a process that it killed itself, and
 * says of every other unexpected end why the process is gone (`child-process-gone` of the app, by the name of the service).
 */
export const utilityProcess = {
  fork(modulePath, _args = [], { execArgv = [], serviceName = 'Node Utility Process', stdio = [] } = {}) {
    const child = forkNode(modulePath, {
      serialization: 'advanced',
      execArgv,
      stdio: ['ignore', stdio[1] ?? 'inherit', stdio[2] ?? 'inherit', 'ipc'],
    });
    const emitter = new EventEmitter();
    world.children.push(child);
    let isKilled = false;
    child.on('message', (message) => emitter.emit('message', message));
    child.on('exit', (code, signal) => {
      if (signal === 'SIGABRT') emitter.emit('error', 'FatalError', 'v8::internal::Heap', '{}');
      const exitCode = code ?? (isKilled ? 0 : 128 + constants.signals[signal ?? 'SIGKILL']);
      emitter.emit('exit', exitCode);
      if (exitCode === 0) return;
      const reason =
        signal === null ? 'abnormal-exit' : signal === 'SIGKILL' || signal === 'SIGTERM' ? 'killed' : 'crashed';
      const details: Details = {
        type: 'Utility',
        reason,
        exitCode,
        serviceName: 'node.mojom.NodeService',
        name: serviceName,
      };
      setTimeout(() => app.emit('child-process-gone', {}, details), REASON_DELAY_MS);
    });
    const double = {
      pid: child.pid,
      stderr: child.stderr,
      postMessage: (message: unknown) => void (child.connected && child.send(message as object, () => {})),
      on: (name: string, listener: (...args: unknown[]) => void) => emitter.on(name, listener),
      once: (name: string, listener: (...args: unknown[]) => void) => emitter.once(name, listener),
      kill: () => {
        isKilled = true;
        return child.kill('SIGKILL');
      },
    } satisfies { [Name in 'pid' | 'stderr' | 'postMessage' | 'kill']: UtilityProcess[Name] } & Record<
      'on' | 'once',
      unknown
    >;
    return double as unknown as UtilityProcess;
  },
} satisfies UtilityProcessLauncher;

/** Opens the workbench in the machine's browser: as a window of its own where Chrome, Chromium or Edge is found, else as a page. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly exists: (path: string) => boolean;
}

const thisMachine: Machine = { platform: process.platform, env: process.env, exists: existsSync };

const linuxNames = [
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
  'microsoft-edge',
  'microsoft-edge-stable',
  'brave-browser',
];
const macApplications = ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser'];
const windowsPrograms = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

/** The executable of a browser that can show an address as a window of its own, or undefined. */
export function findAppBrowser({ platform, env, exists }: Machine = thisMachine): string | undefined {
  if (platform === 'darwin')
    return macApplications.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`).find(exists);
  if (platform === 'win32') {
    const folders = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA']
      .map((name) => env[name])
      .filter((folder) => folder !== undefined);
    return windowsPrograms.flatMap((program) => folders.map((folder) => `${folder}\\${program}`)).find(exists);
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return linuxNames.flatMap((name) => folders.map((folder) => join(folder, name))).find(exists);
}

/** Whether the machine has a display to show a browser on: named in the environment on Linux and the BSDs, else there is one. */
export function hasDisplay({ platform, env }: Pick<Machine, 'platform' | 'env'> = thisMachine): boolean {
  return platform === 'win32' || platform === 'darwin' || Boolean(env['DISPLAY']) || Boolean(env['WAYLAND_DISPLAY']);
}

/** Program and arguments that open `url`. */
export function browserCommand(
  url: string,
  machine: Machine = thisMachine,
): readonly [program: string, ...args: string[]] {
  const browser = findAppBrowser(machine);
  if (browser !== undefined) return [browser, `--app=${url}`];
  if (machine.platform === 'darwin') return ['open', url];
  if (machine.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  return ['xdg-open', url];
}

/** Starts the browser and leaves it alone. @returns whether it could be started */
export async function openBrowser(url: string, machine: Machine = thisMachine): Promise<boolean> {
  const [program, ...args] = browserCommand(url, machine);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const child = spawn(program, args, { detached: true, stdio: 'ignore' });
  child.once('spawn', () => resolve(true)).once('error', () => resolve(false));
  child.unref();
  return promise;
}

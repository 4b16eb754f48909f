/** What the doctor says about the hosts: the built workbench, Electron, the browser, the display, the log. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DoctorCheck } from '#shared/contract/shapes.ts';
import { resourcesDirectory } from './toolbox.ts';
import { findElectron } from './launch/electron-binary.ts';
import { electronPackage } from './launch/open-workbench.ts';
import { logFile } from './log.ts';
import { dataDirectory } from './paths.ts';
import { isCheckout, rendererDirectory } from './product.ts';
import { examineSolvers } from './solver-checks.ts';
import { findAppBrowser, hasDisplay } from './served/open-browser.ts';

export function examineHosts(): DoctorCheck[] {
  return [
    checkRenderer(),
    checkElectron(),
    checkBrowser(),
    checkDisplay(),
    ...examineSolvers(),
    { name: 'Log', status: 'ok', detail: logFile(dataDirectory()) },
  ];
}

function checkRenderer(): DoctorCheck {
  const directory = rendererDirectory();
  if (existsSync(join(directory, 'index.html'))) return { name: 'Workbench files', status: 'ok', detail: directory };
  return {
    name: 'Workbench files',
    status: 'missing',
    detail: `${directory} is not built`,
    hint: 'run "npm run build"',
  };
}

function checkElectron(): DoctorCheck {
  if (process.versions['electron'] !== undefined)
    return { name: 'Electron', status: 'ok', detail: process.versions['electron'] };
  const root = join(resourcesDirectory(), '..');
  const executable = findElectron({
    packageDirectory: electronPackage(root),
    noteFile: '',
    env: process.env,
  });
  if (executable !== undefined) return { name: 'Electron', status: 'ok', detail: executable };
  return {
    name: 'Electron',
    status: 'warning',
    detail: 'its executable is not installed; the workbench is served to a browser instead',
    hint: isCheckout()
      ? '"npm start" fetches it where there is a display and a connection'
      : '"npm install electron" beside Tessera lets "tessera" fetch it, where there is a display and a connection',
  };
}

function checkBrowser(): DoctorCheck {
  const browser = findAppBrowser();
  if (browser !== undefined) return { name: 'Browser', status: 'ok', detail: browser };
  return {
    name: 'Browser',
    status: 'warning',
    detail: 'no Chrome, Chromium or Edge found; the default browser is used',
    hint: 'with one of them the workbench gets a window of its own',
  };
}

function checkDisplay(): DoctorCheck {
  if (hasDisplay())
    return {
      name: 'Display',
      status: 'ok',
      detail: process.env['WAYLAND_DISPLAY'] ?? process.env['DISPLAY'] ?? process.platform,
    };
  return {
    name: 'Display',
    status: 'warning',
    detail: 'none; the workbench is served and its address printed',
    hint: 'open the address elsewhere, through an SSH tunnel',
  };
}

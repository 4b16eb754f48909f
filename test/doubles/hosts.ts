/** Real hosts for tests: a workbench on a database of its own, and a built renderer of three small files. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pino from 'pino';
import { WebSocket as WsWebSocket } from 'ws';
import { composeWorkbench } from '#main/compose.ts';
import { nodeSpawner } from '#main/hosts/toolbox.ts';
import { startServedHost, type ServedHost } from '#main/hosts/served/server.ts';
import type { Workbench } from '#main/services/workbench.ts';
import {
  createWebSocketTransport,
  type Socket,
  type WebSocketTransport,
  type WebSocketTransportOptions,
} from '#renderer/api/websocket-transport.ts';

export const root = resolve(import.meta.dirname, '../..');
export const silentLog = pino({ level: 'silent' });

/** An empty folder, and the way to remove it. */
export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'tessera-hosts-'))); // the system's own may be a link
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Starts a device that is made up. */
export const fakeAgentCommand = [process.execPath, join(root, 'test/fixtures/fake-agent-process.ts')];

/** A workbench on a new database below `directory`. */
export function aWorkbench(directory: string): Workbench {
  return composeWorkbench({
    databasePath: join(directory, 'tessera.db'),
    resourcesDirectory: join(root, 'resources'),
    dataDirectory: directory,
    commandLine: 'tessera',
    agentCommand: fakeAgentCommand,
    host: 'served',
    version: '0.0.0-test',
    spawner: nodeSpawner,
    log: silentLog,
    maxRunning: 1,
  });
}

/** The folder of a built renderer, as far as a host is concerned. */
export function aBuiltRenderer(directory: string): string {
  const renderer = join(directory, 'renderer');
  mkdirSync(join(renderer, 'assets'), { recursive: true });
  writeFileSync(join(renderer, 'index.html'), '<!doctype html><title>Tessera</title>');
  writeFileSync(join(renderer, 'assets', 'index-a1B2c3D4.js'), 'export {};');
  writeFileSync(join(renderer, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  return renderer;
}

/** A served host with what a test needs to get in, or to try. */
export interface RunningHost extends ServedHost {
  readonly token: string;
}

export async function aServedHost(workbench: Workbench, directory: string, port = 0): Promise<RunningHost> {
  const host = await startServedHost({ workbench, rendererDirectory: aBuiltRenderer(directory), port, log: silentLog });
  return { ...host, token: new URL(host.url).searchParams.get('token') ?? '' };
}

/** The Cookie header of a browser that opened the printed address. */
export async function signIn(host: RunningHost): Promise<string> {
  const response = await fetch(host.url, { redirect: 'manual' });
  return (response.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
}

/** The renderer's own transport, connected as a browser that is signed in would be. */
export function connect(
  host: () => RunningHost,
  cookie: string,
  options: Partial<WebSocketTransportOptions> = {},
): WebSocketTransport {
  return createWebSocketTransport({
    open: () =>
      new WsWebSocket(`${host().origin.replace('http', 'ws')}/ws`, {
        headers: { cookie, origin: host().origin },
      }) as unknown as Socket,
    isAuthorized: async () => (await fetch(`${host().origin}/session`, { headers: { cookie } })).status !== 401,
    onState: () => {},
    ...options,
  });
}

/** The served host: the workbench over HTTP and WebSocket, on the loopback interface unless asked otherwise (DESIGN §4). */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { Workbench } from '../../services/workbench.ts';
import { listRendererFiles } from '../renderer-files.ts';
import { createHttpHandler } from './http-handler.ts';
import { allowedHostNames, inBrackets } from './origin-guard.ts';
import { Session } from './session.ts';
import { createSocketEndpoint } from './socket.ts';

export interface ServedHostOptions {
  readonly workbench: Workbench;
  /** The built renderer. */
  readonly rendererDirectory: string;
  /** Name or address to listen on; default 127.0.0.1. Anything beyond loopback is asked for explicitly. */
  readonly host?: string;
  /** 0 (default): any free port. */
  readonly port?: number;
  readonly log: Logger;
}

export interface ServedHost {
  readonly port: number;
  /** Without the token. */
  readonly origin: string;
  /** The address to open: with the token. */
  readonly url: string;
  /** An address that works once and soon, for a browser that is started with it. */
  issueUrl(): string;
  /** Ends all connections. The workbench stays open. */
  close(): Promise<void>;
}

/** Starts listening. @throws WorkbenchError `host.notBuilt`, `host.portBusy`, `host.portForbidden` or `host.unknownAddress` */
export async function startServedHost({
  workbench,
  rendererDirectory,
  host = '127.0.0.1',
  port = 0,
  log,
}: ServedHostOptions): Promise<ServedHost> {
  const files = listRendererFiles(rendererDirectory);
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 });
  const address = await listen(server, host, port);
  const session = new Session(address.port);
  const hostNames = allowedHostNames(host);
  const handle = createHttpHandler({ session, files, hostNames });
  const sockets = createSocketEndpoint({ workbench, session, hostNames });
  server.on('request', (request, response) => {
    handle(request, response).catch((error: unknown) => {
      log.error({ err: error, path: request.url?.split('?', 1)[0] }, 'a request failed');
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    sockets.handleUpgrade(request, socket, head);
  });

  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : inBrackets(host);
  const origin = `http://${shown}:${address.port}`;
  return {
    port: address.port,
    origin,
    url: `${origin}/?token=${session.token}`,
    issueUrl: () => `${origin}/?token=${session.issueTicket()}`,
    close() {
      sockets.close();
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), 1000).unref();
      return promise;
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen({ host, port }, resolve);
  try {
    await promise;
  } catch (error) {
    throw explain(error, host, port);
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('listening on no port');
  return address;
}

function explain(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return new WorkbenchError('host.portBusy', `port ${port} of ${host} is in use by another program`, {
      hint: 'choose another --port, or leave it out for a free one',
    });
  if (code === 'EACCES')
    return new WorkbenchError('host.portForbidden', `this user may not listen on port ${port}`, {
      hint: 'choose a --port above 1023',
    });
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL' || code === 'EAI_AGAIN')
    return new WorkbenchError('host.unknownAddress', `"${host}" is not an address of this machine`, {
      hint: 'use 127.0.0.1, or an address or name of this machine',
    });
  return error;
}

/** The protocol app://tessera: the built renderer's files with the content security policy, and nothing else. */
import { readFile } from 'node:fs/promises';
import type { Protocol } from 'electron';
import { securityHeaders } from '../content-security.ts';
import type { RendererFile } from '../renderer-files.ts';
import { HOST, SCHEME } from './page-origin.ts';

/** Must be called before Electron is ready: gives the scheme an origin, so that 'self' means something. */
export function registerScheme(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

export function serveRenderer(protocol: Pick<Protocol, 'handle'>, files: ReadonlyMap<string, RendererFile>): void {
  protocol.handle(SCHEME, async (request) => {
    const { host, pathname } = new URL(request.url);
    const file = host === HOST && request.method === 'GET' ? files.get(pathname) : undefined;
    if (file === undefined)
      return new Response('there is nothing here', {
        status: 404,
        headers: { ...securityHeaders, 'content-type': 'text/plain' },
      });
    return new Response(await readFile(file.path), {
      headers: { ...securityHeaders, 'content-type': file.contentType },
    });
  });
}

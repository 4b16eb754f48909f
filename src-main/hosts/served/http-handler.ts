/** Answers the HTTP requests of a served host: the exchange of the token for a cookie, and the renderer's files. */
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { securityHeaders } from '../content-security.ts';
import type { RendererFile } from '../renderer-files.ts';
import { isOwnHost, isOwnOrigin } from './origin-guard.ts';
import { pageHeaders, pages, renderPage, type Page } from './pages.ts';
import type { Session } from './session.ts';

const compress = promisify(gzip);
const compressible = /^(text\/|application\/(json|wasm)|image\/svg)/;

export interface HttpHandlerOptions {
  readonly session: Session;
  readonly files: ReadonlyMap<string, RendererFile>;
  readonly hostNames: ReadonlySet<string>;
}

export function createHttpHandler({
  session,
  files,
  hostNames,
}: HttpHandlerOptions): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const compressed = new Map<string, Buffer>();

  return async (request, response) => {
    if (!isOwnHost(request.headers.host, hostNames)) return showPage(pages.foreignHost, request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return showPage(pages.wrongMethod, request, response, { allow: 'GET, HEAD' });
    const url = parseUrl(request.url);
    if (url === undefined) return showPage(pages.notFound, request, response);
    const token = url.searchParams.get('token');
    if (token !== null) return exchange(token, url, request, response);
    if (!session.knows(request.headers.cookie)) return showPage(pages.unauthorized, request, response);
    if (url.pathname === '/session') return send(response, 204, { 'cache-control': 'no-store' });
    const file = files.get(url.pathname);
    if (file !== undefined) return sendFile(file, request, response);
    // Any other address that a person opens is one of the workbench's pages, whose addresses come after the "#".
    if (isPageRequest(request, url))
      return send(response, 302, { location: `/#${url.pathname}`, 'cache-control': 'no-store' });
    return showPage(pages.notFound, request, response);
  };

  /** Gives a cookie for the token, and the same address without it. */
  function exchange(token: string, url: URL, request: IncomingMessage, response: ServerResponse): void {
    const { origin, host } = request.headers;
    if (origin !== undefined && !isOwnOrigin(origin, host)) return showPage(pages.foreignOrigin, request, response);
    if (!session.admits(token)) return showPage(pages.wrongToken, request, response);
    url.searchParams.delete('token');
    send(response, 303, {
      location: `${url.pathname}${url.search}`,
      'set-cookie': session.setCookie,
      'cache-control': 'no-store',
    });
  }

  async function sendFile(file: RendererFile, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = {
      'content-type': file.contentType,
      'cache-control': file.immutable ? 'private, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
    };
    const packs =
      compressible.test(file.contentType) && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    const body = packs
      ? (compressed.get(file.path) ?? (await compress(await readFile(file.path))))
      : await readFile(file.path);
    if (packs && file.immutable) compressed.set(file.path, body);
    send(
      response,
      200,
      { ...headers, ...(packs ? { 'content-encoding': 'gzip' } : {}), 'content-length': String(body.byteLength) },
      request.method === 'HEAD' ? undefined : body,
    );
  }
}

/** The address with its path as it was sent: `new URL` resolves "..", which is of no use to anyone here. */
function parseUrl(target: string | undefined): URL | undefined {
  if (target?.startsWith('/') !== true || target.startsWith('//')) return undefined;
  try {
    const url = new URL(target, 'http://host');
    const path = target.split(/[?#]/, 1)[0];
    return decodeURIComponent(url.pathname) === decodeURIComponent(path ?? '') ? url : undefined;
  } catch {
    return undefined;
  }
}

function isPageRequest(request: IncomingMessage, url: URL): boolean {
  return (
    request.headers.accept?.includes('text/html') === true &&
    /^(\/[\w-]+)+\/?$/.test(url.pathname) &&
    !url.pathname.startsWith('/assets/')
  );
}

function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body?: Buffer,
): void {
  response.writeHead(status, { ...securityHeaders, ...headers }).end(body);
}

function showPage(
  page: Page,
  request: IncomingMessage,
  response: ServerResponse,
  headers: Readonly<Record<string, string>> = {},
): void {
  const { contentType, body } = renderPage(page, request.headers.accept);
  response
    .writeHead(page.status, {
      ...pageHeaders,
      ...headers,
      'content-type': contentType,
      'content-length': String(Buffer.byteLength(body)),
    })
    .end(request.method === 'HEAD' ? undefined : body);
}

/** The pages a served host shows when it cannot show the workbench: what is wrong, and what to do. */
import { createHash } from 'node:crypto';
import { securityHeaders } from '../content-security.ts';

export interface Page {
  readonly status: number;
  readonly title: string;
  readonly text: string;
  readonly hint: string;
}

export const pages = {
  unauthorized: {
    status: 401,
    title: 'This browser is not signed in',
    text: 'The workbench opens only from the address that was printed when it started, because that address carries its token.',
    hint: 'Copy the whole address from the terminal, including “?token=…”. If Tessera was restarted, its token is a new one.',
  },
  wrongToken: {
    status: 401,
    title: 'This token is not valid',
    text: 'Tessera makes a new token each time it starts, and a link it opened by itself works only once.',
    hint: 'Copy the address from the terminal in which it runs now.',
  },
  foreignHost: {
    status: 403,
    title: 'This is not one of Tessera’s addresses',
    text: 'The request named a host that this Tessera does not belong to.',
    hint: 'Use the address that was printed when it started. To reach it under another name, start it with “--host <that name>”.',
  },
  foreignOrigin: {
    status: 403,
    title: 'Only Tessera’s own pages may do this',
    text: 'The request came from a page of another site.',
    hint: 'Open the address that was printed when it started in a window of its own.',
  },
  notFound: {
    status: 404,
    title: 'There is nothing here',
    text: 'This address belongs to no page and no file of the workbench.',
    hint: 'Go to its first page.',
  },
  wrongMethod: {
    status: 405,
    title: 'This host only shows pages',
    text: 'It answers GET and HEAD; everything else goes through its WebSocket.',
    hint: 'See the documentation on hosts.',
  },
} as const satisfies Record<string, Page>;

const style =
  'body{font:15px/1.5 system-ui,sans-serif;max-width:34em;margin:20vh auto 0;padding:0 ' +
  '1.5em;color:#1f2328;background:#fff}h1{font-size:24px;line-height:1.2}@media(prefers-color-scheme:dark){body{color:#e6e8eb;background:#16181c}}';
const styleHash = createHash('sha256').update(style).digest('base64');

export const pageHeaders: Readonly<Record<string, string>> = {
  ...securityHeaders,
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
};

/**
 * As HTML for a browser, else as the JSON in which errors are given everywhere. The text is fixed: nothing of the
 * request appears in it.
 */
export function renderPage(
  page: Page,
  accept: string | undefined,
): { readonly contentType: string; readonly body: string } {
  if (accept?.includes('text/html') !== true) {
    return {
      contentType: 'application/json; charset=utf-8',
      body: `${JSON.stringify({ error: { code: `host.${page.status}`, message: page.title, details: [], hint: page.hint } })}\n`,
    };
  }
  const body =
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" ' +
    'content="width=device-width,initial-scale=1"><title>Tessera: ' +
    `${page.title}</title><style>${style}</style><h1>${page.title}</h1><p>${page.text}</p><p>${page.hint}</p></html>\n`;
  return { contentType: 'text/html; charset=utf-8', body };
}

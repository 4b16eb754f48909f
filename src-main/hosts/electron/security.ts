/** What pages may not do under Electron: leave, open windows, embed others, or ask the system for anything (DESIGN §4). */
import type { App, Session, Shell } from 'electron';
import { isOwnPage } from './page-origin.ts';

/** Sites that links of the workbench lead to: publications, and where traces are looked at. They open in the system's browser. */
const externalHosts: ReadonlySet<string> = new Set([
  'doi.org',
  'arxiv.org',
  'ieeexplore.ieee.org',
  'dl.acm.org',
  'github.com',
  'ui.perfetto.dev',
]);

/** Copying text, which a person asks for with a button; reading the clipboard stays denied. */
const COPY = 'clipboard-sanitized-write';

/** Whether a link may be handed to the system's browser. */
export function mayOpenExternally(url: string): boolean {
  const parsed = URL.parse(url);
  return (
    parsed !== null &&
    parsed.protocol === 'https:' &&
    parsed.username === '' &&
    parsed.port === '' &&
    externalHosts.has(parsed.hostname)
  );
}

/** Denies navigation, new windows and embedded pages to every window there will be. */
export function confineWindows(
  app: Pick<App, 'on'>,
  shell: Pick<Shell, 'openExternal'>,
  developmentUrl: string | undefined,
): void {
  const openOutside = (url: string): void => {
    if (mayOpenExternally(url)) void shell.openExternal(url);
  };
  app.on('web-contents-created', (_, contents) => {
    contents.on('will-frame-navigate', (event) => {
      if (event.isMainFrame && isOwnPage(event.url, developmentUrl)) return;
      event.preventDefault();
      if (event.isMainFrame) openOutside(event.url);
    });
    contents.on('will-redirect', (event) => {
      if (!isOwnPage(event.url, developmentUrl)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      openOutside(url);
      return { action: 'deny' };
    });
  });
}

/** Denies every permission, asked for or checked, but copying text from our own pages. */
export function denyPermissions(
  session: Pick<Session, 'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'>,
  developmentUrl: string | undefined,
): void {
  session.setPermissionRequestHandler((contents, permission, answer) =>
    answer(permission === COPY && isOwnPage(contents.getURL(), developmentUrl)),
  );
  session.setPermissionCheckHandler(
    (contents, permission) => permission === COPY && contents !== null && isOwnPage(contents.getURL(), developmentUrl),
  );
  session.setDevicePermissionHandler(() => false);
}

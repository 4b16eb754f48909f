/** Where the workbench's pages come from under Electron, and telling them from everything else. */

export const SCHEME = 'app';
export const HOST = 'tessera';
export const START_URL = `${SCHEME}://${HOST}/index.html`;

/** Whether `url` is one of our own pages. @param developmentUrl of the renderer's development server, when there is one */
export function isOwnPage(url: string, developmentUrl?: string): boolean {
  const parsed = URL.parse(url);
  if (parsed === null) return false;
  if (parsed.protocol === `${SCHEME}:`) return parsed.host === HOST;
  return developmentUrl !== undefined && parsed.origin === URL.parse(developmentUrl)?.origin;
}

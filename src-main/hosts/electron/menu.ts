/** The native menu: what every desktop program has, and the way to Tessera's files. */
import type { MenuItemConstructorOptions } from 'electron';

export interface MenuOptions {
  readonly platform: NodeJS.Platform;
  readonly isPackaged: boolean;
  /** Shows a file in the system's file manager. */
  readonly showFile: (path: string) => void;
  /** Where the database is now. */
  readonly databasePath: () => Promise<string>;
  readonly logPath: string;
}

export function menuTemplate({
  platform,
  isPackaged,
  showFile,
  databasePath,
  logPath,
}: MenuOptions): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        { label: 'Show the database', click: () => void databasePath().then(showFile) },
        { type: 'separator' },
        isMac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...(isPackaged
          ? []
          : [{ type: 'separator' } as const, { role: 'reload' } as const, { role: 'toggleDevTools' } as const]),
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        { label: 'Show the log', click: () => showFile(logPath) },
        ...(isMac ? [] : [{ role: 'about' } as const]),
      ],
    },
  ];
}

/** Where a user's own files are, the same for every host, so that a run started in one is seen in the others. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { realPath } from './toolbox.ts';

/** The per-user folder: %APPDATA%\Tessera, ~/Library/Application Support/Tessera, or $XDG_DATA_HOME/tessera (~/.local/share/tessera). */
export function dataDirectory(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
): string {
  if (platform === 'win32') return join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), 'Tessera');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Tessera');
  const xdg = env['XDG_DATA_HOME'];
  // The XDG specification has relative paths ignored.
  return join(xdg?.startsWith('/') === true ? xdg : join(home, '.local', 'share'), 'tessera');
}

/** The database: `given` (of --db), else TESSERA_DB, else tessera.db in the per-user folder. Absolute, and the file itself where links lead to it. */
export function databasePath(given: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  return realPath(given ?? (env['TESSERA_DB'] || join(dataDirectory(process.platform, env), 'tessera.db')));
}

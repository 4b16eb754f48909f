/** The script of exported dashboards: built from src-renderer/features/export/dashboard, one file without imports. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WorkbenchError } from '#shared/domain/errors.ts';

const BUILT = 'out/dashboard/dashboard.js';

/** Its text, run from the sources, from out/main, or from Electron's archive. @throws WorkbenchError `html.notBuilt` */
export function dashboardScript(): string {
  const own = dirname(fileURLToPath(import.meta.url));
  for (let folder = own; ; folder = dirname(folder)) {
    const candidate = join(folder, BUILT);
    if (existsSync(candidate)) return readFileSync(candidate, 'utf8');
    if (dirname(folder) === folder) throw new WorkbenchError('html.notBuilt', 'the script of interactive pages is not built', { hint: 'build Tessera once: npm run build' });
  }
}

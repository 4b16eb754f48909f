/** Finds code that is built from src-renderer for formats that write what the page shows: by its path, because formats may not import it. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WorkbenchError } from '#shared/domain/errors.ts';

/**
 * The path of `built` ("out/…"), run from the sources, from out/main, or from Electron's archive.
 * @param what it is, for the error
 * @throws WorkbenchError `code` where it has not been built
 */
export function builtCode(built: string, code: string, what: string): string {
  const own = dirname(fileURLToPath(import.meta.url));
  for (let folder = own; ; folder = dirname(folder)) {
    const candidate = join(folder, built);
    if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder)
      throw new WorkbenchError(code, `${what} is not built`, { hint: 'build Tessera once: npm run build' });
  }
}

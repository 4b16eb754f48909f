/** Where the product's own files are: migrations, presets, documentation. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The `resources` folder of the package this file belongs to, run from the sources, from out/main, or from Electron's
 * archive.
 * @throws Error when the installation is incomplete
 */
export function resourcesDirectory(): string {
  const own = fileURLToPath(import.meta.url);
  for (let folder = dirname(own); ; folder = dirname(folder)) {
    const candidate = join(folder, 'resources');
    if (existsSync(join(candidate, 'migrations'))) return candidate;
    if (dirname(folder) === folder)
      throw new Error(`there is no resources folder above ${own}: the installation is incomplete`);
  }
}

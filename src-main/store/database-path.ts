/** Paths of database files: links followed once, and folders made one by one. */
import { existsSync, lstatSync, mkdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** As many links as Linux itself follows. */
const MOST_LINKS = 40;

/**
 * The path of the file itself, however many links lead to it; it need not exist yet. The log, the locks and the notes of a database lie
 * next to it under its name, so that all who open it must call it by the same one. Where links lead in a circle, or a
 * folder may not be read, the path as it is: opening it says what is wrong.
 */
export function realPath(path: string): string {
  let place = resolve(path);
  for (let links = 0; links < MOST_LINKS; links++) {
    const target = linkTarget(place);
    if (target === undefined) return join(realFolder(dirname(place)), basename(place));
    place = resolve(realFolder(dirname(place)), target);
  }
  return resolve(path);
}

/** Where the link at `path` leads; undefined for what is not a link. */
function linkTarget(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch {
    return undefined; // nothing there, or not to be seen
  }
}

function realFolder(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch {
    const parent = dirname(folder);
    return parent === folder ? folder : join(realFolder(parent), basename(folder));
  }
}

/**
 * Makes a folder and those above it that are missing. Node's own recursive `mkdir` tries for ever in file systems that cannot have
 * folders, such as /proc. @throws what the system says
 */
export function makeFolders(folder: string): void {
  const missing: string[] = [];
  for (let each = folder; !existsSync(each) && dirname(each) !== each; each = dirname(each)) missing.unshift(each);
  for (const each of missing) {
    try {
      mkdirSync(each);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST' && existsSync(each))) throw error; // another process was faster
    }
  }
}

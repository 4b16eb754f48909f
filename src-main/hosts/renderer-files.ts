/** The built renderer as a table from address to file. A file that is not in the table cannot be asked for, however its address is written. */
import { readdirSync, type Dirent } from 'node:fs';
import { extname, join } from 'node:path';
import { WorkbenchError } from '#shared/domain/errors.ts';

export interface RendererFile {
  readonly path: string;
  readonly contentType: string;
  /** Its name carries a hash of its content, so it never changes. */
  readonly immutable: boolean;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wasm': 'application/wasm',
  '.map': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

/** Files by pathname ("/assets/index-1a2b3c4d.js"); "/" is index.html. @throws WorkbenchError `host.notBuilt` */
export function listRendererFiles(directory: string): ReadonlyMap<string, RendererFile> {
  const files = new Map<string, RendererFile>();
  for (const entry of entriesOf(directory)) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const pathname = path.slice(directory.length).replaceAll('\\', '/');
    const immutable = pathname.startsWith('/assets/') && /-[\w-]{8,}\.\w+$/.test(entry.name);
    files.set(pathname, {
      path,
      contentType: contentTypes[extname(entry.name)] ?? 'application/octet-stream',
      immutable,
    });
  }
  const index = files.get('/index.html');
  if (index === undefined) throw notBuilt(directory);
  return files.set('/', index);
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true });
  } catch {
    throw notBuilt(directory);
  }
}

function notBuilt(directory: string): WorkbenchError {
  return new WorkbenchError('host.notBuilt', `there is no built workbench in ${directory}`, {
    hint: 'build it with "npm run build"',
  });
}

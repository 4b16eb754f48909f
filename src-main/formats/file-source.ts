/** Files on disk as sources for the formats: opened when first read, read piece by piece, closed together. */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { ChosenFile } from './importer.ts';

/**
 * Calls `work` with the files at `paths` and closes them afterwards. With each come the other files of its folder and
 * below.
 * @throws WorkbenchError `input.unreadable`
 */
export async function withFiles<Result>(
  paths: readonly string[],
  work: (files: readonly ChosenFile[]) => Promise<Result>,
): Promise<Result> {
  const handles: FileHandle[] = [];
  const open = async (path: string): Promise<ChosenFile> => openSource(path, handles);
  try {
    return await work(await Promise.all(paths.map(open)));
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
  }
}

async function openSource(path: string, handles: FileHandle[]): Promise<ChosenFile> {
  const size = await sizeOf(path);
  let handle: FileHandle | undefined;
  return {
    name: basename(path),
    size,
    async read(offset, length) {
      try {
        if (handle === undefined) handles.push((handle = await open(path, 'r')));
        const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
        let filled = 0;
        while (filled < bytes.length) {
          const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, offset + filled);
          if (bytesRead === 0)
            throw new WorkbenchError('input.unreadable', `${path} became shorter while it was read`, {
              hint: 'wait until it is written, then import it again',
            });
          filled += bytesRead;
        }
        return bytes;
      } catch (cause) {
        throw unreadable(path, cause);
      }
    },
    async companion(name) {
      try {
        return await openSource(resolve(dirname(path), name), handles);
      } catch (error) {
        if (error instanceof WorkbenchError) return undefined;
        throw error;
      }
    },
  };
}

async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (found.isDirectory())
      throw new WorkbenchError('input.unreadable', `"${path}" is a folder`, { hint: 'name the files in it' });
    return found.size;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): WorkbenchError {
  if (cause instanceof WorkbenchError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return new WorkbenchError(
    'input.unreadable',
    `cannot read "${path}": ${code === 'ENOENT' ? 'there is no such file' : code}`,
    { hint: 'check its path', cause },
  );
}

/** Files that are written piece by piece: under another name until they are whole, and gone where they do not become so. */
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkbenchError } from '#shared/domain/errors.ts';

/** Whether `out` names a folder, which may be still to be made. */
export function isFolder(out: string | undefined): out is string {
  return out !== undefined && (/[/\\]$/.test(out) || (existsSync(out) && statSync(out).isDirectory()));
}

/** Where a file goes: to `out`, into it where it is a folder, else into the current folder under its own name. */
export function placeOf(name: string, out: string | undefined): string {
  if (out === undefined) return name;
  return isFolder(out) ? join(out, name) : out;
}

/**
 * Writes the file at `path` by `work`; it is there when it is whole.
 * @throws WorkbenchError `output.notWritten`, or what `work` throws
 */
export async function writeInParts(path: string, work: (write: (part: Uint8Array) => Promise<void>) => Promise<void>): Promise<void> {
  const partial = `${path}.part`;
  try {
    const file = await open(partial, 'w');
    try {
      await work(async (part) => void (await file.write(part)));
    } finally {
      await file.close();
    }
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    if (!isFileFault(error)) throw error;
    throw new WorkbenchError('output.notWritten', `cannot write "${path}": ${reasonOf(error)}`, { hint: 'check the path of --out, and that there is room', cause: error });
  }
}

/** What the system says about a file. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return code === 'ENOENT' ? 'there is no such file or folder' : code;
}

function isFileFault(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

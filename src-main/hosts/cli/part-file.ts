/** Files that are written: under another name until they are whole, and gone where they do not become so. */
import { randomUUID } from 'node:crypto';
import { existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { makeFolders } from '../toolbox.ts';

/** Whether `out` names a folder, which may be still to be made. */
export function isFolder(out: string | undefined): out is string {
  return out !== undefined && (/[/\\]$/.test(out) || (existsSync(out) && statSync(out).isDirectory()));
}

/**
 * Where a file goes: to `out`, into it where it is a folder, else into the current folder under its own name. Folders on the way that
 * are missing are made.
 * @throws WorkbenchError `output.notWritten`
 */
export function placeOf(name: string, out: string | undefined): string {
  if (out === undefined) return name;
  const path = isFolder(out) ? join(out, name) : out;
  try {
    makeFolders(dirname(path));
  } catch (cause) {
    throw new WorkbenchError('output.notWritten', `cannot make the folder "${dirname(path)}": ${reasonOf(cause)}`, {
      hint: 'check the path of --out',
      cause,
    });
  }
  return path;
}

/**
 * Writes the file at `path` by `work`; it is there when it is whole.
 * @throws WorkbenchError `output.notWritten` or `output.noRoom`, or what `work` throws
 */
export async function writeInParts(
  path: string,
  work: (write: (part: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  let place: PlaceOnWay | undefined;
  try {
    place = placeOnWay(path);
    const file = await open(place.unfinished, place.flags);
    try {
      await work(async (part) => file.writeFile(part));
    } finally {
      await file.close();
    }
    place.finish();
  } catch (error) {
    place?.giveUp();
    throw explained(error, path);
  }
}

/** Writes a whole file at once; it is there as a whole, or what was there before. @throws WorkbenchError `output.notWritten` or `output.noRoom` */
export function writeAtOnce(path: string, bytes: Uint8Array): void {
  let place: PlaceOnWay | undefined;
  try {
    place = placeOnWay(path);
    writeFileSync(place.unfinished, bytes, { flag: place.flags });
    place.finish();
  } catch (error) {
    place?.giveUp();
    throw explained(error, path);
  }
}

/** Where a file is while it is not whole. */
interface PlaceOnWay {
  readonly unfinished: string;
  readonly flags: 'w' | 'wx';
  finish(): void;
  giveUp(): void;
}

/** Next to the file, under a name that nobody else has; a pipe or device is written to directly. */
function placeOnWay(path: string): PlaceOnWay {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile()) return { unfinished: path, flags: 'w', finish() {}, giveUp() {} };
  const target = found === undefined ? path : realpathSync(path); // a link stays one
  const unfinished = `${target}.unfinished-${randomUUID().slice(0, 8)}`;
  return {
    unfinished,
    flags: 'wx',
    finish: () => renameSync(unfinished, target),
    giveUp: () => rmSync(unfinished, { force: true }),
  };
}

/** What the system says where no room is left: on the disk, in a person's share of it, or for a file of this size. */
const noRoom: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** A fault of the file at `path` in words; anything else as it is. */
function explained(error: unknown, path: string): unknown {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return error;
  if (noRoom.has(error.code))
    return new WorkbenchError('output.noRoom', `there is no room for "${path}" (${String(error.code)})`, {
      hint: 'nothing is left of it; free some space, or choose another disk with --out, then try again',
      cause: error,
    });
  return new WorkbenchError('output.notWritten', `cannot write "${path}": ${reasonOf(error)}`, {
    hint: 'check the path of --out',
    cause: error,
  });
}

/** What the system says about a file. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return code === 'ENOENT' ? 'there is no such file or folder' : code;
}

/**
 * What can be found out about a database file without SQLite touching it: whether it is one, whose, and whether it is
 * whole.
 */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  statSync,
  type Stats,
} from 'node:fs';
import { dirname } from 'node:path';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { makeFolders } from './database-path.ts';
import { OWNER_SUFFIX_BYTES } from './owner-lock.ts';

/** "Tess" in ASCII: SQLite's `application_id` of a Tessera database. */
export const APPLICATION_ID = 0x54657373;

const elsewhere = 'name another database with --db or TESSERA_DB';

/**
 * Checks that `path` is absent, empty or blank ('new'), or an undamaged-looking Tessera database ('existing'); reads its header only.
 * Makes the folder where it is missing.
 * @param newestVersion highest `user_version` this version understands
 * @throws WorkbenchError `store.isDirectory`, `store.notAFile`, `store.twoNames`, `store.pathTooLong`,
 * `store.unwritable`, `store.unreadable`, `store.notADatabase`,
 * `store.foreign`, `store.newer` or `store.corrupt`
 */
export function inspectDatabaseFile(path: string, newestVersion: number): 'new' | 'existing' {
  const folder = dirname(path);
  const pathBytes = Buffer.byteLength(path);
  if (pathBytes > LONGEST_PATH_BYTES)
    throw new WorkbenchError(
      'store.pathTooLong',
      `the path of the database has ${pathBytes} bytes; SQLite opens files with up to ${LONGEST_PATH_BYTES} only: ${path}`,
      { hint: `use a shorter path, or ${elsewhere}` },
    );
  try {
    makeFolders(folder);
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new WorkbenchError('store.unwritable', `the folder ${folder} cannot be written to (${reasonOf(cause)})`, {
      hint: elsewhere,
      cause,
    });
  }
  const found = lookAt(path);
  if (found === undefined) return 'new';
  if (found.isDirectory())
    throw new WorkbenchError('store.isDirectory', `${path} is a folder, not a database file`, {
      hint: `name a file in it, such as ${path.replace(/[\\/]+$/, '')}/tessera.db`,
    });
  if (!found.isFile())
    throw new WorkbenchError('store.notAFile', `${path} is a ${kindOf(found)}, not a file`, { hint: elsewhere });
  if (found.nlink > 1) {
    throw new WorkbenchError(
      'store.twoNames',
      `${path} has ${found.nlink} names (hard links), and SQLite keeps a log for each name: opened by two of them, the database would be destroyed`,
      {
        hint: `remove the other name, or copy the file and name the copy with --db; "find FOLDER -samefile ${path}" finds the names`,
      },
    );
  }
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (cause) {
    throw new WorkbenchError('store.unwritable', `${path} cannot be read and written (${reasonOf(cause)})`, {
      hint: `change its permissions, or ${elsewhere}`,
      cause,
    });
  }
  const { header, sizeBytes } = readHeader(path);
  if (sizeBytes === 0 || isBlank(path, header)) return 'new';
  checkHeader(path, header, sizeBytes, newestVersion);
  return 'existing';
}

/**
 * SQLite's unix files have paths of up to 512 bytes, and the longest name next to a database is that of an owner's
 * lock.
 */
const LONGEST_PATH_BYTES = 511 - OWNER_SUFFIX_BYTES;

/** Undefined where nothing is. */
function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    const reason = code === 'ELOOP' ? 'its links lead in a circle' : reasonOf(cause);
    throw new WorkbenchError('store.unreadable', `${path} cannot be read (${reason})`, {
      hint: code === 'ELOOP' ? `repair the links, or ${elsewhere}` : elsewhere,
      cause,
    });
  }
}

function kindOf(found: Stats): string {
  return found.isFIFO() ? 'pipe' : found.isSocket() ? 'socket' : 'device';
}

/**
 * Whether nothing was ever made in this SQLite file: no application id, and a schema cookie that never changed. Such is one whose
 * creation was cut short, or that another process is creating right now. With a log next to it, the content may be in
 * the log.
 */
function isBlank(path: string, header: Buffer): boolean {
  return (
    isSqlite(header) && header.readUInt32BE(40) === 0 && header.readUInt32BE(68) === 0 && !existsSync(`${path}-wal`)
  );
}

function isSqlite(header: Buffer): boolean {
  return header.length === 100 && header.toString('latin1', 0, 16) === 'SQLite format 3\0';
}

/** The first 100 bytes of a SQLite file (https://www.sqlite.org/fileformat2.html, section 1.3); all its numbers are big-endian. */
function checkHeader(path: string, header: Buffer, sizeBytes: number, newestVersion: number): void {
  if (!isSqlite(header)) {
    throw new WorkbenchError('store.notADatabase', `${path} is not a SQLite database`, { hint: elsewhere });
  }
  const applicationId = header.readUInt32BE(68);
  if (applicationId !== APPLICATION_ID) {
    throw new WorkbenchError(
      'store.foreign',
      `${path} is a SQLite database of another application (application id ${applicationId}, Tessera's is ${APPLICATION_ID})`,
      { hint: elsewhere },
    );
  }
  const version = header.readUInt32BE(60);
  if (version > newestVersion) {
    throw new WorkbenchError(
      'store.newer',
      `${path} was written by a newer version of Tessera: its format is ${version}, this version knows up to ${newestVersion}`,
      { hint: `install the newer version, or ${elsewhere}` },
    );
  }
  const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const expectedBytes = header.readUInt32BE(28) * pageBytes;
  if (sizeBytes < expectedBytes && !existsSync(`${path}-wal`)) {
    throw new WorkbenchError(
      'store.corrupt',
      `${path} is damaged: it is ${sizeBytes} bytes long and should be ${expectedBytes}`,
      { hint: `restore it from a backup, or ${elsewhere}` },
    );
  }
}

function readHeader(path: string): { header: Buffer; sizeBytes: number } {
  try {
    const file = openSync(path, 'r');
    try {
      const header = Buffer.alloc(100);
      const length = readSync(file, header, 0, header.length, 0);
      return { header: header.subarray(0, length), sizeBytes: fstatSync(file).size };
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw new WorkbenchError('store.unreadable', `${path} cannot be read (${reasonOf(cause)})`, {
      hint: elsewhere,
      cause,
    });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

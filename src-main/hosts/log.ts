/** The log of what happened behind the windows: one JSON object a line, in logs/tessera.log of the per-user folder. */
import { existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pino, { type Logger } from 'pino';
import { makeFolders } from './toolbox.ts';

/** A log larger than this is put aside as tessera.log.old when the next host starts. */
const MAX_BYTES = 5_000_000;

export function logFile(directory: string): string {
  return join(directory, 'logs', 'tessera.log');
}

/**
 * Opens the log below `directory`. Where that cannot be written, warnings and errors go to stderr instead: a host can work without a log.
 * @param host appears in every line
 */
export function openLog(directory: string, host: string): Logger {
  const path = logFile(directory);
  try {
    makeFolders(join(directory, 'logs'));
    if (existsSync(path) && statSync(path).size > MAX_BYTES) renameSync(path, `${path}.old`);
    return pino({ base: { host, pid: process.pid } }, pino.destination({ dest: path, sync: true }));
  } catch {
    return pino({ base: { host }, level: 'warn' }, pino.destination({ dest: 2, sync: true }));
  }
}

/**
 * The port a served host last had, by database, kept in the data folder: a page that was left open finds its host again when that
 * is restarted, and bookmarks stay good.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { makeFolders } from '../toolbox.ts';

/** Databases remembered at most; those served longest ago are forgotten. */
const MOST = 50;

const fileSchema = z.object({ ports: z.record(z.string(), z.int().min(1).max(65_535)) });

/** The port for `databasePath`, or undefined where none is remembered or the file is of no use. */
export function rememberedPort(file: string, databasePath: string): number | undefined {
  return portsOf(file)[databasePath];
}

/** Replaces `file` in one step. @throws Error where it cannot be written */
export function rememberPort(file: string, databasePath: string, port: number): void {
  const { [databasePath]: _, ...others } = portsOf(file);
  const ports = Object.fromEntries([...Object.entries(others).slice(1 - MOST), [databasePath, port]]);
  makeFolders(dirname(file));
  writeFileSync(`${file}.new`, `${JSON.stringify({ ports }, undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
}

function portsOf(file: string): Record<string, number> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).ports;
  } catch {
    return {}; // the first start, or a file of no use: any free port will do
  }
}

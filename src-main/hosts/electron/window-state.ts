/** Where the window was when it was last closed, kept in a file and used again only where a display still shows that place. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Rectangle } from 'electron';
import { z } from 'zod';
import { makeFolders } from '../toolbox.ts';

const stateSchema = z.object({
  bounds: z.object({
    x: z.int(),
    y: z.int(),
    width: z.int().min(400).max(20_000),
    height: z.int().min(300).max(20_000),
  }),
  isMaximized: z.boolean(),
});
export type WindowState = z.output<typeof stateSchema>;

/** How much of the window must be on a display for a person to get hold of it, pixels. */
const GRIP = { width: 160, height: 80 };

/** The state of `file`, or undefined where there is none, it cannot be read, or no display of `workAreas` shows enough of it. */
export function loadWindowState(file: string, workAreas: readonly Rectangle[]): WindowState | undefined {
  try {
    const state = stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return workAreas.some((area) => overlap(state.bounds, area)) ? state : undefined;
  } catch {
    return undefined; // the first start, or a file of no use: the window gets its usual place
  }
}

function overlap(a: Rectangle, b: Rectangle): boolean {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width >= GRIP.width && height >= GRIP.height;
}

/** Replaces `file` in one step. @throws Error where it cannot be written */
export function saveWindowState(file: string, state: WindowState): void {
  makeFolders(dirname(file));
  writeFileSync(`${file}.new`, JSON.stringify(state));
  renameSync(`${file}.new`, file);
}

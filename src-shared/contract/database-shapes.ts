/** The database file as it crosses the boundary: what it is like, and how far a task on it is. */
import { z } from 'zod';

export const databaseFactsSchema = z.object({
  path: z.string(),
  /** Of the file. */
  sizeBytes: z.number(),
  /** Of the log next to it, which is folded into the file from time to time. */
  logBytes: z.number(),
  /** Within the file, of what was deleted. */
  freeBytes: z.number(),
  /** Room left on its disk. */
  diskBytes: z.number(),
  runs: z.number(),
  /** What generations and chromosomes of all runs take. */
  recordedBytes: z.number(),
  /** Number of migrations applied. */
  format: z.number(),
  /** A name for a backup next to it. */
  backupPath: z.string(),
  /** Whether the host can ask for a path in a dialog of its own (`database.choosePath`). */
  hasDialog: z.boolean(),
});
export type DatabaseFacts = z.output<typeof databaseFactsSchema>;

/** What has become of the database file that is open, in words: nothing can be read or recorded until Tessera is started again. */
export const databaseFaultSchema = z.object({ code: z.string(), message: z.string(), hint: z.string() });
export type DatabaseFault = z.output<typeof databaseFaultSchema>;

export const databaseTasks = ['check', 'backup', 'compact', 'move'] as const;
export type DatabaseTask = (typeof databaseTasks)[number];

export const databaseProgressSchema = z.object({
  task: z.enum(databaseTasks),
  /** What it is about now, e.g. the table being checked. */
  step: z.string(),
  /** Of the work, 0…1; undefined where it is not known. */
  share: z.number().optional(),
});
export type DatabaseProgress = z.output<typeof databaseProgressSchema>;

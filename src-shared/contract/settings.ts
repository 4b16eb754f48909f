/** What a person has chosen about the workbench itself; kept by the host, the same in every window and after every start. */
import { z } from 'zod';
import { baselineIds } from '../domain/run.ts';

export const themePreferences = ['system', 'light', 'dark'] as const;
export type ThemePreference = (typeof themePreferences)[number];

/** How many threads may evaluate the genomes of a run; results never depend on it. */
export const threadsSchema = z.int().min(1).max(1024);

export const settingsSchema = z.object({
  theme: z.enum(themePreferences),
  isRailCollapsed: z.boolean(),
  /** For runs that do not say so themselves; left out or null: each takes its share of the cores. */
  threads: threadsSchema.nullable().optional(),
  /** What a run's figures are compared with; left out or null: what its platform suggests. */
  baseline: z.enum(baselineIds).nullable().optional(),
});
export type Settings = z.output<typeof settingsSchema>;

export const defaultSettings: Settings = { theme: 'system', isRailCollapsed: false };

/** What a person has chosen about the workbench itself; kept by the host, the same in every window and after every start. */
import { z } from 'zod';

export const themePreferences = ['system', 'light', 'dark'] as const;
export type ThemePreference = (typeof themePreferences)[number];

export const settingsSchema = z.object({
  theme: z.enum(themePreferences),
  isRailCollapsed: z.boolean(),
});
export type Settings = z.output<typeof settingsSchema>;

export const defaultSettings: Settings = { theme: 'system', isRailCollapsed: false };

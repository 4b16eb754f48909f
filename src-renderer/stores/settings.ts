/** What a person has chosen about the workbench itself, kept in the browser: theme and frame. */
import { computed, watch } from 'vue';
import { defineStore } from 'pinia';
import { useLocalStorage, usePreferredDark } from '@vueuse/core';
import type { ThemeName } from '../theme/palette.ts';
import { applyTheme } from '../theme/tokens.ts';

export const themePreferences = ['system', 'light', 'dark'] as const;
export type ThemePreference = (typeof themePreferences)[number];

export const useSettingsStore = defineStore('settings', () => {
  const themePreference = useLocalStorage<ThemePreference>('tessera.theme', 'system');
  const isRailCollapsed = useLocalStorage('tessera.railCollapsed', false);
  const prefersDark = usePreferredDark();
  const theme = computed<ThemeName>(() => (themePreference.value === 'light' || themePreference.value === 'dark' ? themePreference.value : prefersDark.value ? 'dark' : 'light'));
  watch(theme, (name) => applyTheme(document.documentElement, name), { immediate: true });

  /** To the other one of light and dark. */
  function toggleTheme(): void {
    themePreference.value = theme.value === 'dark' ? 'light' : 'dark';
  }

  return { themePreference, theme, isRailCollapsed, toggleTheme };
});

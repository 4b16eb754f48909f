/**
 * What a person has chosen about the workbench itself: theme, frame, and the threads of its runs. The host keeps it, for every window and every start; this
 * browser remembers it too, so that the first picture has the right theme before the host has answered.
 */
import { computed, shallowRef, watch } from 'vue';
import { defineStore } from 'pinia';
import { useLocalStorage, usePreferredDark } from '@vueuse/core';
import { defaultSettings, type Settings, type ThemePreference } from '#shared/contract/settings.ts';
import type { BaselineId } from '#shared/domain/run.ts';
import { client } from '../api/index.ts';
import type { ThemeName } from '../theme/palette.ts';
import { applyTheme } from '../theme/tokens.ts';
import { useNotificationsStore } from './notifications.ts';
import { onReconnect } from './on-return.ts';

export { themePreferences, type ThemePreference } from '#shared/contract/settings.ts';

export const useSettingsStore = defineStore('settings', () => {
  const themePreference = useLocalStorage<ThemePreference>('tessera.theme', defaultSettings.theme);
  const isRailCollapsed = useLocalStorage('tessera.railCollapsed', defaultSettings.isRailCollapsed);
  /** As the host has them; undefined until it has answered. */
  const kept = shallowRef<Settings>();
  /** How many threads a run may evaluate with; undefined: its share of the cores. */
  const threads = computed(() => kept.value?.threads ?? undefined);
  /** What runs are compared with; undefined: what their platform suggests. */
  const baseline = computed(() => kept.value?.baseline ?? undefined);
  const prefersDark = usePreferredDark();
  const theme = computed<ThemeName>(() =>
    themePreference.value === 'light' || themePreference.value === 'dark'
      ? themePreference.value
      : prefersDark.value
        ? 'dark'
        : 'light',
  );
  watch(theme, (name) => applyTheme(document.documentElement, name), { immediate: true });

  /** To the other one of light and dark. */
  function toggleTheme(): void {
    themePreference.value = theme.value === 'dark' ? 'light' : 'dark';
  }

  /** From now on the host's settings are shown, and what is changed here is kept by it. */
  function follow(): void {
    client.on('settings.changed', ({ settings }) => adopt(settings));
    onReconnect(() => void load(), { isNow: true });
    watch([themePreference, isRailCollapsed], () => void keep());
  }

  function adopt(settings: Settings): void {
    kept.value = settings;
    themePreference.value = settings.theme;
    isRailCollapsed.value = settings.isRailCollapsed;
  }

  /** Without an answer it stays as this browser remembers it; the next connection asks again. */
  async function load(): Promise<void> {
    try {
      adopt((await client.invoke('settings.get', {})).settings);
    } catch (error) {
      console.info('The settings could not be read from the host', error);
    }
  }

  async function keep(): Promise<void> {
    const wanted: Settings = { theme: themePreference.value, isRailCollapsed: isRailCollapsed.value };
    if (
      kept.value === undefined ||
      (kept.value.theme === wanted.theme && kept.value.isRailCollapsed === wanted.isRailCollapsed)
    )
      return;
    kept.value = { ...kept.value, ...wanted };
    try {
      await client.invoke('settings.set', wanted);
    } catch (error) {
      useNotificationsStore().showError(error, 'The setting applies to this window only');
    }
  }

  async function changeThreads(wanted: number | undefined): Promise<void> {
    try {
      adopt((await client.invoke('settings.set', { threads: wanted ?? null })).settings);
    } catch (error) {
      useNotificationsStore().showError(error, 'The number of threads was not changed');
    }
  }

  async function changeBaseline(wanted: BaselineId | undefined): Promise<void> {
    try {
      adopt((await client.invoke('settings.set', { baseline: wanted ?? null })).settings);
    } catch (error) {
      useNotificationsStore().showError(error, 'The baseline applies to this page only');
    }
  }

  return {
    baseline,
    changeBaseline,
    threads,
    changeThreads,
    themePreference,
    theme,
    isRailCollapsed,
    toggleTheme,
    follow,
  };
});

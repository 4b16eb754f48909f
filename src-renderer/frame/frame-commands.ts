/** The commands of the frame: going to pages, palette, shortcuts, theme, rail. */
import { shallowRef, type ShallowRef } from 'vue';
import { useRouter } from 'vue-router';
import { useCommands } from '../commands/use-commands.ts';
import { useSettingsStore } from '../stores/settings.ts';
import { lastAddress } from './sections.ts';

/** Registers them; returns what they open. */
export function useFrameCommands(): { isPaletteOpen: ShallowRef<boolean>; isSheetOpen: ShallowRef<boolean> } {
  const router = useRouter();
  const settings = useSettingsStore();
  const isPaletteOpen = shallowRef(false);
  const isSheetOpen = shallowRef(false);
  const go = (path: string) => (): unknown => router.push(path);

  useCommands([
    {
      id: 'frame.palette',
      title: 'Find a command',
      section: 'Workbench',
      shortcut: 'Mod+K',
      isHidden: true,
      run: () => (isPaletteOpen.value = !isPaletteOpen.value),
    },
    { id: 'go.home', title: 'Go to Home', section: 'Go to', shortcut: 'g h', keywords: 'demos start', run: go('/') },
    {
      id: 'go.runs',
      title: 'Go to Runs',
      section: 'Go to',
      shortcut: 'g r',
      keywords: 'list history',
      run: () => router.push(lastAddress('runs')),
    },
    {
      id: 'go.pareto',
      title: 'Go to Pareto',
      section: 'Go to',
      shortcut: 'g f',
      keywords: 'front trade-offs',
      run: () => router.push(lastAddress('pareto')),
    },
    {
      id: 'go.sweeps',
      title: 'Go to Sweeps',
      section: 'Go to',
      shortcut: 'g w',
      keywords: 'grid seeds vary',
      run: go('/sweeps'),
    },
    {
      id: 'go.compare',
      title: 'Go to Compare',
      section: 'Go to',
      shortcut: 'g c',
      keywords: 'side by side difference',
      run: () => router.push(lastAddress('compare')),
    },
    {
      id: 'go.platforms',
      title: 'Go to Platforms',
      section: 'Go to',
      shortcut: 'g p',
      keywords: 'library devices processors documents',
      run: () => router.push(lastAddress('platforms')),
    },
    {
      id: 'go.networks',
      title: 'Go to Networks',
      section: 'Go to',
      shortcut: 'g n',
      keywords: 'library models layers documents',
      run: () => router.push(lastAddress('networks')),
    },
    {
      id: 'go.scenarios',
      title: 'Go to Scenarios',
      section: 'Go to',
      shortcut: 'g o',
      keywords: 'library applications documents',
      run: () => router.push(lastAddress('scenarios')),
    },
    {
      id: 'go.settings',
      title: 'Go to Settings',
      section: 'Go to',
      shortcut: 'g s',
      keywords: 'theme database doctor version',
      run: go('/settings'),
    },
    {
      id: 'go.help',
      title: 'Go to Help',
      section: 'Go to',
      shortcut: 'g ?',
      keywords: 'documentation manual',
      run: go('/help'),
    },
    {
      id: 'run.new',
      title: 'New run',
      section: 'Runs',
      shortcut: 'n',
      keywords: 'start schedule search',
      run: go('/runs/new'),
    },
    {
      id: 'frame.theme',
      title: 'Switch between light and dark',
      section: 'Workbench',
      shortcut: 'Mod+Shift+L',
      keywords: 'theme colour',
      run: settings.toggleTheme,
    },
    {
      id: 'frame.systemTheme',
      title: 'Follow the system’s theme',
      section: 'Workbench',
      when: () => settings.themePreference !== 'system',
      run: () => (settings.themePreference = 'system'),
    },
    {
      id: 'frame.rail',
      title: 'Collapse or expand the rail',
      section: 'Workbench',
      shortcut: 'Mod+B',
      run: () => (settings.isRailCollapsed = !settings.isRailCollapsed),
    },
    {
      id: 'frame.shortcuts',
      title: 'Keyboard shortcuts',
      section: 'Workbench',
      shortcut: '?',
      keywords: 'keys help',
      run: () => (isSheetOpen.value = !isSheetOpen.value),
    },
  ]);
  return { isPaletteOpen, isSheetOpen };
}

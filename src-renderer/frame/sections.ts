/** The entries of the rail, and the address at which each was left, so that lists keep their filters when one comes back. */
import { shallowReactive } from 'vue';
import type { Router } from 'vue-router';
import type { IconName } from '../components/marks/icons.ts';

export type SectionId =
  | 'home'
  | 'runs'
  | 'compare'
  | 'pareto'
  | 'sweeps'
  | 'platforms'
  | 'networks'
  | 'profiles'
  | 'devices'
  | 'scenarios'
  | 'settings'
  | 'help';

export interface Section {
  readonly id: SectionId;
  readonly title: string;
  readonly icon: IconName;
  readonly path: string;
  readonly isAtEnd?: boolean;
}

export const sections: readonly Section[] = [
  { id: 'home', title: 'Home', icon: 'home', path: '/' },
  { id: 'platforms', title: 'Platforms', icon: 'platform', path: '/platforms' },
  { id: 'networks', title: 'Networks', icon: 'network', path: '/networks' },
  { id: 'profiles', title: 'Profiles', icon: 'profile', path: '/profiles' },
  { id: 'devices', title: 'Devices', icon: 'device', path: '/devices' },
  { id: 'scenarios', title: 'Scenarios', icon: 'scenario', path: '/scenarios' },
  { id: 'runs', title: 'Runs', icon: 'runs', path: '/runs' },
  { id: 'sweeps', title: 'Sweeps', icon: 'sweep', path: '/sweeps' },
  { id: 'compare', title: 'Compare', icon: 'compare', path: '/compare' },
  { id: 'pareto', title: 'Pareto', icon: 'pareto', path: '/pareto' },
  { id: 'settings', title: 'Settings', icon: 'settings', path: '/settings', isAtEnd: true },
  { id: 'help', title: 'Help', icon: 'help', path: '/help', isAtEnd: true },
];

const lastAddresses = shallowReactive(new Map<SectionId, string>());

/** Where the list of a section was left, or its start. */
export function lastAddress(id: SectionId): string {
  return lastAddresses.get(id) ?? sections.find((section) => section.id === id)?.path ?? '/';
}

/** Remembers the addresses of lists from now on. */
export function rememberAddresses(router: Router): void {
  router.afterEach((to) => {
    if (to.name === 'pareto') lastAddresses.set('pareto', to.fullPath);
    if (to.name === 'compare') lastAddresses.set('compare', to.fullPath);
    if (to.name === 'runs') lastAddresses.set('runs', to.fullPath);
    if (to.name === 'platforms' || to.name === 'networks' || to.name === 'profiles' || to.name === 'scenarios')
      lastAddresses.set(to.name, to.fullPath);
    if (to.name === 'help') lastAddresses.set('help', to.fullPath);
  });
}

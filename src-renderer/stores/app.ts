/** Which Tessera this is: versions, host, database. */
import { shallowRef } from 'vue';
import { defineStore } from 'pinia';
import type { RouteOutput } from '#shared/contract/routes.ts';
import { client } from '../api/index.ts';

export type AppInfo = RouteOutput<'app.info'>;

export const useAppStore = defineStore('app', () => {
  const info = shallowRef<AppInfo>();

  async function load(): Promise<void> {
    info.value = await client.invoke('app.info', {});
  }

  return { info, load };
});

/** Which Tessera this is: versions, host, database. */
import { computed, shallowRef } from 'vue';
import { defineStore } from 'pinia';
import type { DatabaseFault } from '#shared/contract/database-shapes.ts';
import type { RouteOutput } from '#shared/contract/routes.ts';
import { client, isHostGone } from '../api/index.ts';

export type AppInfo = RouteOutput<'app.info'>;

export const useAppStore = defineStore('app', () => {
  const info = shallowRef<AppInfo>();
  /** What happened to the database file, if it is no longer the one that is open. */
  const databaseFault = shallowRef<DatabaseFault>();
  /** Why no run can be started or resumed at present, a sentence; undefined: one can. */
  const startObstacle = computed(() => {
    if (isHostGone.value) return 'Nothing can be started while the host is out of reach.';
    return databaseFault.value === undefined
      ? undefined
      : 'Nothing can be started: its record would be lost with the database.';
  });

  async function load(): Promise<void> {
    info.value = await client.invoke('app.info', {});
    databaseFault.value = info.value.databaseFault;
  }

  /** Hears of a database file that is lost from now on; returns the way to stop. */
  function follow(): () => void {
    return client.on('database.lost', (fault) => (databaseFault.value = fault));
  }

  return { info, databaseFault, startObstacle, load, follow };
});

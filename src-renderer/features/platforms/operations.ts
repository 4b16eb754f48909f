/** The operations that the networks of the library have: offered where one says what a processor supports. */
import { shallowRef } from 'vue';
import { defineStore } from 'pinia';
import { parseNetwork } from '#shared/domain/network.ts';
import { client } from '../../api/index.ts';
import { useNotificationsStore } from '../../stores/notifications.ts';

/** More networks than this are not looked through. */
const MOST_NETWORKS = 40;

export const useOperationsStore = defineStore('operations', () => {
  const known = shallowRef<readonly string[]>([]);
  let loading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const { documents } = await client.invoke('documents.list', { kind: 'network' });
    const found = new Set<string>();
    for (const { id } of documents.slice(0, MOST_NETWORKS)) {
      const { document } = await client.invoke('documents.get', { kind: 'network', id });
      for (const layer of parseNetwork(document).layers) found.add(layer.op);
    }
    known.value = [...found].sort();
  }

  function load(): Promise<void> {
    loading ??= read().catch((error: unknown) => {
      loading = undefined;
      useNotificationsStore().showError(error, 'The operations of the networks could not be read');
    });
    return loading;
  }

  return { known, load };
});

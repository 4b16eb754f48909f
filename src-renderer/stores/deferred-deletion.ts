/** Deleting what can still be brought back for a while: it is hidden at once, and gone for good when the time for undoing is over. */
import { shallowRef, type ShallowRef } from 'vue';
import { useNotificationsStore } from './notifications.ts';

/** How long a deletion can be undone, ms. */
export const UNDO_MS = 10_000;

export interface DeferredDeletion<Key> {
  /** What is hidden, by the request that it was deleted with. */
  readonly doomed: Readonly<ShallowRef<ReadonlyMap<Key, symbol>>>;
  /** Hides `keys`, says so by `title` and `hint`, and offers to undo it. */
  readonly remove: (keys: readonly Key[], title: string, hint?: string) => void;
  readonly restore: (keys: readonly Key[]) => void;
}

/** @param deleteForGood reports by itself what could not be deleted, which is shown again */
export function useDeferredDeletion<Key>(
  deleteForGood: (keys: readonly Key[]) => Promise<void>,
): DeferredDeletion<Key> {
  const notifications = useNotificationsStore();
  const doomed = shallowRef<ReadonlyMap<Key, symbol>>(new Map());

  function remove(keys: readonly Key[], title: string, hint?: string): void {
    const request = Symbol('deletion');
    doomed.value = new Map([...doomed.value, ...keys.map((key) => [key, request] as const)]);
    const offer = notifications.show({
      kind: 'info',
      title,
      hint,
      durationMs: UNDO_MS,
      action: { label: 'Undo', run: () => restore(keys) },
    });
    setTimeout(async () => {
      notifications.close(offer); // it may be held by the pointer, and undoes nothing any more
      const gone = keys.filter((key) => doomed.value.get(key) === request);
      if (gone.length > 0) await deleteForGood(gone);
      restore(gone);
    }, UNDO_MS);
  }

  function restore(keys: readonly Key[]): void {
    const restored = new Set(keys);
    doomed.value = new Map([...doomed.value].filter(([key]) => !restored.has(key)));
  }

  return { doomed, remove, restore };
}

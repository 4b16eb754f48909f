/**
 * Keys of a part of the page that work while it has the focus: the part handles them itself, the list of shortcuts only
 * shows them.
 */
import { computed, shallowReactive } from 'vue';
import { useWhileShown } from './use-commands.ts';

export interface KeyHelp {
  /** Where they work: "Rows of the table". */
  readonly title: string;
  readonly entries: readonly { readonly keys: string; readonly does: string }[];
}

const groups = shallowReactive(new Set<KeyHelp>());

/** All key help shown now; two parts of a kind are listed once. */
export const keyHelp = computed<readonly KeyHelp[]>(() => [
  ...new Map([...groups].map((group) => [group.title, group])).values(),
]);

/** Shows `own` for as long as the calling component is mounted. */
export function useKeyHelp(own: KeyHelp): void {
  useWhileShown(() => {
    groups.add(own);
    return () => groups.delete(own);
  });
}

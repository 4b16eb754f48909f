/** Keys of a part of the page that work while it has the focus: the part handles them itself, the list of shortcuts only tells them. */
import { computed, shallowReactive } from 'vue';
import { useWhileShown } from './use-commands.ts';

export interface KeyHelp {
  /** Where they work: "Rows of the table". */
  readonly title: string;
  readonly entries: readonly { readonly keys: string; readonly does: string }[];
}

const groups = shallowReactive(new Set<KeyHelp>());

/** Everything that is told now; two parts of a kind are told once. */
export const keyHelp = computed<readonly KeyHelp[]>(() => [...new Map([...groups].map((group) => [group.title, group])).values()]);

/** Tells `own` for as long as the calling component is there. */
export function useKeyHelp(own: KeyHelp): void {
  useWhileShown(() => {
    groups.add(own);
    return () => groups.delete(own);
  });
}

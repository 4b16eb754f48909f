/** Questions of which only the latest counts: an answer that comes after a newer one was asked, or after its page has gone, is dropped. */
import { onScopeDispose } from 'vue';

/**
 * To be called in a component's or composable's own scope:
 *
 *     const begin = useLatest();
 *     async function load() {
 *       const isLatest = begin();
 *       const answer = await client.invoke(…);
 *       if (!isLatest()) return;
 *
 * @returns begins a question; what that returns says whether it is still the latest
 */
export function useLatest(): () => () => boolean {
  let newest = 0;
  onScopeDispose(() => newest++);
  return () => {
    const own = ++newest;
    return () => own === newest;
  };
}

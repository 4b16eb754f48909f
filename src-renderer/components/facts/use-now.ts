/** The time of day, shared by everything that shows relative times; it moves every 20 s. */
import { readonly, ref, type Ref } from 'vue';

const STEP_MS = 20_000;
const now = ref(Date.now());
let timer: ReturnType<typeof setInterval> | undefined;

export function useNow(): Readonly<Ref<number>> {
  timer ??= setInterval(() => (now.value = Date.now()), STEP_MS);
  return readonly(now);
}

/** Coming back to this window: time to see what other programs have recorded meanwhile, of which no event tells. */
import { useEventListener, useThrottleFn } from '@vueuse/core';

/** Between two looks, ms: a window that gets the focus also becomes visible. */
const APART_MS = 500;

/** Calls `look` whenever the window gets the focus or becomes visible again, until the present scope ends. */
export function onReturn(look: () => void): void {
  const lookSoon = useThrottleFn(look, APART_MS);
  useEventListener(window, 'focus', () => void lookSoon());
  useEventListener(document, 'visibilitychange', () => {
    if (document.visibilityState === 'visible') void lookSoon();
  });
}

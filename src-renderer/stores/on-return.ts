/** When to look again at what events have kept up to date so far: on coming back to this window, and once the connection is there again. */
import { useEventListener, useThrottleFn } from '@vueuse/core';
import { watch } from 'vue';
import { connectionState } from '../api/index.ts';

/** Between two looks, ms: a window that gets the focus also becomes visible. */
const APART_MS = 500;

/**
 * Other programs may have recorded something meanwhile, which no event reports: calls `look` whenever the window gets
 * the focus or becomes visible again, until the present scope ends.
 */
export function onReturn(look: () => void): void {
  const lookSoon = useThrottleFn(look, APART_MS);
  useEventListener(window, 'focus', () => void lookSoon());
  useEventListener(document, 'visibilitychange', () => {
    if (document.visibilityState === 'visible') void lookSoon();
  });
}

/** Events were missed while the connection was lost: calls `look` whenever there is one again, until the present scope ends. */
export function onReconnect(look: () => void, { isNow = false } = {}): void {
  watch(
    () => connectionState.value.status,
    (status) => {
      if (status === 'open') look();
    },
    { immediate: isNow },
  );
}

/** A playback in step with the screen: calls back on each frame for drawing, as long as something moves. */
import { computed, onScopeDispose, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import { advance, atRest, frameOf, type Playback } from './playback.ts';

/** A frame that took longer than this (a hidden window, a long task) counts as this, ms. */
const LONGEST_FRAME_MS = 100;

export interface PlaybackControl {
  readonly playback: ShallowRef<Playback>;
  readonly frame: ComputedRef<number>;
  /** Draws in the next frame of the screen; asking again before that changes nothing. */
  requestDraw(): void;
}

/**
 * @param frameCount how many frames there are; may grow
 * @param draw called once per frame of the screen with the time since the last one, ms; true: something still moves, call again
 */
export function usePlayback(frameCount: () => number, draw: (elapsedMs: number) => boolean): PlaybackControl {
  const playback = shallowRef<Playback>(atRest);
  const frame = computed(() => frameOf(playback.value, frameCount()));
  let request: number | undefined;
  let lastMs: number | undefined;

  function tick(nowMs: number): void {
    request = undefined;
    const elapsedMs = lastMs === undefined ? 0 : Math.min(LONGEST_FRAME_MS, nowMs - lastMs);
    lastMs = nowMs;
    const next = advance(playback.value, elapsedMs, frameCount());
    if (next !== playback.value) playback.value = next;
    const isMoving = draw(elapsedMs);
    if (isMoving || playback.value.isPlaying) requestDraw();
    else lastMs = undefined;
  }

  function requestDraw(): void {
    request ??= requestAnimationFrame(tick);
  }

  watch(playback, requestDraw, { flush: 'sync' });
  onScopeDispose(() => {
    if (request !== undefined) cancelAnimationFrame(request);
  });
  return { playback, frame, requestDraw };
}

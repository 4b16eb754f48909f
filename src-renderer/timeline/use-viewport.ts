/** The viewport of one timeline component: follows size and content, moves at once or glides, stays "fitted" until a person zooms. */
import { onScopeDispose, readonly, shallowRef, watch, type Ref } from 'vue';
import {
  betweenViewports,
  clampViewport,
  fitViewport,
  isFittedView,
  type Viewport,
  type ViewportLimits,
} from './scene/viewport.ts';

const GLIDE_MS = 160;

export interface ViewportControl {
  readonly viewport: Readonly<Ref<Viewport>>;
  /** Where a glide under way will end; the viewport itself otherwise. Moves that add up start from here. */
  target(): Viewport;
  /** Shows `next` at once: the hand is on it. */
  set(next: Viewport): void;
  /** Glides to `next` (at once where the person asked for less motion). */
  glideTo(next: Viewport): void;
}

/** `extent`: where the plot lies on the canvas; `limits`: what can be shown. */
export function useViewport(
  extent: Readonly<Ref<Pick<Viewport, 'leftPx' | 'widthPx'>>>,
  limits: Readonly<Ref<ViewportLimits>>,
): ViewportControl {
  const viewport = shallowRef<Viewport>({
    startMs: limits.value.startMs,
    endMs: limits.value.fittedEndMs,
    scrollPx: 0,
    ...extent.value,
  });
  let glide: { from: Viewport; to: Viewport; startedMs: number; frame: number } | undefined;
  let isFitted = true;

  function stop(): void {
    if (glide !== undefined) cancelAnimationFrame(glide.frame);
    glide = undefined;
  }

  function remember(next: Viewport): void {
    isFitted = isFittedView(next, limits.value);
  }

  function set(next: Viewport): void {
    stop();
    viewport.value = next;
    remember(next);
  }

  function step(nowMs: number): void {
    if (glide === undefined) return;
    const share = Math.min(1, Math.max(0, (nowMs - glide.startedMs) / GLIDE_MS));
    viewport.value = betweenViewports(glide.from, glide.to, 1 - (1 - share) ** 3);
    if (share < 1) glide.frame = requestAnimationFrame(step);
    else glide = undefined;
  }

  function glideTo(next: Viewport): void {
    if (window.matchMedia('(prefers-reduced-motion: reduce)').matches) {
      set(next);
      return;
    }
    stop();
    remember(next);
    glide = { from: viewport.value, to: next, startedMs: performance.now(), frame: requestAnimationFrame(step) };
  }

  watch([extent, limits], () => {
    const wasFitted = isFitted;
    const placed = { ...(glide?.to ?? viewport.value), ...extent.value };
    set(clampViewport(wasFitted ? fitViewport(placed, limits.value) : placed, limits.value));
  });
  onScopeDispose(stop);

  return { viewport: readonly(viewport), target: () => glide?.to ?? viewport.value, set, glideTo };
}

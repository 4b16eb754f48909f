/** Zooming a chart along its progress axis: wheel at the cursor, a drawn stretch, double-click or 0 for all of it, and the keyboard. */
import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import { plainGrid } from './chart-style.ts';
import type { ProgressWindow } from './convergence.ts';

/** How much one step of the wheel, or of a key, shows of what was shown before. */
const STEP = 0.8;
/** Share of the window that an arrow key moves it by. */
const PAN = 0.15;
/** Fewer pixels are a click, not a stretch. */
const FEWEST_PX = 6;

export interface ProgressZoom {
  /** Undefined: all of it. */
  readonly window: ShallowRef<ProgressWindow | undefined>;
  /** The stretch that is being drawn, in CSS pixels from the chart's left edge. */
  readonly stretch: ComputedRef<{ readonly left: number; readonly width: number } | undefined>;
  onWheel(event: WheelEvent): void;
  onPointerDown(event: PointerEvent): void;
  onKeyDown(event: KeyboardEvent): void;
  zoom(factor: number): void;
  reset(): void;
}

/** `from … to` zoomed by `factor` around `at`, kept inside `extent`; undefined where that is all of it. */
export function zoomed(
  { from, to }: ProgressWindow,
  extent: ProgressWindow,
  factor: number,
  at: number,
  least: number,
): ProgressWindow | undefined {
  const length = Math.max(least, (to - from) * factor);
  if (length >= extent.to - extent.from) return undefined;
  const start = at - ((at - from) / (to - from)) * length;
  const kept = Math.min(Math.max(start, extent.from), extent.to - length);
  return { from: kept, to: kept + length };
}

/**
 * @param extent the whole axis
 * @param least the shortest stretch that still says something
 * @param needsKey whether the wheel zooms with Ctrl or ⌘ only, because it scrolls the page
 */
export function useProgressZoom(
  extent: () => ProgressWindow,
  least: () => number,
  needsKey: () => boolean,
): ProgressZoom {
  const window = shallowRef<ProgressWindow>();
  const drag = shallowRef<{ readonly chart: DOMRect; readonly fromPx: number; readonly toPx: number }>();
  const shown = (): ProgressWindow => window.value ?? extent();
  // A zoomed range means nothing on another axis.
  watch(
    () => extent().to,
    (next, before) => {
      if (window.value !== undefined && (window.value.to > next || next < before)) window.value = undefined;
    },
  );

  const plotWidth = (chart: DOMRect): number => Math.max(1, chart.width - plainGrid.left - plainGrid.right);
  const valueAt = (chart: DOMRect, px: number): number => {
    const { from, to } = shown();
    return from + Math.min(1, Math.max(0, (px - plainGrid.left) / plotWidth(chart))) * (to - from);
  };
  const chartUnder = (event: Event): DOMRect | undefined =>
    event.target instanceof Element ? event.target.closest('.app-chart')?.getBoundingClientRect() : undefined;

  function zoomAt(factor: number, at: number): void {
    window.value = zoomed(shown(), extent(), factor, at, least());
  }

  function pan(share: number): void {
    const { from, to } = shown();
    const whole = extent();
    const by = Math.min(Math.max((to - from) * share, whole.from - from), whole.to - to);
    if (window.value !== undefined) window.value = { from: from + by, to: to + by };
  }

  return {
    window,
    stretch: computed(() =>
      drag.value === undefined
        ? undefined
        : { left: Math.min(drag.value.fromPx, drag.value.toPx), width: Math.abs(drag.value.toPx - drag.value.fromPx) },
    ),
    onWheel(event) {
      const chart = chartUnder(event);
      if (chart === undefined || (needsKey() && !event.ctrlKey && !event.metaKey)) return;
      event.preventDefault();
      zoomAt(event.deltaY > 0 ? 1 / STEP : STEP, valueAt(chart, event.clientX - chart.left));
    },
    onPointerDown(event) {
      const chart = chartUnder(event);
      if (chart === undefined || event.button !== 0) return;
      const fromPx = event.clientX - chart.left;
      const move = (next: PointerEvent): void => {
        drag.value = {
          chart,
          fromPx,
          toPx: Math.min(Math.max(next.clientX - chart.left, plainGrid.left), chart.width - plainGrid.right),
        };
      };
      const end = (): void => {
        removeEventListener('pointermove', move);
        removeEventListener('pointerup', end);
        removeEventListener('pointercancel', end);
        const drawn = drag.value;
        drag.value = undefined;
        if (drawn === undefined || Math.abs(drawn.toPx - drawn.fromPx) < FEWEST_PX) return;
        const [from, to] = [
          valueAt(chart, Math.min(drawn.fromPx, drawn.toPx)),
          valueAt(chart, Math.max(drawn.fromPx, drawn.toPx)),
        ];
        if (to - from >= least()) window.value = { from, to };
      };
      addEventListener('pointermove', move);
      addEventListener('pointerup', end);
      addEventListener('pointercancel', end);
    },
    onKeyDown(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const { from, to } = shown();
      if (event.key === '+' || event.key === '=') zoomAt(STEP, (from + to) / 2);
      else if (event.key === '-') zoomAt(1 / STEP, (from + to) / 2);
      else if (event.key === '0') window.value = undefined;
      else if (event.key === 'ArrowLeft') pan(-PAN);
      else if (event.key === 'ArrowRight') pan(PAN);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    zoom(factor) {
      const { from, to } = shown();
      zoomAt(factor, (from + to) / 2);
    },
    reset() {
      window.value = undefined;
    },
  };
}

/** Which part of time is visible where: time ↔ pixel, zoom at a point, pan, clamp, and the ticks of the axis. All values are immutable. */
import { durationUnit, formatFixed } from '../../format.ts';
import { multiplesWithin, roundStep } from '../../canvas/round-steps.ts';

/** The visible span of time, `startMs … endMs`, and where it lies on the canvas, CSS pixels. */
export interface Viewport {
  readonly startMs: number;
  readonly endMs: number;
  readonly leftPx: number;
  readonly widthPx: number;
  /** How far the rows are scrolled down, CSS pixels. */
  readonly scrollPx: number;
}

/** What a viewport may show: no time outside `startMs … endMs`, no less than `minimumSpanMs`, no scrolling beyond `maximumScrollPx`. */
export interface ViewportLimits {
  readonly startMs: number;
  readonly endMs: number;
  /** Where the fitted view ends, at most `endMs`. */
  readonly fittedEndMs: number;
  readonly minimumSpanMs: number;
  readonly maximumScrollPx: number;
}

/** Zooming stops at this share of the whole: beyond it, doubles no longer tell neighbouring pixels apart. */
const DEEPEST_ZOOM = 1e-8;

/** Limits of a timeline that ends at `endMs` and is fitted to `fittedEndMs`. */
export function limitsOf(endMs: number, maximumScrollPx: number, fittedEndMs = endMs): ViewportLimits {
  return { startMs: 0, endMs, fittedEndMs, minimumSpanMs: endMs * DEEPEST_ZOOM, maximumScrollPx };
}

export function timeToPixel(viewport: Viewport, timeMs: number): number {
  return viewport.leftPx + ((timeMs - viewport.startMs) / (viewport.endMs - viewport.startMs)) * viewport.widthPx;
}

export function pixelToTime(viewport: Viewport, px: number): number {
  return viewport.startMs + ((px - viewport.leftPx) / viewport.widthPx) * (viewport.endMs - viewport.startMs);
}

/** Time that one pixel represents, ms. */
export function msPerPixel(viewport: Viewport): number {
  return (viewport.endMs - viewport.startMs) / viewport.widthPx;
}

/** How many times closer than the fitted view the viewport is; below 1 where it shows more. */
export function zoomLevel(viewport: Viewport, limits: ViewportLimits): number {
  return (limits.fittedEndMs - limits.startMs) / (viewport.endMs - viewport.startMs);
}

/** Whether there is nothing beyond the viewport on either side. */
export function showsEverything(viewport: Viewport, limits: ViewportLimits): boolean {
  return viewport.endMs - viewport.startMs >= (limits.endMs - limits.startMs) * (1 - 1e-9);
}

/** Whether the viewport is the fitted view. */
export function isFittedView(viewport: Viewport, limits: ViewportLimits): boolean {
  const tolerance = (limits.fittedEndMs - limits.startMs) * 1e-9;
  return (
    Math.abs(viewport.startMs - limits.startMs) <= tolerance &&
    Math.abs(viewport.endMs - limits.fittedEndMs) <= tolerance
  );
}

/** The nearest viewport within `limits`; the span is kept where it can be. */
export function clampViewport(viewport: Viewport, limits: ViewportLimits): Viewport {
  const whole = limits.endMs - limits.startMs;
  const spanMs = Math.min(whole, Math.max(limits.minimumSpanMs, viewport.endMs - viewport.startMs));
  const middle = (viewport.startMs + viewport.endMs) / 2;
  const wanted = spanMs === viewport.endMs - viewport.startMs ? viewport.startMs : middle - spanMs / 2;
  const startMs = Math.max(limits.startMs, Math.min(limits.endMs - spanMs, wanted));
  const scrollPx = Math.max(0, Math.min(limits.maximumScrollPx, viewport.scrollPx));
  return { ...viewport, startMs, endMs: spanMs === whole ? limits.endMs : startMs + spanMs, scrollPx };
}

/** The whole schedule; only deadlines long after it are left out. */
export function fitViewport(viewport: Viewport, limits: ViewportLimits): Viewport {
  return { ...viewport, startMs: limits.startMs, endMs: limits.fittedEndMs };
}

/** `factor` times closer (below 1: farther), with the time under pixel `px` staying where it is as far as the limits allow. */
export function zoomAt(viewport: Viewport, limits: ViewportLimits, px: number, factor: number): Viewport {
  const whole = limits.endMs - limits.startMs;
  const spanMs = Math.min(whole, Math.max(limits.minimumSpanMs, (viewport.endMs - viewport.startMs) / factor));
  const share = Math.max(0, Math.min(1, (px - viewport.leftPx) / viewport.widthPx));
  const anchorMs = viewport.startMs + share * (viewport.endMs - viewport.startMs);
  const startMs = anchorMs - share * spanMs;
  return clampViewport({ ...viewport, startMs, endMs: startMs + spanMs }, limits);
}

/** Moved by pixels: positive values show what is to the right and below. */
export function panBy(viewport: Viewport, limits: ViewportLimits, xPx: number, yPx = 0): Viewport {
  const shiftMs = xPx * msPerPixel(viewport);
  return clampViewport(
    {
      ...viewport,
      startMs: viewport.startMs + shiftMs,
      endMs: viewport.endMs + shiftMs,
      scrollPx: viewport.scrollPx + yPx,
    },
    limits,
  );
}

/** Shows `startMs … endMs` with `margin` (share of it) free on both sides. */
export function zoomToRange(
  viewport: Viewport,
  limits: ViewportLimits,
  startMs: number,
  endMs: number,
  margin = 0.1,
): Viewport {
  const spare = (endMs - startMs) * margin;
  return clampViewport({ ...viewport, startMs: startMs - spare, endMs: endMs + spare }, limits);
}

/** Moves as little as needed to show `startMs … endMs`; where it does not fit, its start. The span stays. */
export function revealRange(viewport: Viewport, limits: ViewportLimits, startMs: number, endMs: number): Viewport {
  const spanMs = viewport.endMs - viewport.startMs;
  const spare = spanMs * 0.05;
  let shown = viewport.startMs;
  if (endMs + spare > viewport.endMs) shown = endMs + spare - spanMs;
  if (startMs - spare < shown) shown = startMs - spare;
  return clampViewport({ ...viewport, startMs: shown, endMs: shown + spanMs }, limits);
}

/** Between two viewports, `share` 0…1 of the way; spans shrink and grow evenly (geometrically), as the eye expects of a zoom. */
export function betweenViewports(from: Viewport, to: Viewport, share: number): Viewport {
  if (share >= 1) return to;
  const fromSpan = from.endMs - from.startMs;
  const toSpan = to.endMs - to.startMs;
  const spanMs = fromSpan * (toSpan / fromSpan) ** share;
  // The start moves in step with the span, so that a zoom at a point keeps that point still.
  const progress = Math.abs(toSpan / fromSpan - 1) < 1e-9 ? share : (spanMs - fromSpan) / (toSpan - fromSpan);
  const startMs = from.startMs + (to.startMs - from.startMs) * progress;
  return { ...to, startMs, endMs: startMs + spanMs, scrollPx: from.scrollPx + (to.scrollPx - from.scrollPx) * share };
}

export interface AxisTick {
  readonly timeMs: number;
  readonly label: string;
}

export interface TimeAxis {
  /** Unit of all labels. */
  readonly unit: 'ns' | 'µs' | 'ms' | 's';
  readonly stepMs: number;
  /** Finer lines without labels. */
  readonly minorStepMs: number;
  readonly ticks: readonly AxisTick[];
}

/** Ticks at 1, 2 or 5 times a power of ten, in one unit, at least `minimumSpacingPx` and a label's width apart. */
export function timeAxis(viewport: Viewport, minimumSpacingPx = 88): TimeAxis {
  const { unit, lengthMs } = durationUnit(viewport.endMs - viewport.startMs);
  const perPixel = msPerPixel(viewport);
  let spacingPx = minimumSpacingPx;
  for (;;) {
    const step = niceStep(perPixel * spacingPx);
    const decimals = Math.max(0, -Math.floor(Math.log10((step.size / lengthMs) * (1 + 1e-9))));
    const longest = formatFixed(viewport.endMs / lengthMs, decimals).length;
    const neededPx = longest * 6.5 + 20;
    if (neededPx <= spacingPx || neededPx > viewport.widthPx) {
      return {
        unit,
        stepMs: step.size,
        minorStepMs: step.size / step.divisions,
        ticks: ticksEvery(viewport, step.size, (timeMs) => formatFixed(timeMs / lengthMs, decimals)),
      };
    }
    spacingPx = neededPx;
  }
}

/** `timeMs` in the axis's unit, with the decimals that one pixel can resolve. */
export function formatAxisTime(axis: TimeAxis, viewport: Viewport, timeMs: number): string {
  const { lengthMs } = durationUnit(viewport.endMs - viewport.startMs);
  const decimals = Math.max(0, Math.min(9, Math.ceil(-Math.log10(msPerPixel(viewport) / lengthMs))));
  return `${formatFixed(timeMs / lengthMs, decimals)}\u00A0${axis.unit}`;
}

/** A round step of time that is not below `atLeast`, and into how many parts it divides well. */
function niceStep(atLeast: number): { size: number; divisions: number } {
  const size = roundStep(atLeast);
  const leading = Math.round(size / 10 ** Math.floor(Math.log10(size) + 1e-9));
  return { size, divisions: leading === 2 ? 4 : 5 };
}

function ticksEvery({ startMs, endMs }: Viewport, stepMs: number, label: (timeMs: number) => string): AxisTick[] {
  return multiplesWithin(startMs, endMs, stepMs).map((timeMs) => ({ timeMs, label: label(timeMs) }));
}

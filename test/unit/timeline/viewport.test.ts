/** Time and pixels: conversions undo each other, limits hold whatever is done, ticks are round numbers in one unit. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import {
  betweenViewports,
  clampViewport,
  fitViewport,
  formatAxisTime,
  isFittedView,
  limitsOf,
  panBy,
  pixelToTime,
  revealRange,
  showsEverything,
  timeAxis,
  timeToPixel,
  zoomAt,
  zoomLevel,
  zoomToRange,
  type Viewport,
} from '#renderer/timeline/scene/viewport.ts';

const limits = limitsOf(1000, 50);
const whole: Viewport = { startMs: 0, endMs: 1000, leftPx: 100, widthPx: 500, scrollPx: 0 };
const plain = (text: string): string => text.replace(/[\u202F\u00A0]/g, ' ');

const anyViewport = fc
  .record({
    from: fc.double({ min: 0, max: 990, noNaN: true }),
    span: fc.double({ min: 0.001, max: 1000, noNaN: true }),
    scrollPx: fc.double({ min: 0, max: 50, noNaN: true }),
  })
  .map(({ from, span, scrollPx }): Viewport =>
    clampViewport({ ...whole, startMs: from, endMs: from + span, scrollPx }, limits),
  );
const anyPx = fc.double({ min: 100, max: 600, noNaN: true });

describe('viewport', () => {
  it('maps time to pixels and back', () => {
    expect(timeToPixel(whole, 500)).toBe(350);
    expect(pixelToTime(whole, 350)).toBe(500);
    fc.assert(
      fc.property(
        anyViewport,
        anyPx,
        (viewport, px) => Math.abs(timeToPixel(viewport, pixelToTime(viewport, px)) - px) < 1e-3,
      ),
    );
  });

  it('keeps the time under the cursor where it is while zooming in', () => {
    fc.assert(
      fc.property(anyViewport, anyPx, fc.double({ min: 1, max: 8, noNaN: true }), (viewport, px, factor) => {
        const zoomed = zoomAt(viewport, limits, px, factor);
        expect(timeToPixel(zoomed, pixelToTime(viewport, px))).toBeCloseTo(px, 2);
      }),
    );
  });

  it('stays within its limits whatever is done', () => {
    fc.assert(
      fc.property(
        anyViewport,
        anyPx,
        fc.double({ min: 0.001, max: 1000, noNaN: true }),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        (viewport, px, factor, shift) => {
          for (const next of [
            zoomAt(viewport, limits, px, factor),
            panBy(viewport, limits, shift, shift),
            zoomToRange(viewport, limits, shift, shift + 1),
            revealRange(viewport, limits, 10, 20),
          ]) {
            expect(next.startMs).toBeGreaterThanOrEqual(0);
            expect(next.endMs).toBeLessThanOrEqual(1000 * (1 + 1e-12));
            expect(next.endMs - next.startMs).toBeGreaterThanOrEqual(limits.minimumSpanMs * 0.99);
            expect(next.scrollPx).toBeGreaterThanOrEqual(0);
            expect(next.scrollPx).toBeLessThanOrEqual(50);
          }
        },
      ),
    );
  });

  it('pans without changing the span, and stops at the ends', () => {
    const zoomed = zoomAt(whole, limits, 350, 4);
    const panned = panBy(zoomed, limits, 50);
    expect(panned.startMs - zoomed.startMs).toBeCloseTo(25, 10);
    expect(panned.endMs - panned.startMs).toBeCloseTo(250, 10);
    expect(panBy(zoomed, limits, 1e9).endMs).toBeCloseTo(1000, 10);
    expect(panBy(zoomed, limits, -1e9).startMs).toBe(0);
  });

  it('tells how close it is, and fits everything again', () => {
    const zoomed = zoomAt(whole, limits, 200, 4);
    expect(zoomLevel(zoomed, limits)).toBeCloseTo(4, 10);
    expect(zoomLevel(fitViewport(zoomed, limits), limits)).toBe(1);
  });

  it('fits to the schedule and lets one go beyond, to what lies later', () => {
    const longer = limitsOf(1000, 50, 400);
    const fitted = fitViewport(whole, longer);
    expect([
      fitted.endMs,
      zoomLevel(fitted, longer),
      isFittedView(fitted, longer),
      showsEverything(fitted, longer),
    ]).toEqual([400, 1, true, false]);
    const all = zoomAt(fitted, longer, 100, 0.1);
    expect([all.endMs, zoomLevel(all, longer), isFittedView(all, longer), showsEverything(all, longer)]).toEqual([
      1000,
      0.4,
      false,
      true,
    ]);
  });

  it('zooms to a range with a margin', () => {
    const shown = zoomToRange(whole, limits, 400, 500, 0.1);
    expect([shown.startMs, shown.endMs]).toEqual([390, 510]);
  });

  it('reveals a range by moving only as far as needed', () => {
    const zoomed = { ...whole, startMs: 100, endMs: 200 };
    expect(revealRange(zoomed, limits, 120, 150).startMs).toBe(100);
    expect(revealRange(zoomed, limits, 250, 260).endMs).toBeCloseTo(265, 10);
    expect(revealRange(zoomed, limits, 50, 60).startMs).toBeCloseTo(45, 10);
  });

  it('glides from one view to another without moving the point zoomed at', () => {
    const zoomed = zoomAt(whole, limits, 220, 16);
    const pointMs = pixelToTime(whole, 220);
    for (const share of [0.1, 0.5, 0.9])
      expect(timeToPixel(betweenViewports(whole, zoomed, share), pointMs)).toBeCloseTo(220, 6);
    expect(betweenViewports(whole, zoomed, 1)).toBe(zoomed);
  });
});

describe('axis', () => {
  it('has ticks at 1, 2 or 5 times a power of ten, within the viewport, far enough apart to be read', () => {
    fc.assert(
      fc.property(anyViewport, (viewport) => {
        const axis = timeAxis(viewport);
        const mantissa = Number(axis.stepMs.toExponential(6).split('e')[0]);
        expect([1, 2, 5]).toContain(Math.round(mantissa * 1e5) / 1e5);
        expect((axis.stepMs / (viewport.endMs - viewport.startMs)) * viewport.widthPx).toBeGreaterThanOrEqual(87);
        for (const tick of axis.ticks) {
          expect(timeToPixel(viewport, tick.timeMs)).toBeGreaterThan(99);
          expect(timeToPixel(viewport, tick.timeMs)).toBeLessThan(601);
        }
        expect(new Set(axis.ticks.map((tick) => tick.label)).size).toBe(axis.ticks.length);
      }),
    );
  });

  it.each([
    [0, 1000, 's', ['0.0', '0.2', '0.4', '0.6', '0.8', '1.0']],
    [0, 40, 'ms', ['0', '10', '20', '30', '40']],
    [12, 12.004, 'µs', ['12 000', '12 001', '12 002', '12 003', '12 004']],
    [0, 0.0004, 'ns', ['0', '100', '200', '300', '400']],
  ])('labels %d … %d ms in %s', (startMs, endMs, unit, labels) => {
    const axis = timeAxis({ ...whole, startMs, endMs });
    expect(axis.unit).toBe(unit);
    expect(axis.ticks.map((tick) => plain(tick.label))).toEqual(labels);
  });

  it('writes the time under the pointer as exactly as a pixel can tell', () => {
    const viewport = { ...whole, startMs: 100, endMs: 140 };
    expect(plain(formatAxisTime(timeAxis(viewport), viewport, 123.456789))).toBe('123.46 ms');
  });
});

/** Points of fronts: limits, knees, what a brush spans, which line or point is meant. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawFront, layOutFront, limitsOfBrush, pointAt, type FrontPlot } from '#renderer/features/pareto/draw-front.ts';
import { axisAt, lineAt, type ParallelPlot } from '#renderer/features/pareto/draw-parallel.ts';
import { axesOf, extentOf, isWithin, kneeAmong, type ParetoPoint } from '#renderer/features/pareto/front-points.ts';
import { shareIn } from '#renderer/features/replay/plot-frame.ts';
import { shownMetrics } from '#renderer/components/headline-metrics.ts';
import { timelineThemes } from '#renderer/timeline/timeline-theme.ts';
import { SvgContext } from '#renderer/timeline/svg-context.ts';

const size = { width: 600, height: 400 };
const aPoint = (makespanMs: number, energyMJ: number, throughputPerS = 1): ParetoPoint => ({ side: 0, chromosomeId: 0, row: 0, values: { makespanMs, energyMJ, throughputPerS, latencyMs: makespanMs, constraintViolation: 0 } });
const points = [aPoint(10, 100), aPoint(12, 40), aPoint(30, 20), aPoint(60, 10)];
const plot: FrontPlot = { points, colors: ['#2f6bd8'], x: 'makespanMs', y: 'energyMJ', text: { x: '', y: '' }, limits: new Map(), chosen: [undefined, undefined], knees: [], isLine: true, brush: undefined };

describe('the axes', () => {
  it('are those asked for, else makespan and energy, and latency where there are no power figures', () => {
    expect(axesOf({}, true)).toEqual({ x: 'makespanMs', y: 'energyMJ' });
    expect(axesOf({ x: 'latencyMs', y: 'no metric' }, true)).toEqual({ x: 'latencyMs', y: 'energyMJ' });
    expect(axesOf({}, false)).toEqual({ x: 'makespanMs', y: 'latencyMs' });
    expect(axesOf({ x: 'energyMJ', y: 'energyMJ' }, false)).toEqual({ x: 'makespanMs', y: 'latencyMs' });
  });
});

describe('limits', () => {
  it('accept what lies within all of them, ends included', () => {
    const limits = new Map([['makespanMs' as const, { low: 10, high: 30 }], ['energyMJ' as const, { low: 0, high: 40 }]]);
    expect(points.filter((point) => isWithin(point, limits))).toEqual([points[1], points[2]]);
    expect(extentOf(points, 'energyMJ')).toEqual({ low: 10, high: 100 });
    expect(extentOf([], 'energyMJ')).toBeUndefined();
  });

  it('set by a brush accept exactly the points under it', () => {
    const { box, xRange, yRange } = layOutFront(plot, 600, 400);
    const pixel = (point: ParetoPoint) => ({ x: box.left + shareIn(xRange, point.values.makespanMs) * box.width, y: box.top + box.height - shareIn(yRange, point.values.energyMJ) * box.height });
    fc.assert(fc.property(fc.integer({ min: 60, max: 560 }), fc.integer({ min: 26, max: 350 }), fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }), (left, top, width, height) => {
      const found = limitsOfBrush(plot, 600, 400, { left, top, width, height });
      const limits = new Map([['makespanMs' as const, found.x], ['energyMJ' as const, found.y]]);
      for (const point of points) {
        const { x, y } = pixel(point);
        expect(isWithin(point, limits)).toBe(x >= left - 1e-9 && x <= left + width + 1e-9 && y >= top - 1e-9 && y <= top + height + 1e-9);
      }
    }));
  });
});

describe('the knee', () => {
  it('is where giving up a little of one gains most of the other; more throughput is better', () => {
    expect(kneeAmong(points, 'makespanMs', 'energyMJ')).toBe(points[1]);
    const byThroughput = [aPoint(1, 10, 10), aPoint(1, 20, 90), aPoint(1, 100, 100)];
    expect(kneeAmong(byThroughput, 'energyMJ', 'throughputPerS')).toBe(byThroughput[1]);
  });
});

describe('pointing', () => {
  it('finds each point where it is drawn and nothing between them', () => {
    const { box, xRange, yRange } = layOutFront(plot, 600, 400);
    for (const point of points) expect(pointAt(plot, 600, 400, box.left + shareIn(xRange, point.values.makespanMs) * box.width + 2, box.top + box.height - shareIn(yRange, point.values.energyMJ) * box.height - 2)).toBe(point);
    expect(pointAt(plot, 600, 400, 590, 30)).toBeUndefined();
  });

  it('finds axes and lines of the parallel plot, the better end up', () => {
    const parallel: ParallelPlot = { points, colors: ['#2f6bd8'], metrics: shownMetrics, limits: new Map(), chosen: [] };
    let axes = 0;
    for (let x = 0; x < 600; x++) {
      const top = axisAt(parallel, 600, 300, x, 0);
      if (top === undefined || top.metric.name !== 'makespanMs') continue;
      axes++;
      expect(top.value).toBe(10);
      expect(axisAt(parallel, 600, 300, x, 300)?.value).toBe(60);
    }
    expect(axes).toBeGreaterThan(4);
    expect(lineAt(parallel, 600, 300, 46, 34)).toBe(points[0]);
    expect(lineAt({ ...parallel, limits: new Map([['makespanMs', { low: 20, high: 60 }]]) }, 600, 300, 46, 34)).toBeUndefined();
  });

  it('draws a mark for each choice', () => {
    const context = new SvgContext((text) => 6 * text.length);
    drawFront(context, { ...plot, chosen: [points[0], points[2]], knees: [points[1]] }, 600, 400, timelineThemes.light);
    const svg = context.toString(size.width, size.height, 'Front');
    expect(svg).toContain('>1<');
    expect(svg).toContain('>2<');
    expect(svg).toContain('>knee<');
  });
});

/** Points of fronts: limits, knees, what a brush spans, which line or point is meant. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import { drawFront, layOutFront, limitsOfBrush, pointAt, type FrontPlot } from '#renderer/plots/draw-front.ts';
import { axisAt, lineAt, valueOnAxis, type ParallelPlot } from '#renderer/plots/draw-parallel.ts';
import { axesOf, extentOf, isWithin, kneeAmong, type ParetoPoint } from '#renderer/recorded/front-points.ts';
import { shareIn } from '#renderer/plots/plot-frame.ts';
import { shownMetrics } from '#shared/domain/metrics.ts';
import { canvasThemes } from '#renderer/canvas/canvas-theme.ts';
import { SvgContext } from '#renderer/canvas/svg-context.ts';

const size = { width: 600, height: 400 };
const aPoint = (makespanMs: number, energyMJ: number, throughputPerS = 1): ParetoPoint => ({
  side: 0,
  chromosomeId: 0,
  row: 0,
  values: { makespanMs, energyMJ, throughputPerS, latencyMs: makespanMs, constraintViolation: 0 },
});
const points = [aPoint(10, 100), aPoint(12, 40), aPoint(30, 20), aPoint(60, 10)];
const plot: FrontPlot = {
  points,
  colors: ['#2f6bd8'],
  x: 'makespanMs',
  y: 'energyMJ',
  text: { x: '', y: '' },
  limits: new Map(),
  chosen: [undefined, undefined],
  knees: [],
  isLine: true,
  marks: [],
  dominated: [],
  brush: undefined,
};

describe('the axes', () => {
  it('are those asked for, else makespan and energy, and latency where there are no power figures', () => {
    expect(axesOf({}, true)).toEqual({ x: 'makespanMs', y: 'energyMJ' });
    expect(axesOf({ x: 'latencyMs', y: 'no metric' }, true)).toEqual({ x: 'latencyMs', y: 'energyMJ' });
    expect(axesOf({}, false)).toEqual({ x: 'makespanMs', y: 'latencyMs' });
    expect(axesOf({ x: 'maxResponseMs' }, true, ['maxResponseMs'], ['energyMJ', 'latencyMs'])).toEqual({
      x: 'maxResponseMs',
      y: 'latencyMs',
    });
    expect(axesOf({}, true, [], ['nobody', 'latencyMs', 'throughputPerS'])).toEqual({
      x: 'latencyMs',
      y: 'throughputPerS',
    });
    expect(axesOf({ x: 'energyMJ', y: 'energyMJ' }, false)).toEqual({ x: 'makespanMs', y: 'latencyMs' });
  });
});

describe('limits', () => {
  it('accept what lies within all of them, ends included', () => {
    const limits = new Map([
      ['makespanMs' as const, { low: 10, high: 30 }],
      ['energyMJ' as const, { low: 0, high: 40 }],
    ]);
    expect(points.filter((point) => isWithin(point, limits))).toEqual([points[1], points[2]]);
    expect(extentOf(points, 'energyMJ')).toEqual({ low: 10, high: 100 });
    expect(extentOf([], 'energyMJ')).toBeUndefined();
  });

  it('set by a brush accept exactly the points under it', () => {
    const { box, xRange, yRange } = layOutFront(plot, 600, 400);
    const pixel = (point: ParetoPoint) => ({
      x: box.left + shareIn(xRange, point.values.makespanMs) * box.width,
      y: box.top + box.height - shareIn(yRange, point.values.energyMJ) * box.height,
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 560 }),
        fc.integer({ min: 26, max: 350 }),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 300 }),
        (left, top, width, height) => {
          const found = limitsOfBrush(plot, 600, 400, { left, top, width, height });
          const limits = new Map([
            ['makespanMs' as const, found.x],
            ['energyMJ' as const, found.y],
          ]);
          for (const point of points) {
            const { x, y } = pixel(point);
            expect(isWithin(point, limits)).toBe(
              x >= left - 1e-9 && x <= left + width + 1e-9 && y >= top - 1e-9 && y <= top + height + 1e-9,
            );
          }
        },
      ),
    );
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
    for (const point of points)
      expect(
        pointAt(
          plot,
          600,
          400,
          box.left + shareIn(xRange, point.values.makespanMs) * box.width + 2,
          box.top + box.height - shareIn(yRange, point.values.energyMJ) * box.height - 2,
        ),
      ).toBe(point);
    expect(pointAt(plot, 600, 400, 590, 30)).toBeUndefined();
  });

  it('finds axes and lines of the parallel plot, the better end up', () => {
    const parallel: ParallelPlot = {
      points,
      colors: ['#2f6bd8'],
      metrics: shownMetrics,
      limits: new Map(),
      chosen: [],
    };
    const makespan = parallel.metrics.findIndex(({ name }) => name === 'makespanMs');
    let axes = 0;
    for (let x = 0; x < 600; x++) if (axisAt(parallel, 600, x) === makespan) axes++;
    expect(axes).toBeGreaterThan(4);
    expect(valueOnAxis(parallel, 300, makespan, 0)).toBe(10);
    expect(valueOnAxis(parallel, 300, makespan, 300)).toBe(60);
    expect(valueOnAxis(parallel, 300, makespan, 34 + (300 - 34 - 22) / 2)).toBe(35);
    expect(lineAt(parallel, 600, 300, 46, 34)).toBe(points[0]);
    expect(
      lineAt({ ...parallel, limits: new Map([['makespanMs', { low: 20, high: 60 }]]) }, 600, 300, 46, 34),
    ).toBeUndefined();
  });

  it('names what the fronts are held against where it lies, or at the edge, and shows what they dominate without stretching the axes', () => {
    const context = new SvgContext((text) => 6 * text.length);
    const full = {
      ...plot,
      marks: [
        { name: 'NPU first', values: aPoint(70, 110).values },
        { name: 'HEFT', values: aPoint(900, 50).values },
      ],
      dominated: [
        { side: 0, values: aPoint(50, 90).values },
        { side: 0, values: aPoint(5000, 9000).values },
      ],
    };
    drawFront(context, full, 600, 400, canvasThemes.light);
    const svg = context.toString(size.width, size.height, 'Front');
    expect(svg).toContain('>NPU first<');
    expect(svg).toContain('>HEFT<');
    const { xRange } = layOutFront(full, 600, 400);
    expect(xRange.high).toBeGreaterThanOrEqual(70);
    expect(xRange.high).toBeLessThan(100);
  });

  it('never writes names of what the fronts are held against over each other, wherever they lie', () => {
    const names = ['NPU first', 'HEFT', 'Best single processor', 'PEFT'];
    for (const values of [aPoint(40, 60).values, aPoint(900, 50).values, aPoint(900, 9000).values]) {
      const context = new SvgContext((text) => 6 * text.length);
      const marks = names.map((name) => ({ name, values }));
      drawFront(context, { ...plot, marks }, 600, 400, canvasThemes.light);
      const svg = context.toString(size.width, size.height, 'Front');
      const places = names.map((name) => {
        const [, x, y] = new RegExp(`<text[^>]*x="([\\d.]+)"[^>]*y="([\\d.]+)"[^>]*>${name}<`).exec(svg) ?? [];
        return { from: Number(x), to: Number(x) + 6 * name.length, y: Number(y) };
      });
      const pairs = places.flatMap((a, index) => places.slice(index + 1).map((b) => [a, b] as const));
      expect(pairs.filter(([a, b]) => Math.abs(a.y - b.y) < 11 && a.from < b.to && b.from < a.to)).toEqual([]);
      expect(places.every(({ from, to }) => from >= 60 && to <= 584)).toBe(true);
    }
  });

  it('draws a mark for each choice', () => {
    const context = new SvgContext((text) => 6 * text.length);
    drawFront(context, { ...plot, chosen: [points[0], points[2]], knees: [points[1]] }, 600, 400, canvasThemes.light);
    const svg = context.toString(size.width, size.height, 'Front');
    expect(svg).toContain('>1<');
    expect(svg).toContain('>2<');
    expect(svg).toContain('>knee<');
  });
});

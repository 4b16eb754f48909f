/** The part of objective space that a replay shows while it follows, and axes that always give a scale. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import { FollowingFrame, interestingFrame } from '#renderer/plots/following-frame.ts';
import { roundTicks } from '#renderer/plots/plot-frame.ts';
import { improvementsOf, nearestOf } from '#renderer/playback/playback.ts';

const at = (x: number, y: number) => ({ x, y });
const lower = { x: 'lower', y: 'lower' } as const;

describe('the frame of a scatter that follows', () => {
  it('has the front and the better members within, and leaves out the worst', () => {
    const members = [...Array.from({ length: 20 }, (_, i) => at(10 + i * 0.1, 50 + i * 0.1)), at(500, 900)];
    const { x, y } = interestingFrame({ points: members, front: [at(10, 50)], best: at(10, 50), goals: lower })!;
    expect([x.low, y.low]).toEqual([10, 50]);
    expect(x.high).toBeLessThan(13);
    expect(y.high).toBeLessThan(53);
  });

  it('keeps the better end where more is better', () => {
    const { x } = interestingFrame({
      points: [1, 2, 3, 4, 100].map((value) => at(value, 1)),
      front: [],
      best: undefined,
      goals: { x: 'higher', y: 'lower' },
    })!;
    expect([x.low, x.high]).toEqual([2, 100]);
  });

  it('gives room to a population that has become one schedule', () => {
    const { x } = interestingFrame({ points: [at(40, 1), at(40, 1)], front: [], best: undefined, goals: lower })!;
    expect(x.high - x.low).toBeGreaterThan(0);
  });

  it('holds still while what it is for fills it, and follows when it does not', () => {
    const frame = new FollowingFrame();
    frame.follow({ x: { low: 10, high: 20 }, y: { low: 1, high: 2 } });
    const first = frame.shown!;
    frame.follow({ x: { low: 10.5, high: 19 }, y: { low: 1, high: 1.9 } });
    expect(frame.advance(1000, true)).toBe(false);
    expect(frame.shown).toEqual(first);
    frame.follow({ x: { low: 10, high: 11 }, y: { low: 1, high: 1.9 } });
    while (frame.advance(16, false)) expect(frame.shown!.x.high).toBeGreaterThan(11);
    expect(frame.shown!.x.high).toBeLessThan(11.5);
    expect(frame.shown!.y).toEqual(first.y);
  });
});

describe('ticks', () => {
  it('are two at least, round, in order and within the axis, linear or logarithmic, whatever its length', () => {
    const range = fc.record({
      low: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
      ratio: fc.double({ min: 1.001, max: 1e4, noNaN: true }),
      isLogarithmic: fc.boolean(),
      count: fc.integer({ min: 1, max: 12 }),
    });
    fc.assert(
      fc.property(range, ({ low, ratio, isLogarithmic, count }) => {
        const high = low * ratio;
        const ticks = roundTicks({ low, high, isLogarithmic }, count);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(
          ticks.every(
            (tick, index) =>
              tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9) && (index === 0 || tick > ticks[index - 1]),
          ),
        ).toBe(true);
      }),
    );
    // A logarithmic axis from 700 to 1 800 has one round power only.
    expect(roundTicks({ low: 1100, high: 1900, isLogarithmic: true }, 3).length).toBeGreaterThanOrEqual(2);
    // Between two generations there is none.
    expect(roundTicks({ low: 0, high: 1, isWhole: true }, 6)).toEqual([0, 1]);
    expect(roundTicks({ low: 0, high: 7, isWhole: true }, 30)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('improvements', () => {
  it('are the frames in which a curve rises above all it was before', () => {
    expect(improvementsOf([[1, 1, 2, 1.5, 2, 3]])).toEqual([2, 5]);
    expect(
      improvementsOf([
        [Number.NaN, 1, 2],
        [5, 5, 5, 6],
      ]),
    ).toEqual([2, 3]);
    expect(improvementsOf([[-3, Number.NaN, -4, -2]])).toEqual([3]);
    expect(improvementsOf([])).toEqual([]);
  });

  it('are found from any frame, in either direction', () => {
    expect([
      nearestOf([2, 5, 9], 5, 1),
      nearestOf([2, 5, 9], 5, -1),
      nearestOf([2, 5, 9], 9, 1),
      nearestOf([2, 5, 9], 2, -1),
      nearestOf([2, 5, 9], 4, -1),
    ]).toEqual([9, 2, undefined, undefined, 2]);
  });
});

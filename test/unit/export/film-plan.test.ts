/** Which generation each frame of a film shows, and how long films are. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, test } from 'vitest';
import {
  filmSpeeds,
  frameCountOf,
  frameRates,
  generationOfFrame,
  usualSpeed,
} from '#renderer/features/export/film/film-plan.ts';

const plans = fc.record({
  range: fc.tuple(fc.nat(5000), fc.nat(5000)).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) })),
  generationsPerS: fc.constantFrom(...filmSpeeds),
  framesPerS: fc.constantFrom(...frameRates),
});

describe('a film', () => {
  test('begins with the first generation, ends with the last, and never goes back', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const frames = Array.from({ length: frameCountOf(plan) }, (_, frame) => generationOfFrame(plan, frame));
        expect(frames[0]).toBe(plan.range.from);
        expect(frames.at(-1)).toBe(plan.range.to);
        expect(frames.every((generation, i) => i === 0 || generation >= frames[i - 1]!)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('shows each generation for as many frames as its speed says, and the last for 1.5 s more', () => {
    const plan = { range: { from: 10, to: 14 }, generationsPerS: 5, framesPerS: 20 };
    const frames = Array.from({ length: frameCountOf(plan) }, (_, frame) => generationOfFrame(plan, frame));
    expect([10, 11, 12, 13, 14].map((generation) => frames.filter((shown) => shown === generation).length)).toEqual([
      4, 4, 4, 4, 30,
    ]);
  });

  test('lasts about a quarter of a minute where nobody chose a speed', () => {
    expect([10, 200, 5000].map(usualSpeed)).toEqual([1, 20, 500]);
  });
});

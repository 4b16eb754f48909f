/** Playing, stepping, looping: pure steps of time. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import {
  advance,
  atRest,
  changeSpeed,
  frameOf,
  seek,
  setLoopEnd,
  speeds,
  step,
  togglePlaying,
  type Playback,
} from '#renderer/playback/playback.ts';

const playing: Playback = { ...atRest, isPlaying: true };

describe('a playback', () => {
  it('shows ten frames a second at normal speed and sixteen times as many at the highest', () => {
    expect(frameOf(advance(playing, 1000, 100), 100)).toBe(10);
    expect(frameOf(advance({ ...playing, speed: 16 }, 500, 100), 100)).toBe(80);
    expect(frameOf(advance({ ...playing, speed: 0.25 }, 1000, 100), 100)).toBe(2);
  });

  it('stops at the last frame, and plays from the first when asked again', () => {
    const ended = advance(playing, 60_000, 50);
    expect([frameOf(ended, 50), ended.isPlaying]).toEqual([49, false]);
    const again = togglePlaying(ended, 50);
    expect([frameOf(again, 50), again.isPlaying]).toEqual([0, true]);
  });

  it('goes on where it was paused', () => {
    const paused = togglePlaying(advance(playing, 730, 50), 50);
    expect(advance(paused, 5000, 50)).toBe(paused);
    expect(frameOf(advance(togglePlaying(paused, 50), 100, 50), 50)).toBe(8);
  });

  it('stays within its loop for ever, at any speed and any rhythm of the screen', () => {
    fc.assert(
      fc.property(
        fc.nat(40),
        fc.nat(40),
        fc.constantFrom(...speeds),
        fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 60 }),
        (a, b, speed, steps) => {
          const loop = { from: Math.min(a, b), to: Math.max(a, b) };
          let state: Playback = { position: loop.from, isPlaying: true, speed, loop };
          for (const elapsedMs of steps) {
            state = advance(state, elapsedMs, 41);
            expect(frameOf(state, 41)).toBeGreaterThanOrEqual(loop.from);
            expect(frameOf(state, 41)).toBeLessThanOrEqual(loop.to);
            expect(state.isPlaying).toBe(true);
          }
        },
      ),
    );
  });

  it('stops when one steps, and never leaves the frames there are', () => {
    expect(step(advance(playing, 520, 50), 1, 50)).toMatchObject({ position: 6, isPlaying: false });
    expect(step(playing, Number.POSITIVE_INFINITY, 50).position).toBe(49);
    expect(step(playing, Number.NEGATIVE_INFINITY, 50).position).toBe(0);
    expect(seek(playing, 99, 50).position).toBe(49);
  });

  it('drops the loop when one looks outside it, and keeps it inside', () => {
    const looping: Playback = { ...playing, loop: { from: 10, to: 20 } };
    expect(seek(looping, 15, 50).loop).toEqual({ from: 10, to: 20 });
    expect(seek(looping, 30, 50).loop).toBeUndefined();
  });

  it('takes either end of the loop first, and turns no loop inside out', () => {
    expect(setLoopEnd(atRest, 'from', 30, 50).loop).toEqual({ from: 30, to: 49 });
    expect(setLoopEnd({ ...atRest, loop: { from: 30, to: 40 } }, 'to', 10, 50).loop).toEqual({ from: 0, to: 10 });
    expect(setLoopEnd({ ...atRest, loop: { from: 0, to: 10 } }, 'from', 20, 50).loop).toEqual({ from: 20, to: 49 });
  });

  it('has no speed beyond the ends of its list', () => {
    expect(changeSpeed({ ...atRest, speed: 16 }, 1).speed).toBe(16);
    expect(changeSpeed({ ...atRest, speed: 0.25 }, -1).speed).toBe(0.25);
    expect(changeSpeed(atRest, 1).speed).toBe(2);
  });

  it('is quiet with no frames or one', () => {
    expect(togglePlaying(atRest, 1).isPlaying).toBe(false);
    expect(frameOf(atRest, 0)).toBe(0);
    expect(advance(playing, 100, 0)).toBe(playing);
  });
});

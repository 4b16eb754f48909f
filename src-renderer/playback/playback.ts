/** Playing a sequence of frames: position, speed, loop; pure steps of time, so that a screen, an export and a test play alike. */

/** Frames `from … to`, both included. */
export interface FrameRange {
  readonly from: number;
  readonly to: number;
}

export interface Playback {
  /** The frame shown is the whole part; the fraction is how long it has been on show. */
  readonly position: number;
  readonly isPlaying: boolean;
  /** One of `speeds`. */
  readonly speed: number;
  /** Played over and over while it is set. */
  readonly loop: FrameRange | undefined;
}

/** How many times the normal speed. */
export const speeds = [0.25, 0.5, 1, 2, 4, 8, 16] as const;
/** Frames a second at speed 1. */
export const FRAMES_PER_S = 10;

export const atRest: Playback = { position: 0, isPlaying: false, speed: 1, loop: undefined };

/** The frame that is shown, 0 … frameCount − 1; 0 where there is none. */
export function frameOf(playback: Playback, frameCount: number): number {
  return Math.max(0, Math.min(frameCount - 1, Math.floor(playback.position)));
}

/** `elapsedMs` later. Reaching the end stops; a loop begins again. */
export function advance(playback: Playback, elapsedMs: number, frameCount: number): Playback {
  if (!playback.isPlaying || frameCount === 0) return playback;
  const { loop } = playback;
  const position = playback.position + (elapsedMs / 1000) * FRAMES_PER_S * playback.speed;
  if (loop !== undefined) {
    const from = Math.min(loop.from, frameCount - 1);
    const length = Math.min(loop.to, frameCount - 1) - from + 1;
    if (position >= from && position < from + length) return { ...playback, position };
    return { ...playback, position: from + ((((position - from) % length) + length) % length) };
  }
  if (position >= frameCount - 1) return { ...playback, position: frameCount - 1, isPlaying: false };
  return { ...playback, position };
}

/** Plays or stops; at the end it plays from the beginning. */
export function togglePlaying(playback: Playback, frameCount: number): Playback {
  if (playback.isPlaying) return { ...playback, isPlaying: false };
  const isAtEnd = playback.loop === undefined && frameOf(playback, frameCount) >= frameCount - 1;
  return { ...playback, isPlaying: frameCount > 1, position: isAtEnd ? 0 : playback.position };
}

/** Shows `frame`, within the frames there are. A frame outside the loop ends the loop. */
export function seek(playback: Playback, frame: number, frameCount: number): Playback {
  const position = Math.max(0, Math.min(frameCount - 1, frame));
  const { loop } = playback;
  return {
    ...playback,
    position,
    loop: loop !== undefined && (position < loop.from || position > loop.to) ? undefined : loop,
  };
}

/** Stops, and shows the frame `by` frames on. */
export function step(playback: Playback, by: number, frameCount: number): Playback {
  return seek({ ...playback, isPlaying: false }, frameOf(playback, frameCount) + by, frameCount);
}

/** The frames in which one of `curves` rises above all it was before, in order; the first value of a curve is its beginning, not a rise. */
export function improvementsOf(curves: readonly ArrayLike<number>[]): number[] {
  const frames = new Set<number>();
  for (const values of curves) {
    let best = Number.NaN;
    for (let frame = 0; frame < values.length; frame++) {
      if (values[frame] > best) frames.add(frame);
      if (!(values[frame] <= best)) best = Number.isNaN(values[frame]) ? best : values[frame];
    }
  }
  return [...frames].sort((a, b) => a - b);
}

/** The nearest of `frames` (ascending) after or before `frame`. */
export function nearestOf(frames: readonly number[], frame: number, direction: 1 | -1): number | undefined {
  return direction > 0
    ? frames.find((candidate) => candidate > frame)
    : frames.findLast((candidate) => candidate < frame);
}

/** The next faster (1) or slower (−1) speed. */
export function changeSpeed(playback: Playback, by: 1 | -1): Playback {
  const index = speeds.findIndex((speed) => speed === playback.speed);
  return { ...playback, speed: speeds[Math.max(0, Math.min(speeds.length - 1, index + by))] };
}

/** Sets where the loop begins or ends; the other end is kept where it fits, else it is that of all frames. */
export function setLoopEnd(playback: Playback, end: 'from' | 'to', frame: number, frameCount: number): Playback {
  const known = playback.loop ?? { from: 0, to: frameCount - 1 };
  const loop = { ...known, [end]: Math.max(0, Math.min(frameCount - 1, frame)) };
  if (loop.from <= loop.to) return { ...playback, loop };
  return { ...playback, loop: end === 'from' ? { from: loop.from, to: frameCount - 1 } : { from: 0, to: loop.to } };
}

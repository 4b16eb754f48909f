/**
 * The measurement protocol: models in rotation in a random order per round, in bursts with rests, with a sentinel between them. Knows
 * no runtime: what runs, the clock and the rests are given.
 */
import type { Measuring } from './protocol.ts';

export interface Sample {
  readonly wallMs: number;
  /** Null: not readable. */
  readonly waitMs: number | null;
}

export interface Subject {
  /** Runs once. */
  run(): Promise<Sample>;
}

export interface Surroundings {
  /** ms of a monotonic clock. */
  now(): number;
  rest(ms: number): Promise<void>;
  isStopped(): boolean;
  onProgress(done: number): void;
}

export interface Measured {
  readonly samples: readonly Sample[];
  readonly disturbed: boolean;
}

/** Time between two looks at the sentinel. */
const SENTINEL_EVERY_MS = 10_000;
const SENTINEL_RUNS = 7;
/** A device that is slower than at first by more than this share is throttled, or disturbed. */
const MOST_DRIFT = 0.03;
const PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** However short its runs are, nothing is measured more often. */
const MOST_SAMPLES = 20_000;

/**
 * Measures `subjects` until each has as many samples and as much time as it needs.
 * @returns for each subject its samples, and whether the device was slower than at first meanwhile
 */
export async function measureInRotation(
  subjects: readonly Subject[],
  sentinel: Subject,
  { warmups, samples, leastMs, burstMs, restMs, seed }: Measuring,
  surroundings: Surroundings,
): Promise<Measured[]> {
  const { now, rest, isStopped, onProgress } = surroundings;
  for (const subject of [sentinel, ...subjects])
    for (let run = 0; run < warmups && !isStopped(); run++) await subject.run();
  const normalMs = await medianOf(sentinel);
  const taken = subjects.map((): Sample[] => []);
  const spentMs = subjects.map(() => 0);
  const disturbed = subjects.map(() => false);
  const isDone = (index: number): boolean =>
    taken[index].length >= MOST_SAMPLES || (taken[index].length >= samples && spentMs[index] >= leastMs);
  const random = generator(seed);
  let burstBegan = now();
  let sentinelAt = now();
  let isDisturbed = false;
  for (;;) {
    const waiting = shuffled(
      [...subjects.keys()].filter((index) => !isDone(index)),
      random,
    );
    if (waiting.length === 0 || isStopped()) break;
    for (const index of waiting) {
      if (isStopped()) break;
      const sample = await subjects[index].run();
      taken[index].push(sample);
      spentMs[index] += sample.wallMs;
      disturbed[index] ||= isDisturbed;
      if (now() - burstBegan < burstMs) continue;
      await rest(restMs);
      burstBegan = now();
      if (now() - sentinelAt < SENTINEL_EVERY_MS) continue;
      isDisturbed = await waitForRecovery();
      sentinelAt = now();
    }
    onProgress(subjects.reduce((sum, _, index) => sum + shareOf(index), 0) / Math.max(1, subjects.length));
  }
  return taken.map((own, index) => ({ samples: own, disturbed: disturbed[index] }));

  function shareOf(index: number): number {
    return Math.min(1, taken[index].length / samples, leastMs === 0 ? 1 : spentMs[index] / leastMs);
  }

  /** @returns whether the device is still slower than at first after the longest pause */
  async function waitForRecovery(): Promise<boolean> {
    const from = now();
    for (;;) {
      if ((await medianOf(sentinel)) <= normalMs * (1 + MOST_DRIFT)) return false;
      if (isStopped() || now() - from >= LONGEST_PAUSE_MS) return true;
      await rest(PAUSE_MS);
    }
  }
}

async function medianOf(subject: Subject): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < SENTINEL_RUNS; run++) {
    const { wallMs, waitMs } = await subject.run();
    times.push(wallMs - (waitMs ?? 0));
  }
  return times.toSorted((a, b) => a - b)[(SENTINEL_RUNS - 1) / 2];
}

function shuffled(items: readonly number[], random: () => number): number[] {
  const result = [...items];
  for (let at = result.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [result[at], result[other]] = [result[other], result[at]];
  }
  return result;
}

/** Mulberry32: the same order for the same seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Whether everything can end by a horizon, as far as the work in intervals of time says.
 *
 * For an interval [a, b] each job has a least time that it spends inside on each processor, wherever its window lets it start: the
 * less of what it does there started as early, and as late, as possible (energetic reasoning; Baptiste, Le Pape & Nuijten, Ann. Oper.
 * Res. 92, 1999). A task may run on several processors, so for any weights w ≥ 0 with Σ w = 1 no more fits than
 *   Σ over tasks of min over processors p of w_p · work_p / units_p ≤ b − a,
 * the Lagrangian of the assignment (as in the relaxation of R||Cmax; Lenstra, Shmoys & Tardos, Math. Program. 46, 1990). Weights that
 * refute it are looked for by Polyak's steps. What is left over strikes out processors (reduced costs) and narrows windows: a job that
 * would spend more of [a, b] on a processor than is left must start later, or end earlier. All of this is ours, put together.
 */
import { MARGIN, type TimeWindows } from './time-windows.ts';

/** Rounds of sweeps over all intervals, each after the windows of the last. */
const MOST_SWEEPS = 8;
/** Trials of weights for an interval. */
const WEIGHT_TRIALS = 8;
/** An interval whose work fits into this share of it by simple means is left at that. */
const CLEARLY_FITS = 0.9;
/** Intervals × jobs × processors of a sweep, at most about: with more jobs, fewer ends of windows are tried. */
const MOST_WORK = 6e6;

export class EnergeticTest {
  private readonly windows: TimeWindows;
  private readonly weights: Float64Array;
  private readonly bestWeights: Float64Array;
  /** [P] weight per unit. */
  private readonly rate: Float64Array;
  private readonly load: Float64Array;
  /** [T × P] least work of all instances of a task in the interval, ms. */
  private readonly work: Float64Array;
  /** [J × P] the same of each job. */
  private readonly workOfJob: Float64Array;
  /** [J × P] */
  private readonly latestStart: Float64Array;
  /** Tasks with work in the interval, and jobs that may have. */
  private readonly touched: Int32Array;
  private readonly isTouched: Uint8Array;
  private touchedCount = 0;

  constructor(windows: TimeWindows) {
    const { processors, duration, jobTask } = windows;
    this.windows = windows;
    this.weights = new Float64Array(processors);
    this.bestWeights = new Float64Array(processors);
    this.rate = new Float64Array(processors);
    this.load = new Float64Array(processors);
    this.work = new Float64Array(duration.length);
    this.workOfJob = new Float64Array(jobTask.length * processors);
    this.latestStart = new Float64Array(jobTask.length * processors);
    this.touched = new Int32Array(duration.length / processors);
    this.isTouched = new Uint8Array(this.touched.length);
  }

  /** Whether no schedule ends by `horizonMs`; the windows are narrowed to it. Yields every few milliseconds. */
  *refutes(horizonMs: number): Generator<undefined, boolean> {
    const { windows } = this;
    windows.endBy(horizonMs);
    if (!windows.propagate()) return true;
    for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
      const news = yield* this.sweep();
      if (news === undefined) return true;
      if (news === 0) return false;
      if (!windows.propagate()) return true;
    }
    return false;
  }

  /** All intervals once. How many windows became narrower; undefined: refuted. */
  private *sweep(): Generator<undefined, number | undefined> {
    const { windows, latestStart } = this;
    const { processors: count, jobTask, occupied, isAble } = windows;
    const jobs = jobTask.length;
    const begins = new Float64Array(jobs);
    const ends = new Float64Array(jobs);
    const lastBegin = new Float64Array(jobs);
    const firstBegin = new Float64Array(jobs);
    for (let job = 0; job < jobs; job++) {
      let [begin, end, left, right] = [Infinity, -Infinity, -Infinity, Infinity];
      for (let p = 0; p < count; p++) {
        const at = job * count + p;
        const place = jobTask[job] * count + p;
        if (isAble[place] === 0) continue;
        latestStart[at] = Math.max(windows.latestStart(job, p), windows.earliestStart[at]);
        begin = Math.min(begin, windows.earliestStart[at]);
        end = Math.max(end, windows.latestEnd[at]);
        left = Math.max(left, windows.earliestStart[at] + occupied[place]);
        right = Math.min(right, latestStart[at]);
      }
      begins[job] = begin;
      ends[job] = end;
      lastBegin[job] = left;
      firstBegin[job] = right;
    }
    const most = Math.max(8, Math.floor(Math.sqrt((2 * MOST_WORK) / (jobs * count))));
    const from = spread(begins, most);
    const to = spread(ends, most);
    let news = 0;
    for (const a of from) {
      const active = [...jobTask.keys()].filter((job) => lastBegin[job] > a);
      this.weights.fill(1 / count);
      for (const b of to) {
        if (b <= a) continue;
        this.measure(a, b, active, firstBegin);
        const found = this.examine(a, b, active);
        if (found === undefined) return undefined;
        news += found;
      }
      yield;
    }
    return news;
  }

  /** Takes the work of the last interval away. */
  private forget(): void {
    const { processors: count } = this.windows;
    for (let i = 0; i < this.touchedCount; i++) {
      this.work.fill(0, this.touched[i] * count, (this.touched[i] + 1) * count);
      this.isTouched[this.touched[i]] = 0;
    }
    this.touchedCount = 0;
  }

  /** Least work of each job and task in [a, b]. */
  private measure(a: number, b: number, active: readonly number[], firstBegin: Float64Array): void {
    const { windows, latestStart, work, workOfJob } = this;
    const { processors: count, jobTask, occupied, isAble, earliestStart } = windows;
    this.forget();
    for (const job of active) {
      if (firstBegin[job] >= b) continue;
      const task = jobTask[job];
      if (this.isTouched[task] === 0) {
        this.isTouched[task] = 1;
        this.touched[this.touchedCount++] = task;
      }
      for (let p = 0; p < count; p++) {
        const place = task * count + p;
        if (isAble[place] === 0) continue;
        const at = job * count + p;
        const inside = Math.min(
          overlap(earliestStart[at], occupied[place], a, b),
          overlap(latestStart[at], occupied[place], a, b),
        );
        workOfJob[at] = inside;
        work[place] += inside;
      }
    }
  }

  /** What [a, b] refutes: everything (undefined), or so many windows. */
  private examine(a: number, b: number, active: readonly number[]): number | undefined {
    const { windows, weights, rate, bestWeights, load, work, touched } = this;
    const { processors: count, units, isAble } = windows;
    const found = this.touchedCount;
    const lengthMs = b - a;
    // Rounding is a share of the times themselves, however short the interval between them is.
    const roomMs = lengthMs + MARGIN * Math.abs(b);
    const serial = this.strikeOutSerial(roomMs);
    if (serial === undefined) return undefined;
    let best = Number.NEGATIVE_INFINITY;
    for (let trial = 0; trial < WEIGHT_TRIALS; trial++) {
      for (let p = 0; p < count; p++) {
        rate[p] = weights[p] / units[p];
        load[p] = 0;
      }
      let value = 0;
      for (let i = 0; i < found; i++) {
        const first = touched[i] * count;
        let least = Number.POSITIVE_INFINITY;
        let chosen = 0;
        for (let p = 0; p < count; p++) {
          if (isAble[first + p] === 0) continue;
          const cost = rate[p] * work[first + p];
          if (cost < least) {
            least = cost;
            chosen = p;
          }
        }
        value += least;
        load[chosen] += work[first + chosen];
      }
      if (value > best) {
        best = value;
        bestWeights.set(weights);
      }
      if (value > roomMs) return undefined;
      let highest = 0;
      let norm = 0;
      for (let p = 0; p < count; p++) {
        load[p] /= units[p];
        highest = Math.max(highest, load[p]);
        norm += (load[p] - value) * (load[p] - value);
      }
      if (highest <= lengthMs * CLEARLY_FITS || value < lengthMs * HOPELESS) return serial;
      // Loads that are alike but for rounding cannot be evened out by other weights.
      if (!(norm > lengthMs * lengthMs * MARGIN)) break;
      const step = (roomMs * (1 + MARGIN) - value) / norm;
      let sum = 0;
      for (let p = 0; p < count; p++) {
        weights[p] = Math.max(0, weights[p] + step * (load[p] - value));
        sum += weights[p];
      }
      if (!(sum > 0)) break;
      for (let p = 0; p < count; p++) weights[p] /= sum;
    }
    weights.set(bestWeights);
    const news = this.narrow(a, b, active, roomMs - best);
    return news === undefined ? undefined : serial + news;
  }

  /** Strikes out pinned processors on one unit of which the instances of a task do not fit one after the other. */
  private strikeOutSerial(roomMs: number): number | undefined {
    const { windows, work, touched } = this;
    if (!windows.hasSerialInstances) return 0;
    const { processors: count, isAble, isPinned } = windows;
    let news = 0;
    for (let i = 0; i < this.touchedCount; i++) {
      for (let p = 0; p < count; p++) {
        const place = touched[i] * count + p;
        if (isAble[place] === 0 || !isPinned[p] || work[place] <= roomMs) continue;
        if (!windows.strikeOut(touched[i], p)) return undefined;
        news++;
      }
    }
    return news;
  }

  /** Strikes out and narrows what does not fit into the `slack` that the best weights leave of [a, b]; undefined: nothing is left of a task. */
  private narrow(a: number, b: number, active: readonly number[], slack: number): number | undefined {
    const { windows, weights, work, workOfJob, latestStart } = this;
    const { processors: count, units, isAble, jobTask, occupied, duration, earliestStart } = windows;
    let news = 0;
    for (let i = 0; i < this.touchedCount; i++) {
      const first = this.touched[i] * count;
      for (let p = 0; p < count; p++) {
        if (isAble[first + p] === 0) continue;
        if ((weights[p] * work[first + p]) / units[p] - this.leastCost(this.touched[i]) <= slack) continue;
        if (!windows.strikeOut(this.touched[i], p)) return undefined;
        news++;
      }
    }
    for (const job of active) {
      const task = jobTask[job];
      if (this.isTouched[task] === 0) continue;
      const least = this.leastCost(task);
      for (let p = 0; p < count; p++) {
        const place = task * count + p;
        const weight = weights[p] / units[p];
        if (isAble[place] === 0 || !(weight > 1e-6)) continue;
        const at = job * count + p;
        if (latestStart[at] >= b && earliestStart[at] + occupied[place] <= a) continue;
        const early = overlap(earliestStart[at], occupied[place], a, b);
        const late = overlap(latestStart[at], occupied[place], a, b);
        const inside = Math.min(early, late);
        // Windows that this sweep has narrowed ask for more than was counted; what was counted still holds.
        const left = Math.max(0, Math.min(inside, workOfJob[at]) + (slack - (weight * work[place] - least)) / weight);
        const room = left + MARGIN * (Math.abs(b) + occupied[place]);
        if (early > room && windows.startAfter(job, p, b - room)) news++;
        if (late > room && windows.finishBefore(job, p, a + room + duration[place] - occupied[place])) news++;
      }
    }
    return news;
  }

  private leastCost(task: number): number {
    const { windows, weights, work } = this;
    let least = Number.POSITIVE_INFINITY;
    for (let p = 0; p < windows.processors; p++) {
      if (windows.isAble[task * windows.processors + p] === 1)
        least = Math.min(least, (weights[p] * work[task * windows.processors + p]) / windows.units[p]);
    }
    return least;
  }
}

/** An interval whose best weights so far fill less than this share of it is not worth more of them. */
const HOPELESS = 0.5;

/** Time inside [a, b] of what starts at `start` and takes `time`. */
function overlap(start: number, time: number, a: number, b: number): number {
  const inside = Math.min(start + time, b) - Math.max(start, a);
  return inside > 0 ? inside : 0;
}

/** The different `values`, ascending; of more than `most` an even choice of them, the first and the last included. */
function spread(values: Float64Array, most: number): Float64Array {
  const sorted = Float64Array.from(new Set(values)).sort();
  if (sorted.length <= most) return sorted;
  return Float64Array.from(
    { length: most },
    (_, index) => sorted[Math.round((index * (sorted.length - 1)) / (most - 1))],
  );
}

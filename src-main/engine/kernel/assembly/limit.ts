/**
 * What the makespan of a simulation under way is bound to be at least: the end of a started job and the longest way from it to an exit
 * under the genome's mapping, and the start of a job, the work its element has still to start (but for the
 * wait for a tick after the last of it), and the least way from there.
 */
import {
  backwardTable, droppable, edgeSize, elementOf, f64At, i32At, JOB_SIZE, jobs, jobTable, lastJobs, leastTails, pes, peUnits,
  previousJobs, processorOf, putF64, putI32, roundUpToTick, tailOffsets, tick, tails, tasks, workToStart,
} from './memory';

/** Whether there is a limit, and whether it was found to be out of reach. */
export let isLimited: bool = false, isOverLimit: bool = false;
let limitMs: f64 = 0;

/** Rounding of the sums: a bound counts only when it exceeds the limit by more than this share. */
const MARGIN: f64 = 1e-9;

/** Limits the next simulation of the decoded jobs: their tails, and the work of each element. */
export function setLimit(limit: f64): void {
  isLimited = true;
  isOverLimit = false;
  limitMs = limit + limit * MARGIN;
  for (let pe = 0; pe < pes; pe++) {
    putF64(workToStart, pe, 0);
    putF64(leastTails, pe, Infinity);
    putI32(lastJobs, pe, -1);
  }
  // Jobs that are dropped have none before.
  if (droppable) memory.fill(previousJobs, 0xff, <usize>jobs << 2);
  const size = edgeSize;
  let record = backwardTable;
  for (let i = 0, n = tasks; i < n; i++, record += 16) {
    const job = <usize>load<u32>(record);
    let tail: f64 = 0;
    for (let edge = <usize>load<u32>(job, 24), last = <usize>load<u32>(job, 28); edge < last; edge += size) {
      const consumer = job + <usize>load<i32>(edge);
      const after = load<f64>(edge + processorOf(consumer), 8) + load<f64>(consumer, 16) + load<f64>(tails + tailOffsetOf(consumer));
      if (after > tail) tail = after;
    }
    store<f64>(tails + <usize>load<u32>(record, 4), tail);
    const element = elementOf(job) >> 2;
    store<f64>(workToStart + element, load<f64>(workToStart + element) + load<f64>(record, 8) * roundUpToTick(load<f64>(job, 16)));
    if (tail < load<f64>(leastTails + element)) store<f64>(leastTails + element, tail);
  }
}

export function clearLimit(): void {
  isLimited = false;
}

@inline function tailOffsetOf(job: usize): usize {
  return <usize>load<u32>(tailOffsets + ((job - jobTable) >> 3));
}

/** Takes note of a job that starts, to end at `end` and free its unit at `free`. @returns whether the limit is out of reach */
export function noteStart(job: usize, start: f64, end: f64, free: f64): bool {
  const pe = <i32>(elementOf(job) >> 5);
  putI32(previousJobs, <i32>((job - jobTable) / JOB_SIZE), i32At(lastJobs, pe));
  putI32(lastJobs, pe, <i32>((job - jobTable) / JOB_SIZE));
  const work = f64At(workToStart, pe);
  putF64(workToStart, pe, work - (free - start));
  // Of jobs that may be dropped nothing is bound to come.
  const isWayTooLong = end + load<f64>(tails + tailOffsetOf(job)) > limitMs;
  isOverLimit = !droppable && (isWayTooLong || start + work / <f64>i32At(peUnits, pe) - tick + f64At(leastTails, pe) > limitMs);
  return isOverLimit;
}

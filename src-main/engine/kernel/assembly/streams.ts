/**
 * Streams of frames: instances that the end of another instance releases, and instances that are dropped when they have not started by the
 * time the next one is released (src-shared/scheduling/compile-streams.ts).
 *
 * Here nothing happens at the time of a drop: a job that is about to start says whether its instance is too late by then. Until it
 * starts, a job changes nothing for others, so that comes to the same.
 */
import {
  i32At, instances, JOB_SIZE, jobInstances, jobTable, putI32, roundUpToTick, STREAM_SIZE, streamTable,
} from './memory';

/** What is known of an instance. */
const WAITING: i32 = 0;
const STARTED: i32 = 1;
const DROPPED: i32 = 2;

/** Forgets what became of each instance. */
export function clearStreams(): void {
  for (let i = 0; i < instances; i++) {
    const stream = streamTable + <usize>i * STREAM_SIZE;
    store<i32>(stream, load<i32>(stream, 4), 40);
    store<i32>(stream, WAITING, 44);
    store<f64>(stream, 0, 48);
    store<f64>(stream, load<f64>(stream, 64), 56);
    store<f64>(stream, load<f64>(stream, 72), 80);
  }
}

@inline export function streamOf(job: usize): usize {
  return <usize>load<u32>(jobInstances + ((job - jobTable) >> 3));
}

/** Takes note that `job` is about to start at `now`. @returns whether it does not, because its instance is dropped */
export function isTooLate(job: usize, now: f64): bool {
  const stream = streamOf(job);
  const state = load<i32>(stream, 44);
  if (state == STARTED) return false;
  if (state == WAITING && now < load<f64>(stream, 56)) {
    store<i32>(stream, STARTED, 44);
    return false;
  }
  store<i32>(stream, DROPPED, 44);
  return true;
}

/** Takes note that a job of `stream` ends at `end`. @returns whether it was the last of its instance to be known: `endOf` is when that ends */
export function noteJobEnd(stream: usize, end: f64): bool {
  const pending = load<i32>(stream, 40) - 1;
  store<i32>(stream, pending, 40);
  store<f64>(stream, max(load<f64>(stream, 48), end), 48);
  return pending == 0;
}

@inline export function endOf(stream: usize): f64 {
  return load<f64>(stream, 48);
}

/** Releases an instance at `release`: those of earlier releases of its application that have not started by then are too late. */
export function noteRelease(stream: usize, release: f64): void {
  store<f64>(stream, release, 80);
  if (load<i32>(stream, 24) == 0) return;
  const at = roundUpToTick(release);
  const own = load<i32>(stream, 32);
  for (let other = <usize>load<u32>(stream, 28); other != 0; other = <usize>load<u32>(other, 28)) {
    if (load<i32>(other, 32) == own) continue;
    // The earlier a release, the sooner it is too late.
    if (load<f64>(other, 56) <= at) return;
    store<f64>(other, at, 56);
  }
}

/** Whether the instance of `stream` ran, once all is simulated. */
@inline export function hasRun(stream: usize): bool {
  return load<i32>(stream, 44) == STARTED;
}

/** After a simulation: jobs that never ran end at 0 and take no time; [A] how many instances of each application ran. */
export function settleStreams(): void {
  for (let i = 0; i < instances; i++) putI32(<usize>load<u32>(streamTable + <usize>i * STREAM_SIZE, 36), 0, 0);
  for (let i = 0; i < instances; i++) {
    const stream = streamTable + <usize>i * STREAM_SIZE;
    if (hasRun(stream)) {
      const counter = <usize>load<u32>(stream, 36);
      putI32(counter, 0, i32At(counter, 0) + 1);
      continue;
    }
    let job = <usize>load<u32>(stream);
    for (const end = job + <usize>load<i32>(stream, 4) * JOB_SIZE; job < end; job += JOB_SIZE) {
      store<f64>(job, 0);
      store<f64>(job, 0, 16);
    }
  }
}

/**
 * The eager simulation: hands a job's outputs to its consumers when it starts, since its end is then known. No event queue, only, per
 * processing element, a queue of its coming jobs by (ready, job) and, where priorities differ, a heap for many ready jobs. The queue is a
 * sorted array that grows at its end: a new job is mostly the latest, and taking the first needs no comparison. Each round starts a
 * job on the element that can start next, found by a scan.
 *
 * Where transfers contend for links, who comes first is known only when a job ends: then outputs wait for that in a heap of the running
 * jobs' ends.
 *
 * Exact as long as every job takes time: then nothing that becomes known later could have come before.
 * A job that takes no time makes others ready at the instant at which it starts, but for a further round of starts; where nothing
 * else starts in its own round, that makes no difference (entry and exit tasks of a graph, say).
 */
import { clearEvents, eventCount, JOB_ENDS, popEvent, pushEvent } from './event-heap';
import { comesBefore, popRunnable, pushRunnable, putEntry } from './heap';
import { isLimited, noteStart } from './limit';
import { clearLinks, send } from './links';
import { clearStreams, endOf, isTooLate, noteJobEnd, noteRelease, settleStreams, streamOf } from './streams';
import {
  contended, edgeSize, ELEMENT_SIZE, elementOf, elementTable, ENTRY_SIZE, eventTable, f64At, heapTable, i32At, jobs,
  later, moveRecord, NEVER, pes, peUnits, processorOf, putF64, putI32, queueCounts,
  queueTable, ranked, rankOf, roundUpToTick, runnableHeaps, runnableSizes, SOURCE_SIZE, sources, sourceTable, streams, tick, unitTable,
} from './memory';

/** Adds `job`, to be ready at `ready`, to its element's queue, and brings the element's next start up to date. */
@inline function addComing(element: usize, ready: i64, job: usize): void {
  const first = <usize>load<u32>(element, 16);
  const end = <usize>load<u32>(element, 20);
  let hole = end;
  while (hole > first && comesBefore(ready, job, hole - ENTRY_SIZE)) {
    moveRecord(hole, hole - ENTRY_SIZE);
    hole -= ENTRY_SIZE;
  }
  putEntry(hole, ready, job, rankOf(job));
  store<i64>(end + ENTRY_SIZE, NEVER);
  store<u32>(element, <u32>(end + ENTRY_SIZE), 20);
  if (!ranked || load<i32>(runnableSizes + ((element - elementTable) >> 3)) == 0) store<i64>(element, later(load<i64>(first), load<i64>(element, 8)));
}

/** Replaces the earliest free time (the root) of an element's `units` units by `free`, keeping the heap. @returns the earliest now */
function occupyUnit(heap: usize, units: i32, free: f64): f64 {
  let hole = 0;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= units) break;
    if (child + 1 < units && f64At(heap, child + 1) < f64At(heap, child)) child++;
    const other = f64At(heap, child);
    if (free <= other) break;
    putF64(heap, hole, other);
    hole = child;
  }
  putF64(heap, hole, free);
  return load<f64>(heap);
}

/**
 * Up to so many ready jobs the next one is chosen by a scan of the queue (53 instead of 65 ns per task at 200 tasks
 * with priority genes); more go to the heap.
 */
const FEW: usize = 64;

/** Removes and returns the job that `element` starts at `now`, where priorities differ. */
function takeByRank(element: usize, now: i64): usize {
  const at = (element - elementTable) >> 3;
  const heap = <usize>load<u32>(runnableHeaps + at);
  let first = <usize>load<u32>(element, 16);
  let size = load<i32>(runnableSizes + at);
  if (size == 0) {
    // The ready ones stand first and in the order of ties.
    let chosen = first, other = first + ENTRY_SIZE;
    let lowest = load<i32>(first, 12);
    for (const limit = first + FEW * ENTRY_SIZE; other < limit && load<i64>(other) <= now; other += ENTRY_SIZE) {
      const rank = load<i32>(other, 12);
      const isLower = rank < lowest;
      chosen = select<usize>(other, chosen, isLower);
      lowest = select<i32>(rank, lowest, isLower);
    }
    if (load<i64>(other) > now) {
      const job = <usize>load<u32>(chosen, 8);
      for (; chosen > first; chosen -= ENTRY_SIZE) moveRecord(chosen, chosen - ENTRY_SIZE);
      store<u32>(element, <u32>(first + ENTRY_SIZE), 16);
      return job;
    }
  }
  for (; load<i64>(first) <= now; first += ENTRY_SIZE) pushRunnable(heap, size++, load<i64>(first), load<u32>(first, 8), load<i32>(first, 12));
  const job = <usize>load<u32>(heap, 8);
  popRunnable(heap, size--);
  store<u32>(element, <u32>first, 16);
  store<i32>(runnableSizes + at, size);
  return job;
}

/** Whether a job besides the one just taken from `element` could start at `now` in the same round. */
function othersStartAt(now: i64, element: usize): bool {
  if (
    load<i32>(element, 28) > 1 &&
    (load<i64>(<usize>load<u32>(element, 16)) <= now || load<i32>(runnableSizes + ((element - elementTable) >> 3)) > 0)
  ) return true;
  for (let other = elementTable, n = other + <usize>pes * ELEMENT_SIZE; other < n; other += ELEMENT_SIZE) {
    if (other != element && load<i64>(other) <= now) return true;
  }
  return false;
}

/** Hands the outputs of an ended job to its consumers, where the transfers of a link take turns. */
function sendOutputs(job: usize): void {
  const end = load<f64>(job), from = processorOf(job);
  for (let edge = <usize>load<u32>(job, 24), last = <usize>load<u32>(job, 28); edge < last; edge += edgeSize) {
    const consumer = job + <usize>load<i32>(edge);
    if (send(edge, from, end, consumer)) addComing(elementTable + elementOf(consumer), reinterpret<i64>(roundUpToTick(load<f64>(consumer))), consumer);
  }
}

/** Takes note that `job` ends at `end`, and adds the sources of what its instance then releases. */
function noteEnd(job: usize, end: f64): void {
  const stream = streamOf(job);
  if (!noteJobEnd(stream, end)) return;
  const release = endOf(stream);
  const ready = reinterpret<i64>(roundUpToTick(release));
  for (let at = <usize>load<u32>(stream, 8), last = <usize>load<u32>(stream, 12); at < last; at += 4) {
    const dependent = <usize>load<u32>(at), first = <usize>load<u32>(dependent);
    noteRelease(dependent, release);
    for (let source = <usize>load<u32>(dependent, 16), end = <usize>load<u32>(dependent, 20); source < end; source += 4) {
      const own = first + <usize>load<i32>(source);
      addComing(elementTable + elementOf(own), ready, own);
    }
  }
}

/** When `element` can next start one of its jobs, given when its first unit is free. */
@inline function nextStart(element: usize, now: i64): i64 {
  const free = load<i64>(element, 8);
  if (ranked && load<i32>(runnableSizes + ((element - elementTable) >> 3)) > 0) return later(now, free);
  return later(load<i64>(<usize>load<u32>(element, 16)), free);
}

function reset(): void {
  clearEvents();
  clearLinks();
  if (streams) clearStreams();
  let queue = queueTable, heap = heapTable, unit = unitTable;
  for (let pe = 0; pe < pes; pe++) {
    const element = elementTable + <usize>pe * ELEMENT_SIZE;
    store<i64>(element, NEVER);
    store<f64>(element, 0, 8);
    store<u32>(element, <u32>queue, 16);
    store<u32>(element, <u32>queue, 20);
    store<u32>(element, <u32>unit, 24);
    const units = i32At(peUnits, pe);
    store<i32>(element, units, 28);
    store<i64>(queue, NEVER);
    queue += <usize>(i32At(queueCounts, pe) + 1) * ENTRY_SIZE;
    memory.fill(unit, 0, <usize>units << 3);
    unit += <usize>units << 3;
    putI32(runnableHeaps, pe, <i32>heap);
    putI32(runnableSizes, pe, 0);
    heap += <usize>i32At(queueCounts, pe) * ENTRY_SIZE;
  }
}

/**
 * Simulates the decoded jobs; see the top of the file. Every address the loop uses is in a local: a global would be loaded again after
 * each store.
 * @returns false when only the event way is exact: the job records are then spoilt. True as well when a limit is out of reach.
 */
export function simulateEagerly(): bool {
  reset();
  const elements = elementTable, elementsEnd = elementTable + <usize>pes * ELEMENT_SIZE;
  const ticked = tick > 0, withRanks = ranked, waiting = contended, limited = isLimited, size = edgeSize, streaming = streams;
  // Jobs without dependencies join when their release comes, so that the queues stay short.
  let source = sourceTable;
  const sourcesEnd = sourceTable + <usize>sources * SOURCE_SIZE;
  let release = load<i64>(source);
  for (let left = jobs; left > 0; ) {
    let element = elements;
    let now = load<i64>(elements);
    for (let other = elements + ELEMENT_SIZE; other < elementsEnd; other += ELEMENT_SIZE) {
      const candidate = load<i64>(other);
      const sooner = candidate < now;
      element = select<usize>(other, element, sooner);
      now = select<i64>(candidate, now, sooner);
    }
    if (release <= now) {
      const job = <usize>load<u32>(source, 8);
      addComing(elements + elementOf(job), release, job);
      source += SOURCE_SIZE;
      release = source < sourcesEnd ? load<i64>(source) : i64.MAX_VALUE;
      continue;
    }
    if (waiting && eventCount > 0 && load<i64>(eventTable) <= now) {
      const ended = <usize>load<u32>(eventTable, 12);
      popEvent();
      sendOutputs(ended);
      continue;
    }
    // Dropped jobs never start.
    if (streaming && now == NEVER) break;
    left--;
    let job: usize;
    if (withRanks) job = takeByRank(element, now);
    else {
      const first = <usize>load<u32>(element, 16);
      job = <usize>load<u32>(first, 8);
      store<u32>(element, <u32>(first + ENTRY_SIZE), 16);
    }
    const start = reinterpret<f64>(now);
    if (streaming && isTooLate(job, start)) {
      store<i64>(element, nextStart(element, now));
      continue;
    }
    let end = start + load<f64>(job, 16);
    let free = end;
    if (ticked) {
      free = roundUpToTick(end);
      end = min(end, free);
    }
    if (!(end > start) && (waiting || streaming || end != start || free != start || othersStartAt(now, element))) return false;
    store<f64>(job, end);
    store<f64>(job, end - start, 16);
    if (limited && noteStart(job, start, end, free)) return true;
    let earliest = free;
    const units = load<i32>(element, 28);
    if (units > 1) earliest = occupyUnit(<usize>load<u32>(element, 24), units, free);
    store<f64>(element, earliest, 8);
    // The element's next start.
    if (withRanks && load<i32>(runnableSizes + ((element - elements) >> 3)) > 0) store<i64>(element, later(now, reinterpret<i64>(earliest)));
    else store<i64>(element, later(load<i64>(<usize>load<u32>(element, 16)), reinterpret<i64>(earliest)));
    if (streaming) noteEnd(job, end);
    if (waiting) {
      pushEvent(end, JOB_ENDS, job);
      continue;
    }
    for (let edge = <usize>load<u32>(job, 24), last = <usize>load<u32>(job, 28); edge < last; edge += size) {
      const consumer = job + <usize>load<i32>(edge);
      const arrival = end + load<f64>(edge + processorOf(consumer), 8);
      const ready = later(reinterpret<i64>(arrival), load<i64>(consumer));
      const pending = load<i32>(consumer, 8) - 1;
      store<i64>(consumer, ready);
      store<i32>(consumer, pending, 8);
      if (pending == 0) addComing(elements + elementOf(consumer), ticked ? reinterpret<i64>(roundUpToTick(reinterpret<f64>(ready))) : ready, consumer);
    }
  }
  if (streaming) settleStreams();
  return true;
}

/** The event-driven simulation: the reference's algorithm, event by event, for what the eager way is not exact for. */
import { popRunnable, pushRunnable } from './heap';
import {
  contended, edgeSize, ELEMENT_SIZE, elementOf, ENTRY_SIZE, EVENT_SIZE, eventTable, f64At, heapTable, i32At, idleUnits, later, linkFree, moveRecord, pes, peUnits, processorOf, processors, putF64, putI32, queueCounts,
  rankOf, roundUpToTick, runnableHeaps, runnableSizes, SOURCE_SIZE, sources, sourceTable,
} from './memory';

const JOB_ENDS = 0, UNIT_FREE = 1, JOB_READY = 2;
let eventCount: i32 = 0;

@inline function eventBefore(time: i64, kind: i32, job: u32, b: usize): bool {
  const timeB = load<i64>(b);
  if (time != timeB) return time < timeB;
  const kindB = load<i32>(b, 8);
  return kind < kindB || (kind == kindB && job < load<u32>(b, 12));
}
@inline function putEvent(at: usize, time: i64, kind: i32, job: u32): void {
  store<i64>(at, time);
  store<i32>(at, kind, 8);
  store<u32>(at, job, 12);
}
function pushEvent(eventTime: f64, kind: i32, job: usize): void {
  const time = reinterpret<i64>(eventTime);
  let hole = eventCount++;
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    const other = eventTable + (<usize>parent << 4);
    if (!eventBefore(time, kind, <u32>job, other)) break;
    moveRecord(eventTable + (<usize>hole << 4), other);
    hole = parent;
  }
  putEvent(eventTable + (<usize>hole << 4), time, kind, <u32>job);
}
function popEvent(): void {
  const count = --eventCount;
  const last = eventTable + (<usize>count << 4);
  const time = load<i64>(last), kind = load<i32>(last, 8), job = load<u32>(last, 12);
  let hole = 0;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= count) break;
    let at = eventTable + (<usize>child << 4);
    if (child + 1 < count && eventBefore(load<i64>(at, 16), load<i32>(at, 24), load<u32>(at, 28), at)) { child++; at += EVENT_SIZE; }
    if (eventBefore(time, kind, job, at)) break;
    moveRecord(eventTable + (<usize>hole << 4), at);
    hole = child;
  }
  putEvent(eventTable + (<usize>hole << 4), time, kind, job);
}

/** Simulates the decoded jobs. */
export function simulateByEvents(): void {
  eventCount = 0;
  let heap = heapTable;
  for (let pe = 0; pe < pes; pe++) {
    putI32(runnableHeaps, pe, <i32>heap);
    putI32(runnableSizes, pe, 0);
    heap += <usize>i32At(queueCounts, pe) * ENTRY_SIZE;
    putI32(idleUnits, pe, i32At(peUnits, pe));
  }
  memory.fill(linkFree, 0, <usize>(processors * processors) << 3);
  for (let i = 0; i < sources; i++) {
    const source = sourceTable + <usize>i * SOURCE_SIZE;
    const job = <usize>load<u32>(source, 8);
    store<f64>(job, load<f64>(source));
    pushEvent(load<f64>(source), JOB_READY, job);
  }
  while (eventCount > 0) {
    const now = load<f64>(eventTable);
    while (eventCount > 0 && load<f64>(eventTable) == now) {
      const kind = load<i32>(eventTable, 8), job = <usize>load<u32>(eventTable, 12);
      popEvent();
      const pe = <i32>(elementOf(job) / <u32>ELEMENT_SIZE);
      if (kind == JOB_READY) {
        const size = i32At(runnableSizes, pe);
        pushRunnable(<usize>i32At(runnableHeaps, pe), size, load<i64>(job), job, rankOf(job));
        putI32(runnableSizes, pe, size + 1);
      } else if (kind == UNIT_FREE) {
        putI32(idleUnits, pe, i32At(idleUnits, pe) + 1);
      } else {
        const end = load<f64>(job);
        const free = roundUpToTick(end);
        if (free > now) pushEvent(free, UNIT_FREE, job);
        else putI32(idleUnits, pe, i32At(idleUnits, pe) + 1);
        sendOutputs(end, job);
      }
    }
    for (let pe = 0; pe < pes; pe++) {
      while (i32At(idleUnits, pe) > 0 && i32At(runnableSizes, pe) > 0) {
        const size = i32At(runnableSizes, pe);
        const heap = <usize>i32At(runnableHeaps, pe);
        const job = <usize>load<u32>(heap, 8);
        popRunnable(heap, size);
        putI32(runnableSizes, pe, size - 1);
        putI32(idleUnits, pe, i32At(idleUnits, pe) - 1);
        const end = now + load<f64>(job, 16);
        store<f64>(job, end);
        store<f64>(job, end - now, 16);
        pushEvent(min(end, roundUpToTick(end)), JOB_ENDS, job);
      }
    }
  }
}

function sendOutputs(end: f64, job: usize): void {
  const from = processorOf(job);
  for (let edge = <usize>load<u32>(job, 24), last = <usize>load<u32>(job, 28); edge < last; edge += edgeSize) {
    const consumer = job + <usize>load<i32>(edge);
    const to = processorOf(consumer);
    let arrival = end;
    if (from != to) {
      const transfer = load<f64>(edge + to, 8);
      if (contended) {
        const link = <i32>(((from >> 3) * <u32>processors) + (to >> 3));
        arrival = max(end, f64At(linkFree, link)) + transfer;
        putF64(linkFree, link, arrival);
      } else arrival = end + transfer;
    }
    let ready = reinterpret<f64>(later(load<i64>(consumer), reinterpret<i64>(arrival)));
    const pending = load<i32>(consumer, 8) - 1;
    store<i32>(consumer, pending, 8);
    if (pending == 0) {
      ready = roundUpToTick(ready);
      pushEvent(ready, JOB_READY, consumer);
    }
    store<f64>(consumer, ready);
  }
}

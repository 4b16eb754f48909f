/** The event-driven simulation: the reference's algorithm, event by event, for what the eager way is not exact for. */
import { clearEvents, eventCount, JOB_ENDS, JOB_READY, popEvent, pushEvent, UNIT_FREE } from './event-heap';
import { popRunnable, pushRunnable } from './heap';
import { clearLinks, send } from './links';
import { clearStreams, endOf, isTooLate, noteJobEnd, noteRelease, settleStreams, streamOf } from './streams';
import {
  edgeSize, ELEMENT_SIZE, elementOf, ENTRY_SIZE, eventTable, heapTable, i32At, idleUnits, pes, peUnits, processorOf,
  putI32, queueCounts, rankOf, roundUpToTick, runnableHeaps, runnableSizes, SOURCE_SIZE,
  sources, sourceTable, streams,
} from './memory';

/** Simulates the decoded jobs. */
export function simulateByEvents(): void {
  clearEvents();
  let heap = heapTable;
  for (let pe = 0; pe < pes; pe++) {
    putI32(runnableHeaps, pe, <i32>heap);
    putI32(runnableSizes, pe, 0);
    heap += <usize>i32At(queueCounts, pe) * ENTRY_SIZE;
    putI32(idleUnits, pe, i32At(peUnits, pe));
  }
  clearLinks();
  if (streams) clearStreams();
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
        if (streams) noteEnd(job, end);
      }
    }
    for (let pe = 0; pe < pes; pe++) {
      while (i32At(idleUnits, pe) > 0 && i32At(runnableSizes, pe) > 0) {
        const size = i32At(runnableSizes, pe);
        const heap = <usize>i32At(runnableHeaps, pe);
        const job = <usize>load<u32>(heap, 8);
        popRunnable(heap, size);
        putI32(runnableSizes, pe, size - 1);
        if (streams && isTooLate(job, now)) continue;
        putI32(idleUnits, pe, i32At(idleUnits, pe) - 1);
        let end = now + load<f64>(job, 16);
        end = min(end, roundUpToTick(end));
        store<f64>(job, end);
        store<f64>(job, end - now, 16);
        pushEvent(end, JOB_ENDS, job);
      }
    }
  }
  if (streams) settleStreams();
}

/** Takes note that `job` has ended, and has the sources of what its instance releases become ready. */
function noteEnd(job: usize, end: f64): void {
  const stream = streamOf(job);
  if (!noteJobEnd(stream, end)) return;
  const release = endOf(stream), ready = roundUpToTick(release);
  for (let at = <usize>load<u32>(stream, 8), last = <usize>load<u32>(stream, 12); at < last; at += 4) {
    const dependent = <usize>load<u32>(at), first = <usize>load<u32>(dependent);
    noteRelease(dependent, release);
    for (let source = <usize>load<u32>(dependent, 16), end = <usize>load<u32>(dependent, 20); source < end; source += 4) {
      const own = first + <usize>load<i32>(source);
      store<f64>(own, ready);
      pushEvent(ready, JOB_READY, own);
    }
  }
}

function sendOutputs(end: f64, job: usize): void {
  const from = processorOf(job);
  for (let edge = <usize>load<u32>(job, 24), last = <usize>load<u32>(job, 28); edge < last; edge += edgeSize) {
    const consumer = job + <usize>load<i32>(edge);
    if (!send(edge, from, end, consumer)) continue;
    const ready = roundUpToTick(load<f64>(consumer));
    store<f64>(consumer, ready);
    pushEvent(ready, JOB_READY, consumer);
  }
}

/** The event-driven simulation: the reference's algorithm, event by event, for what the eager way is not exact for. */
import { clearEvents, eventCount, JOB_ENDS, JOB_READY, popEvent, pushEvent, UNIT_FREE } from './event-heap';
import { popRunnable, pushRunnable } from './heap';
import { clearLinks, send } from './links';
import {
  edgeSize, ELEMENT_SIZE, elementOf, ENTRY_SIZE, eventTable, heapTable, i32At, idleUnits, pes, peUnits, processorOf,
  putI32, queueCounts, rankOf, roundUpToTick, runnableHeaps, runnableSizes, SOURCE_SIZE,
  sources, sourceTable,
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
        let end = now + load<f64>(job, 16);
        end = min(end, roundUpToTick(end));
        store<f64>(job, end);
        store<f64>(job, end - now, 16);
        pushEvent(end, JOB_ENDS, job);
      }
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

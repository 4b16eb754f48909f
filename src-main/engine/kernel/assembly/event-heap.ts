/** The agenda of both simulations: a heap of events by (time, kind, job). */
import { EVENT_SIZE, eventTable, moveRecord } from './memory';

// Event kinds, in the order in which they are handled within an instant.
export const JOB_ENDS = 0, UNIT_FREE = 1, JOB_READY = 2;

export let eventCount: i32 = 0;

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
/** Adds an event. */
export function pushEvent(eventTime: f64, kind: i32, job: usize): void {
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
/** Removes the earliest event, which stands at `eventTable`. */
export function popEvent(): void {
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

/** Removes all events. */
export function clearEvents(): void {
  eventCount = 0;
}

/** Heaps of ready jobs by (rank, ready, job): which one an element starts next where priorities differ. */
import { ENTRY_SIZE, moveRecord } from './memory';

@inline export function putEntry(at: usize, ready: i64, job: usize, rank: i32): void {
  store<i64>(at, ready);
  store<u32>(at, <u32>job, 8);
  store<i32>(at, rank, 12);
}
/** Whether a job comes before entry `b` by (ready, job). */
@inline export function comesBefore(readyA: i64, jobA: usize, b: usize): bool {
  const readyB = load<i64>(b);
  return readyA < readyB || (readyA == readyB && <u32>jobA < load<u32>(b, 8));
}
@inline function startsBefore(rankA: i32, readyA: i64, jobA: usize, b: usize): bool {
  const rankB = load<i32>(b, 12);
  return rankA < rankB || (rankA == rankB && comesBefore(readyA, jobA, b));
}

/** Adds a job to the heap of `size` entries at `heap`. */
export function pushRunnable(heap: usize, size: i32, ready: i64, job: usize, rank: i32): void {
  let hole = size;
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    const other = heap + (<usize>parent << 4);
    if (!startsBefore(rank, ready, job, other)) break;
    moveRecord(heap + (<usize>hole << 4), other);
    hole = parent;
  }
  putEntry(heap + (<usize>hole << 4), ready, job, rank);
}

/** Removes the first entry of the heap of `size` entries at `heap`. */
export function popRunnable(heap: usize, size: i32): void {
  const count = size - 1;
  const last = heap + (<usize>count << 4);
  const ready = load<i64>(last), job = <usize>load<u32>(last, 8), rank = load<i32>(last, 12);
  let hole = 0;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= count) break;
    let at = heap + (<usize>child << 4);
    if (child + 1 < count && startsBefore(load<i32>(at, 28), load<i64>(at, 16), load<u32>(at, 24), at)) { child++; at += ENTRY_SIZE; }
    if (startsBefore(rank, ready, job, at)) break;
    moveRecord(heap + (<usize>hole << 4), at);
    hole = child;
  }
  putEntry(heap + (<usize>hole << 4), ready, job, rank);
}

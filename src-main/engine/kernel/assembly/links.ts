/** Outputs of ended jobs on their way to consumers: where links are contended, the transfers of each take turns. */
import { contended, later, linkFree, processorOf, processors } from './memory';

/** Forgets all transfers. */
export function clearLinks(): void {
  memory.fill(linkFree, 0, <usize>(processors * processors) << 3);
}

/**
 * Sends the output of a job that ended at `end` on processor `from` (× 8) along `edge`, and makes `consumer` ready no earlier than it
 * arrives. To be called in the order of ends. @returns whether it was the last input missing
 */
export function send(edge: usize, from: u32, end: f64, consumer: usize): bool {
  const to = processorOf(consumer);
  let arrival = end;
  if (from != to) {
    const transfer = load<f64>(edge + to, 8);
    if (contended) {
      const link = linkFree + <usize>(from * <u32>processors + to);
      arrival = max(end, load<f64>(link)) + transfer;
      store<f64>(link, arrival);
    } else arrival = end + transfer;
  }
  store<i64>(consumer, later(reinterpret<i64>(arrival), load<i64>(consumer)));
  const pending = load<i32>(consumer, 8) - 1;
  store<i32>(consumer, pending, 8);
  return pending == 0;
}

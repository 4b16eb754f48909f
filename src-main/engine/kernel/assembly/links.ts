/** Outputs of ended jobs on their way to consumers: where links are contended, the transfers of each link and bus take turns. */
import {
  channels, contended, edgeSize, edgeTable, f64At, hops, hopTable, i32At, later, linkFree, processorOf, processors, routed, routeTable,
} from './memory';

/** Forgets all transfers. */
export function clearLinks(): void {
  memory.fill(linkFree, 0, <usize>channels << 3);
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
    if (contended && routed) arrival = takeTurns(edge, from, to, end, transfer);
    else if (contended) {
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

/** Sends over every hop of the way from one processor to another (both × 8), each as soon as its link or bus is free. @returns the arrival */
function takeTurns(edge: usize, from: u32, to: u32, end: f64, transfer: f64): f64 {
  const pair = <i32>((from >> 3) * <u32>processors + (to >> 3));
  const occupied = routeTable + (<usize>(processors * processors + 1) << 2);
  const times = hopTable == 0 ? 0 : hopTable + ((((edge - edgeTable) / edgeSize) * <usize>hops) << 3);
  let at = end;
  for (let hop = i32At(routeTable, pair), last = i32At(routeTable, pair + 1); hop < last; hop++) {
    const channel = linkFree + <usize>i32At(occupied, hop);
    at = max(at, load<f64>(channel)) + (times == 0 ? transfer : f64At(times, hop));
    store<f64>(channel, at);
  }
  return at;
}

/** Events on their way to one renderer that may be slower than they come: progress is merged while it waits, so nothing piles up. */
import type { AnyEvent } from '#shared/contract/events.ts';
import { concatenateSeries } from '#shared/contract/generation-series.ts';
import type { RunProgress } from '#shared/contract/shapes.ts';

/** A renderer that has this much unread gets no more progress until it has read some, bytes. */
const PATIENCE_BYTES = 1_000_000;
/** One that has this much unread is not reading at all, bytes. */
const LIMIT_BYTES = 64_000_000;

/** The way to a renderer. */
export interface EventSink {
  /** Bytes not yet taken by the network. */
  readonly bufferedAmount: number;
  /** @param sent called when the network has taken it */
  send(event: AnyEvent, sent: () => void): void;
  /** Gives up on a renderer that reads nothing. */
  abandon(): void;
}

export class EventQueue {
  readonly #sink: EventSink;
  /** Progress not sent yet, by run. */
  readonly #waiting = new Map<number, RunProgress>();

  constructor(sink: EventSink) {
    this.#sink = sink;
  }

  push(event: AnyEvent): void {
    const { bufferedAmount } = this.#sink;
    if (bufferedAmount > LIMIT_BYTES) {
      this.#sink.abandon();
    } else if (event.name === 'run.progress' && bufferedAmount > PATIENCE_BYTES) {
      const earlier = this.#waiting.get(event.payload.runId);
      this.#waiting.set(
        event.payload.runId,
        earlier === undefined ? event.payload : mergeProgress(earlier, event.payload),
      );
    } else {
      this.#flush(); // what waits is older than this event
      this.#send(event);
    }
  }

  #send(event: AnyEvent): void {
    this.#sink.send(event, () => {
      if (this.#waiting.size > 0 && this.#sink.bufferedAmount <= PATIENCE_BYTES) this.#flush();
    });
  }

  #flush(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const payload of waiting) this.#send({ name: 'run.progress', payload });
  }
}

/** One event that says what both said: the newer one's figures, and the generations of both. A gap between them leaves the newer one alone. */
export function mergeProgress(earlier: RunProgress, later: RunProgress): RunProgress {
  if (earlier.series.from + earlier.series.length !== later.series.from) return later;
  return { ...later, series: concatenateSeries(earlier.series.from, [earlier.series, later.series]) };
}

/** Requests of one renderer on their way in: no more are begun than it reads answers of, so that nothing piles up for one that does not read. */

/** Requests handled at the same time. */
const MOST_AT_WORK = 64;
/** Bytes of the requests being handled. */
const MOST_BYTES_AT_WORK = 16_000_000;
/** While so much is unread, bytes, no request is begun. */
const PATIENCE_BYTES = 4_000_000;

/** A renderer's line. */
export interface RequestSource {
  /** Bytes sent and not yet taken by the network. */
  readonly bufferedAmount: number;
  /** Takes no more from the network, so that the renderer's own system makes it wait. */
  pause(): void;
  resume(): void;
}

export class RequestGate {
  readonly #source: RequestSource;
  readonly #answer: (request: Uint8Array) => Promise<void>;
  /** Came with others in one piece before the line was paused: less than the system's buffer holds. */
  #waiting: Uint8Array[] = [];
  #atWork = 0;
  #bytesAtWork = 0;
  #isPaused = false;

  /** @param answer never rejects; resolves when the answer is on its way */
  constructor(source: RequestSource, answer: (request: Uint8Array) => Promise<void>) {
    this.#source = source;
    this.#answer = answer;
  }

  /** Whether the renderer is not heard because the host has enough to do, not because it does not read. */
  get isHostBusy(): boolean {
    return this.#isPaused && this.#source.bufferedAmount <= PATIENCE_BYTES;
  }

  push(request: Uint8Array): void {
    this.#waiting.push(request);
    this.advance();
  }

  /** To be called whenever the network has taken something. */
  advance(): void {
    for (let next = this.#next(); next !== undefined; next = this.#next()) this.#begin(next);
    const isFull = this.#waiting.length > 0 || !this.#isOpen();
    if (isFull === this.#isPaused) return;
    this.#isPaused = isFull;
    if (isFull) this.#source.pause();
    else this.#source.resume();
  }

  #next(): Uint8Array | undefined {
    return this.#isOpen() ? this.#waiting.shift() : undefined;
  }

  #isOpen(): boolean {
    return (
      this.#atWork < MOST_AT_WORK &&
      this.#bytesAtWork < MOST_BYTES_AT_WORK &&
      this.#source.bufferedAmount <= PATIENCE_BYTES
    );
  }

  #begin(request: Uint8Array): void {
    this.#atWork++;
    this.#bytesAtWork += request.byteLength;
    void this.#answer(request).finally(() => {
      this.#atWork--;
      this.#bytesAtWork -= request.byteLength;
      this.advance();
    });
  }
}

/**
 * Starts and children that several threads improve side by side: each claims one after the other of those left.
 *
 * Shared memory: words that only ever count up (modulo 2^32), as in `shared-batch.ts`, so that a thread that comes late to one round cannot be
 * mistaken in the next: START…END − 1 are the improvements of the round, CLAIMED the first that nobody has taken, DONE how many are done in all
 * rounds. Then, for each place of a round, the length of its message, and the message (V8's structured clone): the request, and in its place, once
 * it is improved, the result. A length of 0 says that the result stays with the thread that shares the work, which improved it itself.
 */
import { deserialize, serialize } from 'node:v8';
import type { Improved, ImprovementPool, Improvement, Improver } from '../engine/improvement/improvement.ts';

const START = 0;
const END = 1;
const CLAIMED = 2;
const DONE = 3;
const READY = 4;
const FIRST_LENGTH = 5;

/** Of a message, bytes: about four plans of numbers with five bytes each for every task, and what else there is. */
const BYTES_PER_TASK = 160;
const BYTES_BESIDES = 16_384;

export interface SharedImprovementsMemory {
  readonly control: SharedArrayBuffer;
  readonly messages: SharedArrayBuffer;
  /** Improvements in a round, at most. */
  readonly places: number;
}

/** @param tasks of the problem */
export function allocateSharedImprovements(tasks: number, places: number): SharedImprovementsMemory {
  return {
    control: new SharedArrayBuffer(4 * (FIRST_LENGTH + places)),
    messages: new SharedArrayBuffer(places * (BYTES_BESIDES + BYTES_PER_TASK * tasks)),
    places,
  };
}

export class SharedImprovements implements ImprovementPool {
  readonly #control: Int32Array<SharedArrayBuffer>;
  readonly #messages: Uint8Array<SharedArrayBuffer>;
  readonly #places: number;
  readonly #placeBytes: number;
  readonly #improver: Improver;

  constructor({ control, messages, places }: SharedImprovementsMemory, improver: Improver) {
    this.#control = new Int32Array(control);
    this.#messages = new Uint8Array(messages);
    this.#places = places;
    this.#placeBytes = messages.byteLength / places;
    this.#improver = improver;
  }

  /** Threads that help. */
  get helpers(): number {
    return Atomics.load(this.#control, READY);
  }

  /** Improves all of them together with any other threads that are there. One thread calls this; the others `help`. */
  improve(improvements: readonly Improvement[]): readonly Improved[] {
    const control = this.#control;
    const count = improvements.length;
    // What does not fit is left to this thread, with the whole round.
    const isShared = count <= this.#places && improvements.every((each, place) => this.#write(place, each));
    if (!isShared) return this.#improver.improve(improvements);
    const own = new Map<number, Improved>();
    const start = control[END];
    control[START] = start;
    Atomics.store(control, END, start + count);
    Atomics.notify(control, END);
    for (let place = this.#claim(); place !== undefined; place = this.#claim()) {
      own.set(place, this.#improver.improveOne(improvements[place]));
      Atomics.store(control, FIRST_LENGTH + place, 0);
      this.#finish();
    }
    const end = control[END];
    for (let done = Atomics.load(control, DONE); done !== end; done = Atomics.load(control, DONE))
      Atomics.wait(control, DONE, done);
    return improvements.map((_, place) => own.get(place) ?? (this.#read(place) as Improved));
  }

  /** Takes a share of every round from now on; does not return. @throws Error where a result does not fit its place */
  help(): never {
    const control = this.#control;
    Atomics.add(control, READY, 1);
    for (;;) {
      const end = Atomics.load(control, END);
      for (let place = this.#claim(); place !== undefined; place = this.#claim()) {
        const improved = this.#improver.improveOne(this.#read(place) as Improvement);
        if (!this.#write(place, improved)) throw new Error('what was improved does not fit into its place');
        this.#finish();
      }
      Atomics.wait(control, END, end);
    }
  }

  /** A place that nobody else has taken; undefined: none is left. */
  #claim(): number | undefined {
    const control = this.#control;
    for (;;) {
      const first = Atomics.load(control, CLAIMED);
      if (((Atomics.load(control, END) - first) | 0) <= 0) return undefined;
      if (Atomics.compareExchange(control, CLAIMED, first, (first + 1) | 0) === first)
        return (first - control[START]) | 0;
    }
  }

  #finish(): void {
    const control = this.#control;
    const done = (Atomics.add(control, DONE, 1) + 1) | 0;
    if (done === Atomics.load(control, END)) Atomics.notify(control, DONE);
  }

  /** @returns false where it does not fit */
  #write(place: number, message: Improvement | Improved): boolean {
    const bytes = serialize(message);
    if (bytes.length > this.#placeBytes) return false;
    this.#messages.set(bytes, place * this.#placeBytes);
    Atomics.store(this.#control, FIRST_LENGTH + place, bytes.length);
    return true;
  }

  #read(place: number): unknown {
    const first = place * this.#placeBytes;
    const length = Atomics.load(this.#control, FIRST_LENGTH + place);
    // V8 reads no shared memory.
    return deserialize(Buffer.from(this.#messages.slice(first, first + length)));
  }
}

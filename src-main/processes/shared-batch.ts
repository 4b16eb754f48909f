/**
 * A batch of genomes that several threads evaluate together: each claims some of those left until there are none.
 *
 * Shared memory: genes [capacity × L] and metrics [capacity × K], and words that only ever count up (modulo 2^32), so that a thread
 * that comes late to one batch cannot be mistaken in the next: START…END − 1 are the genomes of the batch, CLAIMED the first that
 * nobody has taken, DONE how many were evaluated in all batches. A thread that sees END also sees the genes of its
 * batch, and START cannot change before everything claimed is done.
 */
import { HEADLINE_METRIC_COUNT } from '#shared/domain/metrics.ts';
import { KERNEL_BATCH, type Kernel } from '../engine/kernel/kernel.ts';

const START = 0;
const END = 1;
const CLAIMED = 2;
const DONE = 3;
const READY = 4;
const WORDS = 5;

/** How often the thread that waits for the others looks before it sleeps: about 20 µs, less than waking up takes. */
const SPINS = 500;

export interface SharedBatchMemory {
  readonly control: SharedArrayBuffer;
  readonly genes: SharedArrayBuffer;
  readonly metrics: SharedArrayBuffer;
}

export function allocateSharedBatch(loci: number, capacity: number): SharedBatchMemory {
  return {
    control: new SharedArrayBuffer(4 * WORDS),
    genes: new SharedArrayBuffer(capacity * loci),
    metrics: new SharedArrayBuffer(8 * capacity * HEADLINE_METRIC_COUNT),
  };
}

export class SharedBatch {
  /** [capacity × L], to be filled before `publish`. */
  readonly genes: Uint8Array<SharedArrayBuffer>;
  /** [capacity × K], of the batch last published, once it is done. */
  readonly metrics: Float64Array<SharedArrayBuffer>;
  readonly #control: Int32Array<SharedArrayBuffer>;
  readonly #kernel: Kernel;
  readonly #threads: number;

  /** @param threads how many share the work */
  constructor(memory: SharedBatchMemory, kernel: Kernel, threads: number) {
    this.#control = new Int32Array(memory.control);
    this.genes = new Uint8Array(memory.genes);
    this.metrics = new Float64Array(memory.metrics);
    this.#kernel = kernel;
    this.#threads = threads;
  }

  /**
   * Evaluates the first `count` genomes together with any other threads that are there. One thread calls this; the
   * others `help`.
   */
  evaluate(count: number): void {
    const control = this.#control;
    const start = control[END];
    control[START] = start;
    Atomics.store(control, END, start + count);
    Atomics.notify(control, END);
    this.#takeShare();
    const end = control[END];
    for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(control, DONE) === end) return;
    for (let done = Atomics.load(control, DONE); done !== end; done = Atomics.load(control, DONE))
      Atomics.wait(control, DONE, done);
  }

  /** Takes a share of every batch from now on; does not return. */
  help(): never {
    const control = this.#control;
    Atomics.add(control, READY, 1);
    for (;;) {
      const end = Atomics.load(control, END);
      this.#takeShare();
      Atomics.wait(control, END, end);
    }
  }

  /** Threads that help. */
  get helpers(): number {
    return Atomics.load(this.#control, READY);
  }

  /** Claims and evaluates until nothing is left: large shares first, small ones at the end, so that all threads end together. */
  #takeShare(): void {
    const control = this.#control;
    for (;;) {
      const first = Atomics.load(control, CLAIMED);
      const left = (Atomics.load(control, END) - first) | 0;
      if (left <= 0) return;
      const count = Math.min(KERNEL_BATCH, Math.max(1, Math.floor(left / (2 * this.#threads))));
      if (Atomics.compareExchange(control, CLAIMED, first, first + count) !== first) continue;
      this.#kernel.evaluatePacked(this.genes, (first - control[START]) | 0, count, this.metrics);
      const done = Atomics.add(control, DONE, count) + count;
      if ((done | 0) === Atomics.load(control, END)) Atomics.notify(control, DONE);
    }
  }
}

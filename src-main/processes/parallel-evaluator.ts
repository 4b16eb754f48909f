/**
 * Evaluates the genomes of a search on several threads where that is faster, and on the search's own where it is not. Which thread
 * evaluates a genome changes no bit of its metrics.
 */
import type { Evaluator } from '#shared/scheduling/evaluate.ts';
import { HEADLINE_METRIC_COUNT } from '#shared/domain/metrics.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import type { Kernel } from '../engine/kernel/kernel.ts';
import { allocateSharedBatch, SharedBatch, type SharedBatchMemory } from './shared-batch.ts';

/** Batches that take one thread less than this are left to it: waking the others takes about 50 µs. */
const WORTH_SHARING_MS = 0.15;
/** Helpers are called once batches worth sharing have taken this long: starting one takes as much. */
const WORTH_HELPERS_MS = 30;
/** Genes shared at once, bytes, and genomes; larger batches are evaluated piece by piece. */
const SHARED_BYTES = 8e6;
const SHARED_GENOMES = 4096;
/** Genomes evaluated alone to see how long one takes. */
const SAMPLE = 8;
/** Weight of the latest measurement. */
const SMOOTHING = 0.2;

export interface ParallelEvaluatorOptions {
  readonly kernel: Kernel;
  /** How many threads may evaluate, this one included. */
  readonly threads: number;
  /** Starts `threads − 1` threads that help with the work in this memory, sooner or later; called at most once. */
  readonly callHelpers: (memory: SharedBatchMemory, threads: number) => void;
  /** Monotonic clock, ms. */
  readonly now: () => number;
  readonly worthSharingMs?: number;
  readonly worthHelpersMs?: number;
}

export class ParallelEvaluator implements Evaluator {
  readonly #loci: number;
  readonly #kernel: Kernel;
  readonly #threads: number;
  readonly #callHelpers: (memory: SharedBatchMemory, threads: number) => void;
  readonly #now: () => number;
  readonly #worthSharingMs: number;
  readonly #worthHelpersMs: number;
  readonly #capacity: number;
  #shared: SharedBatch | undefined;
  /** Of one genome on this thread, ms. */
  #costMs: number | undefined;
  /** Time spent on batches worth sharing before there were helpers, ms. */
  #aloneMs = 0;

  constructor({ layout }: Problem, options: ParallelEvaluatorOptions) {
    this.#loci = layout.length;
    this.#kernel = options.kernel;
    this.#threads = options.threads;
    this.#callHelpers = options.callHelpers;
    this.#now = options.now;
    this.#worthSharingMs = options.worthSharingMs ?? WORTH_SHARING_MS;
    this.#worthHelpersMs = options.worthHelpersMs ?? WORTH_HELPERS_MS;
    this.#capacity = Math.max(1, Math.min(SHARED_GENOMES, Math.floor(SHARED_BYTES / this.#loci)));
  }

  /** Threads that help at present. */
  get helpers(): number {
    return this.#shared?.helpers ?? 0;
  }

  evaluate(genes: Uint8Array): Float64Array {
    return this.#kernel.evaluate(genes);
  }

  evaluateBatch(genomes: readonly Uint8Array[], first: number, count: number, out: Float64Array): void {
    if (this.#costMs === undefined && count > SAMPLE) {
      this.#alone(genomes, first, SAMPLE, out);
      this.#evaluateRest(genomes, first + SAMPLE, count - SAMPLE, out.subarray(SAMPLE * HEADLINE_METRIC_COUNT));
    } else this.#evaluateRest(genomes, first, count, out);
  }

  #evaluateRest(genomes: readonly Uint8Array[], first: number, count: number, out: Float64Array): void {
    const isWorthSharing = count > 1 && (this.#costMs ?? 0) * count >= this.#worthSharingMs;
    if (isWorthSharing && this.helpers > 0) {
      this.#together(genomes, first, count, out);
      return;
    }
    const tookMs = this.#alone(genomes, first, count, out);
    if (!isWorthSharing || this.#shared !== undefined) return;
    this.#aloneMs += tookMs;
    if (this.#aloneMs < this.#worthHelpersMs) return;
    const threads = Math.min(this.#threads, 1 + Math.ceil(tookMs / this.#worthSharingMs)); // more would find nothing left to do
    const memory = allocateSharedBatch(this.#loci, this.#capacity);
    this.#shared = new SharedBatch(memory, this.#kernel, threads);
    this.#callHelpers(memory, threads);
  }

  /** @returns how long it took, ms */
  #alone(genomes: readonly Uint8Array[], first: number, count: number, out: Float64Array): number {
    const started = this.#now();
    this.#kernel.evaluateBatch(genomes, first, count, out);
    const tookMs = this.#now() - started;
    if (count > 0)
      this.#costMs =
        this.#costMs === undefined ? tookMs / count : this.#costMs + SMOOTHING * (tookMs / count - this.#costMs);
    return tookMs;
  }

  #together(genomes: readonly Uint8Array[], first: number, count: number, out: Float64Array): void {
    const shared = this.#shared;
    if (shared === undefined) return;
    for (let done = 0; done < count; done += this.#capacity) {
      const size = Math.min(this.#capacity, count - done);
      for (let i = 0; i < size; i++) shared.genes.set(genomes[first + done + i], i * this.#loci);
      shared.evaluate(size);
      out.set(shared.metrics.subarray(0, size * HEADLINE_METRIC_COUNT), done * HEADLINE_METRIC_COUNT);
    }
  }
}

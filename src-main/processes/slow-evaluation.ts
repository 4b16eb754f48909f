/**
 * Scores that take seconds, from a device, another machine or another program: asked for a few at once, written before they are used,
 * and never asked for again after a crash.
 */
import { createHash } from 'node:crypto';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { Evaluator } from '#shared/scheduling/evaluate.ts';
import type { KeptScore } from '../store/recorder.ts';

/** An evaluator that says of itself that it is slow. */
export interface SlowEvaluator {
  readonly isSlow: true;
  /** Where its scores come from, for people: kept with each of them. */
  readonly source: string;
  /** How many genomes it scores at a time, at least 1. */
  readonly parallel: number;
  /**
   * The scores [K] of a genome.
   * @param signal aborted when nobody wants them any more
   */
  evaluate(genes: Uint8Array, signal: AbortSignal): Promise<Float64Array>;
}

export function isSlow(evaluator: Evaluator | SlowEvaluator): evaluator is SlowEvaluator {
  return 'isSlow' in evaluator;
}

/** Scores that were kept, in columns. */
export interface KeptScores {
  /** [n × 32] `hashOfGenome` of each */
  readonly genomes: Uint8Array;
  /** [n × K] */
  readonly metrics: Float64Array;
}

/** Bytes of a genome's hash. */
const HASH_BYTES = 32;

/** SHA-256 of the genes, one byte each. */
export function hashOfGenome(genes: Uint8Array): Uint8Array {
  return createHash('sha256').update(genes).digest();
}

export interface SlowEvaluationOptions {
  readonly evaluator: SlowEvaluator;
  /** K, numbers per genome. */
  readonly metricCount: number;
  /** Scores from before a crash. */
  readonly kept?: KeptScores | undefined;
  /** Sends a score to where it is kept; `confirmKept` answers. */
  readonly keep: (score: KeptScore) => void;
  /** Called whenever something has changed: a score has arrived, or is kept. */
  readonly onChange: () => void;
}

/** The scores of one request after the other. */
export class SlowEvaluation {
  readonly #evaluator: SlowEvaluator;
  readonly #metricCount: number;
  readonly #keep: (score: KeptScore) => void;
  readonly #onChange: () => void;
  /** By hexadecimal hash. */
  readonly #kept = new Map<string, Float64Array>();
  #abort = new AbortController();
  /** Genomes of the request still to be scored, as indices of rows of the table. */
  #waiting: number[] = [];
  #genomes: readonly Uint8Array[] = [];
  #table = new Float64Array(0);
  #underWay = 0;
  #unkept = 0;
  #failure: WorkbenchError | undefined;

  constructor({ evaluator, metricCount, kept, keep, onChange }: SlowEvaluationOptions) {
    this.#evaluator = evaluator;
    this.#metricCount = metricCount;
    this.#keep = keep;
    this.#onChange = onChange;
    const count = (kept?.genomes.length ?? 0) / HASH_BYTES;
    for (let i = 0; i < count; i++)
      this.#kept.set(
        keyOf(kept?.genomes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES) ?? new Uint8Array()),
        kept?.metrics.slice(i * metricCount, (i + 1) * metricCount) ?? new Float64Array(),
      );
  }

  /** Begins with a request; those of its genomes that were kept have their scores at once. */
  begin(genomes: readonly Uint8Array[]): void {
    this.#genomes = genomes;
    this.#table = new Float64Array(genomes.length * this.#metricCount);
    this.#waiting = [];
    genomes.forEach((genes, row) => {
      const kept = this.#kept.get(keyOf(hashOfGenome(genes)));
      if (kept === undefined) this.#waiting.push(row);
      else this.#table.set(kept, row * this.#metricCount);
    });
  }

  /** Asks for as many scores as the evaluator can make at once. */
  askForMore(): void {
    while (this.#underWay < this.#evaluator.parallel && this.#waiting.length > 0) {
      const row = this.#waiting.shift();
      if (row !== undefined) void this.#score(row);
    }
  }

  /** Scores the evaluator is working on. */
  get underWay(): number {
    return this.#underWay;
  }

  /**
   * [genomes × K] once every score is there and kept, before that undefined.
   * @throws WorkbenchError `evaluation.failed`, `evaluation.invalid`
   */
  get scores(): Float64Array | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    return this.#waiting.length + this.#underWay + this.#unkept === 0 ? this.#table : undefined;
  }

  /** The oldest score that was sent is kept. */
  confirmKept(): void {
    this.#unkept--;
    this.#onChange();
  }

  /** Nobody wants the scores any more; what is kept stays so. */
  abort(): void {
    this.#abort.abort();
  }

  async #score(row: number): Promise<void> {
    const genes = this.#genomes[row];
    this.#underWay++;
    try {
      const metrics = this.#checked(await this.#evaluator.evaluate(genes, this.#abort.signal));
      this.#table.set(metrics, row * this.#metricCount);
      this.#unkept++;
      this.#keep({ genome: hashOfGenome(genes), metrics, source: this.#evaluator.source });
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#failure ??= failureOf(error, this.#evaluator.source);
      this.#abort.abort();
    }
    this.#underWay--;
    this.#onChange();
  }

  #checked(metrics: Float64Array): Float64Array {
    if (metrics.length === this.#metricCount && metrics.every((metric) => Number.isFinite(metric))) return metrics;
    throw new WorkbenchError(
      'evaluation.invalid',
      `${this.#evaluator.source} gives the scores ${metrics.join(', ')}; ${this.#metricCount} finite numbers are needed`,
      { hint: 'every score so far is kept: fix it, then resume the run' },
    );
  }
}

function keyOf(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('hex');
}

function failureOf(error: unknown, source: string): WorkbenchError {
  if (error instanceof WorkbenchError) return error;
  return new WorkbenchError(
    'evaluation.failed',
    `${source} could not score a genome: ${error instanceof Error ? error.message : String(error)}`,
    { hint: 'every score so far is kept: resume the run when it works again', cause: error },
  );
}

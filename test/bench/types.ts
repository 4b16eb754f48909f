/** What a benchmark section reports. */

/** A layer as the task-graph generator builds it. */
export interface LayerInput {
  readonly id: string;
  readonly op: string;
  readonly executionTimeMs: Record<string, number>;
  readonly dependencies: string[];
  readonly outputBytes: number;
}

/** A table of measurements: one row per case, the same columns in each. */
export interface BenchTable {
  readonly title: string;
  /** What was measured and how, in a sentence. */
  readonly note: string;
  readonly rows: readonly Readonly<Record<string, string | number>>[];
}

/** `tiny`: the same code on cases so small that the figures mean nothing, to see that it runs. */
export type BenchSize = 'full' | 'tiny';

/** One section of `npm run bench`, run when asked for by its name. */
export interface BenchSection {
  readonly name: string;
  run(size: BenchSize): Promise<readonly BenchTable[]>;
}

/**
 * The columns of a row of `generation`, and of a run's best metrics, with the fields they hold: what is written and
 * what is read goes by these lists.
 */
import type { GenerationRecord } from '#shared/domain/generation.ts';
import { headlineMetricNames, type HeadlineMetricName, type HeadlineMetrics } from '#shared/domain/metrics.ts';

/** A generation as it is stored; a BLOB's layout is in `columns.ts`. */
export interface GenerationRow extends Pick<
  GenerationRecord,
  | 'evaluations'
  | 'bestFitness'
  | 'meanFitness'
  | 'worstFitness'
  | 'stdFitness'
  | 'bestId'
  | 'distinctGenomes'
  | 'meanEntropy'
> {
  /** Time spent searching up to it, ms. */
  readonly elapsedMs: number;
  readonly bestMetrics: Uint8Array<ArrayBuffer>;
  readonly hypervolume: number | null;
  readonly mutationCounts: Uint8Array<ArrayBuffer>;
  readonly members: Uint8Array<ArrayBuffer>;
}

const generationColumns = {
  elapsedMs: 'elapsed_ms',
  evaluations: 'evaluations',
  bestFitness: 'best_fitness',
  meanFitness: 'mean_fitness',
  worstFitness: 'worst_fitness',
  stdFitness: 'std_fitness',
  bestId: 'best_id',
  bestMetrics: 'best_metrics',
  distinctGenomes: 'distinct_genomes',
  meanEntropy: 'mean_entropy',
  hypervolume: 'hypervolume',
  mutationCounts: 'mutation_counts',
  members: 'members',
} as const satisfies Readonly<Record<keyof GenerationRow, string>>;
const generationFields = Object.keys(generationColumns) as readonly (keyof GenerationRow)[]; // the keys above

/** To be selected from `generation`; `SELECT` gives the fields of `GenerationRow` among `fields`. */
export function generationSelection(fields: readonly (keyof GenerationRow)[] = generationFields): string {
  return fields.map((field) => `${generationColumns[field]} AS ${field}`).join(', ');
}

/** Takes a key, then `generationValues` of a row. */
export const INSERT_GENERATION = `INSERT INTO generation (key, ${Object.values(generationColumns).join(', ')})
  VALUES (?${', ?'.repeat(generationFields.length)})`;

export function generationValues(row: Readonly<Record<keyof GenerationRow, unknown>>): unknown[] {
  return generationFields.map((field) => row[field]);
}

/** The columns of `run` with the metrics of its best chromosome. */
export const bestMetricColumns = {
  makespanMs: 'best_makespan_ms',
  throughputPerS: 'best_throughput_per_s',
  energyMJ: 'best_energy_mj',
  latencyMs: 'best_latency_ms',
  constraintViolation: 'best_constraint_violation',
} as const satisfies Readonly<Record<HeadlineMetricName, string>>;
export type BestMetricColumn = (typeof bestMetricColumns)[HeadlineMetricName];

/** What these columns hold: all of them are written together, null before a best is found. */
export function bestMetricsOf(row: Readonly<Record<BestMetricColumn, number | null>>): HeadlineMetrics | undefined {
  const entries = headlineMetricNames.map((name) => [name, row[bestMetricColumns[name]]] as const);
  return entries.some(([, value]) => value === null) ? undefined : (Object.fromEntries(entries) as HeadlineMetrics);
}

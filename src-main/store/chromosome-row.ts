/** A chromosome as its row in the database has it: read by every repository that reads chromosomes. */
import { operatorNames, type Chromosome } from '#shared/domain/generation.ts';
import type { ChromosomeView } from '#shared/contract/shapes.ts';
import { headlineRecord } from '#shared/domain/metrics.ts';
import { indexOfKey, unpackGenes, unpackIds, unpackLoci, unpackMetrics, type RunLayout } from './columns.ts';

/** BLOBs are described in resources/docs/record.md. */
export interface ChromosomeRow {
  readonly key: number;
  /** Index of the generation it first appeared in. */
  readonly born: number;
  /** Index into `operatorNames`. */
  readonly operator: number;
  readonly fitness: number;
  readonly metrics: Uint8Array<ArrayBuffer>;
  readonly parents: Uint8Array<ArrayBuffer>;
  readonly mutatedLoci: Uint8Array<ArrayBuffer>;
  readonly genes: Uint8Array<ArrayBuffer>;
}

/** What to select for a `ChromosomeRow` in addition to its key. */
export const keylessRowColumns = 'born, operator, fitness, metrics, parents, mutated_loci AS mutatedLoci, genes';

/** What to select for a `ChromosomeRow`. */
export const chromosomeRowColumns = `key, ${keylessRowColumns}`;

/** The part of a row that a search wants back. */
export type ScoredRow = Pick<ChromosomeRow, 'key' | 'fitness' | 'metrics' | 'genes'>;

/** What to select for a `ScoredRow`. */
export const scoredRowColumns = 'key, fitness, metrics, genes';

/** As a search wants it back. */
export function scoredOf(row: ScoredRow, layout: RunLayout): Chromosome {
  return {
    id: indexOfKey(row.key),
    genes: unpackGenes(row.genes, layout),
    fitness: row.fitness,
    metrics: unpackMetrics(row.metrics, layout.instances),
  };
}

/** As a person is shown it. */
export function viewOf(row: ChromosomeRow, layout: RunLayout): ChromosomeView {
  const id = indexOfKey(row.key);
  return {
    id,
    genes: unpackGenes(row.genes, layout),
    fitness: row.fitness,
    metrics: headlineRecord(unpackMetrics(row.metrics, layout.instances)),
    bornInGeneration: row.born,
    parents: [...unpackIds(row.parents, id)],
    operator: operatorNames[row.operator],
    mutatedLoci: unpackLoci(row.mutatedLoci),
  };
}

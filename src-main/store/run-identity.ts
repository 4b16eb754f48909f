/** What a run is and what came out of it, each as one hash: the same on every machine. */
import { createHash, type Hash } from 'node:crypto';
import type { ArchivedChromosome, ArchiveRepository } from './archive-repository.ts';
import type { GenerationRow } from './row-columns.ts';

/** Everything that decides what a run finds. */
export interface RunRecipe {
  readonly engineVersion: string;
  /** A resolved scenario. */
  readonly scenario: unknown;
  /** With every default filled in, and with its seed. */
  readonly configuration: unknown;
}

/** Rows that are read and hashed at a time. */
const ROWS_AT_A_TIME = 1000;

/** JSON with the keys of all objects in the order of their code units, so that equal values give equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** SHA-256 of a scenario's canonical JSON, in hexadecimal digits. */
export function scenarioHash(scenario: unknown): string {
  return createHash('sha256').update(canonicalJson(scenario)).digest('hex');
}

/** SHA-256 of engine version, canonical scenario and completed configuration with its seed, in hexadecimal digits. */
export function runKey({ engineVersion, scenario, configuration }: RunRecipe): string {
  return createHash('sha256')
    .update(JSON.stringify([engineVersion, scenarioHash(scenario), canonicalJson(configuration)]))
    .digest('hex');
}

/** The rows of a run in their order, in stretches of any length. */
export interface RunRows {
  readonly generations: Iterable<readonly GenerationRow[]>;
  readonly chromosomes: Iterable<readonly ArchivedChromosome[]>;
}

/**
 * SHA-256 over all generations without the time they took, and all chromosomes, in hexadecimal digits: equal where two machines found
 * the same, however fast. How the rows are divided into stretches makes no difference.
 */
export function resultHash({ generations, chromosomes }: RunRows): string {
  const hash = createHash('sha256');
  for (const rows of generations)
    for (const row of rows) {
      addReals(hash, [
        row.evaluations,
        row.bestId,
        row.distinctGenomes,
        row.bestFitness,
        row.meanFitness,
        row.worstFitness,
        row.stdFitness,
        row.meanEntropy,
        row.hypervolume ?? Number.NaN,
      ]);
      for (const part of [row.bestMetrics, row.mutationCounts, row.members]) addBytes(hash, part);
    }
  hash.update('chromosomes');
  for (const rows of chromosomes)
    for (const row of rows) {
      addReals(hash, [row.born, row.operator, row.fitness]);
      for (const part of [row.metrics, row.parents, row.mutatedLoci, row.genes]) addBytes(hash, part);
    }
  return hash.digest('hex');
}

/** `resultHash` of a recorded run. */
export function resultHashOf(archives: ArchiveRepository, runId: number): string {
  return resultHash({
    generations: stretches((from) => archives.generations(runId, from, ROWS_AT_A_TIME)),
    chromosomes: stretches((from) => archives.chromosomes(runId, from, ROWS_AT_A_TIME)),
  });
}

function* stretches<Row>(read: (from: number) => Row[]): Generator<Row[]> {
  for (let from = 0; ;) {
    const rows = read(from);
    if (rows.length === 0) return;
    yield rows;
    from += rows.length;
  }
}

/** As little-endian doubles; all numbers that are not one are the same. */
function addReals(hash: Hash, values: readonly number[]): void {
  const bytes = Buffer.alloc(values.length * 8);
  values.forEach((value, at) => bytes.writeDoubleLE(Number.isNaN(value) ? Number.NaN : value, at * 8));
  hash.update(bytes);
}

/** With their number before them, so that no byte can move to the next field. */
function addBytes(hash: Hash, bytes: Uint8Array): void {
  addReals(hash, [bytes.byteLength]);
  hash.update(bytes);
}

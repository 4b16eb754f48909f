/**
 * Every distinct genome of a run with its id (0, 1, 2, … as first seen) and its scores, so that none is scored twice.
 *
 * Memory: genes, metrics and fitness stand in blocks of BLOCK chromosomes, allocated as needed and never copied; an open-addressing
 * table (linear probing, at most half full) holds ids, and a hash is kept per chromosome, so that growing the table reads no genes.
 * Per chromosome: L genes + 5·8 metrics + 8 fitness + 4 hash + 8…16 table bytes, e.g. 55 MB for 200,000 genomes of 200 loci, about
 * 700 MB for 2.5 million. Where that is too much, genes of chromosomes that have left the population could be dropped, keeping a
 * 128-bit hash instead, at the price of exactness.
 */
import { WorkbenchError } from '#shared/domain/errors.ts';
import { HEADLINE_METRIC_COUNT } from '#shared/scheduling/metrics.ts';
import type { Chromosome } from './search.ts';

const BLOCK = 1024;
const EMPTY = -1;

export class ChromosomeRegistry {
  private readonly loci: number;
  private readonly geneBlocks: Uint8Array[] = [];
  private readonly metricBlocks: Float64Array[] = [];
  private readonly fitnessBlocks: Float64Array[] = [];
  private readonly hashBlocks: Int32Array[] = [];
  private table = new Int32Array(4096).fill(EMPTY);
  private count = 0;

  /** @param loci genes per genome */
  constructor(loci: number) {
    this.loci = loci;
  }

  /** Number of distinct genomes so far, also the next id. */
  get size(): number {
    return this.count;
  }

  /** The id of this genome, or undefined when it is new. Compares gene by gene: equal hashes are not taken for equal genomes. */
  find(genes: Uint8Array): number | undefined {
    const id = this.table[this.slotOf(genes, hashOf(genes))];
    return id === EMPTY ? undefined : id;
  }

  /** Copies a genome that `find` did not know, and its scores; returns its id. */
  add(genes: Uint8Array, fitness: number, metrics: Float64Array): number {
    const hash = hashOf(genes);
    const id = this.count;
    const row = id % BLOCK;
    if (row === 0) {
      this.geneBlocks.push(new Uint8Array(BLOCK * this.loci));
      this.metricBlocks.push(new Float64Array(BLOCK * HEADLINE_METRIC_COUNT));
      this.fitnessBlocks.push(new Float64Array(BLOCK));
      this.hashBlocks.push(new Int32Array(BLOCK));
    }
    const block = this.geneBlocks.length - 1;
    this.geneBlocks[block].set(genes, row * this.loci);
    this.metricBlocks[block].set(metrics, row * HEADLINE_METRIC_COUNT);
    this.fitnessBlocks[block][row] = fitness;
    this.hashBlocks[block][row] = hash;
    this.table[this.slotOf(genes, hash)] = id;
    this.count++;
    if (this.count * 2 > this.table.length) this.growTable();
    return id;
  }

  /** Chromosome `id`; its arrays are views of this registry: copy them before they leave the engine. @throws WorkbenchError `run.unknownChromosome` */
  get(id: number): Chromosome {
    if (!Number.isInteger(id) || id < 0 || id >= this.count) {
      throw new WorkbenchError('run.unknownChromosome', `there is no chromosome ${id}; this run has ${this.count}`, { hint: 'the state belongs to another run, or its record is incomplete' });
    }
    const block = Math.floor(id / BLOCK);
    const row = id % BLOCK;
    return {
      id,
      genes: this.geneBlocks[block].subarray(row * this.loci, (row + 1) * this.loci),
      fitness: this.fitnessBlocks[block][row],
      metrics: this.metricBlocks[block].subarray(row * HEADLINE_METRIC_COUNT, (row + 1) * HEADLINE_METRIC_COUNT),
    };
  }

  /** The slot that holds this genome's id, or the empty one where it belongs. */
  private slotOf(genes: Uint8Array, hash: number): number {
    const mask = this.table.length - 1;
    let slot = hash & mask;
    for (;;) {
      const id = this.table[slot];
      if (id === EMPTY || this.holds(id, genes, hash)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private holds(id: number, genes: Uint8Array, hash: number): boolean {
    const block = Math.floor(id / BLOCK);
    const row = id % BLOCK;
    if (this.hashBlocks[block][row] !== hash) return false;
    const stored = this.geneBlocks[block];
    const first = row * this.loci;
    for (let locus = 0; locus < this.loci; locus++) if (stored[first + locus] !== genes[locus]) return false;
    return true;
  }

  private growTable(): void {
    const mask = this.table.length * 2 - 1;
    this.table = new Int32Array(mask + 1).fill(EMPTY);
    for (let id = 0; id < this.count; id++) {
      let slot = this.hashBlocks[Math.floor(id / BLOCK)][id % BLOCK] & mask;
      while (this.table[slot] !== EMPTY) slot = (slot + 1) & mask;
      this.table[slot] = id;
    }
  }
}

/** FNV-1a over the genes, then the finaliser of MurmurHash3, so that the low bits, which pick the slot, depend on every gene. */
function hashOf(genes: Uint8Array): number {
  let hash = 0x811c_9dc5;
  for (let locus = 0; locus < genes.length; locus++) hash = Math.imul(hash ^ genes[locus], 0x0100_0193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return hash ^ (hash >>> 16);
}

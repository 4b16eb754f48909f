/**
 * Every distinct genome of a run with its id (0, 1, 2, … as first seen) and its scores, so that none is scored twice.
 *
 * Memory: an open-addressing table (linear probing, at most half full) holds ids, and a hash of 32 bits is kept per chromosome, so that
 * growing the table reads no genes: 12…24 bytes per chromosome. Genes and scores are in blocks of BLOCK chromosomes.
 * Where a record keeps them as well (a `ChromosomeArchive`), only those of the latest chromosomes stay here, KEPT_BYTES
 * of them; an older one is read back when its hash is met again, so that genomes are still compared gene by gene: equal
 * hashes are never taken for equal genomes. 2.5 million genomes of 200 loci take 90 MB so, and about 700 MB without an
 * archive.
 */
import { WorkbenchError } from '#shared/domain/errors.ts';
import { HEADLINE_METRIC_COUNT } from '#shared/domain/metrics.ts';
import type { Chromosome } from './search.ts';

/** Reads a chromosome of this run that was confirmed to be in the record; its arrays are the reader's own. */
export type ChromosomeArchive = (id: number) => Chromosome;

const BLOCK = 256;
const EMPTY = -1;
const SMALLEST_TABLE = 4096;
/**
 * Genes and scores that stay in memory when there is an archive, bytes: a search mostly meets again what it saw lately.
 */
const KEPT_BYTES = 32e6;

interface Block {
  /** [BLOCK × L] */
  readonly genes: Uint8Array;
  /** [BLOCK × K] */
  readonly metrics: Float64Array;
  /** [BLOCK] */
  readonly fitness: Float64Array;
}

export class ChromosomeRegistry {
  private readonly loci: number;
  private readonly metricCount: number;
  private readonly archive: ChromosomeArchive | undefined;
  private readonly keptBlocks: number;
  /** Undefined where the block was given up. */
  private readonly blocks: (Block | undefined)[] = [];
  /** Blocks given up before this one. */
  private firstBlock = 0;
  private table = new Int32Array(SMALLEST_TABLE).fill(EMPTY);
  private hashes = new Int32Array(SMALLEST_TABLE / 2);
  private count = 0;
  private archived = 0;
  /** What was last read from the archive: a genome that is found needs its scores next. */
  private lastRead: Chromosome | undefined;

  /**
   * @param loci genes per genome
   * @param archive where chromosomes can be read once `confirm` has said so; without one all stay in memory
   * @param keptBytes genes and scores kept in memory in addition to the archive
   * @param metricCount numbers each is scored with, in addition to its fitness
   */
  constructor(
    loci: number,
    archive?: ChromosomeArchive,
    keptBytes = KEPT_BYTES,
    metricCount: number = HEADLINE_METRIC_COUNT,
  ) {
    this.loci = loci;
    this.metricCount = metricCount;
    this.archive = archive;
    this.keptBlocks = Math.max(1, Math.ceil(keptBytes / (BLOCK * (loci + 8 * metricCount + 8))));
  }

  /** Number of distinct genomes so far, also the next id. */
  get size(): number {
    return this.count;
  }

  /** The id of this genome; a new one (the former `size`), with a copy of the genes and scores to come, when it was not seen before. */
  register(genes: Uint8Array): number {
    const hash = hashOf(genes);
    const slot = this.slotOf(genes, hash);
    const known = this.table[slot];
    return known === EMPTY ? this.append(genes, hash, slot) : known;
  }

  /** Takes back a chromosome of the record, whose id is the next one and whose genome is a new one. */
  restore({ genes, fitness, metrics }: Chromosome): void {
    const hash = hashOf(genes);
    this.score(this.append(genes, hash, this.emptySlot(hash)), fitness, metrics);
  }

  /** Keeps the scores of a chromosome registered since the last confirmed one. */
  score(id: number, fitness: number, metrics: Float64Array): void {
    const block = this.blocks[Math.floor(id / BLOCK)];
    if (block === undefined) throw new Error(`chromosome ${id} is scored after it was given up`);
    block.fitness[id % BLOCK] = fitness;
    block.metrics.set(metrics, (id % BLOCK) * this.metricCount);
  }

  /** Chromosome `id`, with arrays of its own. @throws WorkbenchError `run.unknownChromosome`, and what the archive throws */
  get(id: number): Chromosome {
    if (!Number.isInteger(id) || id < 0 || id >= this.count) {
      throw new WorkbenchError('run.unknownChromosome', `there is no chromosome ${id}; this run has ${this.count}`, {
        hint: 'the state belongs to another run, or its record is incomplete',
      });
    }
    const block = this.blocks[Math.floor(id / BLOCK)];
    if (block === undefined) return this.readBack(id);
    const row = id % BLOCK;
    return {
      id,
      genes: block.genes.slice(row * this.loci, (row + 1) * this.loci),
      fitness: block.fitness[row],
      metrics: block.metrics.slice(row * this.metricCount, (row + 1) * this.metricCount),
    };
  }

  /** Chromosomes 0 … `count` − 1 can be read from the archive from now on. */
  confirm(count: number): void {
    this.archived = Math.max(this.archived, count);
  }

  private append(genes: Uint8Array, hash: number, slot: number): number {
    const id = this.count++;
    const row = id % BLOCK;
    if (row === 0) this.blocks.push(this.nextBlock());
    this.blocks[this.blocks.length - 1]?.genes.set(genes, row * this.loci);
    this.hashes[id] = hash;
    this.table[slot] = id;
    if (this.count === this.hashes.length) this.grow();
    return id;
  }

  /** The oldest block where there are enough and the archive has it, else a new one. */
  private nextBlock(): Block {
    let block: Block | undefined;
    while (
      this.archive !== undefined &&
      this.blocks.length - this.firstBlock >= this.keptBlocks &&
      (this.firstBlock + 1) * BLOCK <= this.archived
    ) {
      block = this.blocks[this.firstBlock];
      this.blocks[this.firstBlock++] = undefined;
    }
    return (
      block ?? {
        genes: new Uint8Array(BLOCK * this.loci),
        metrics: new Float64Array(BLOCK * this.metricCount),
        fitness: new Float64Array(BLOCK),
      }
    );
  }

  private readBack(id: number): Chromosome {
    if (this.archive === undefined) throw new Error(`chromosome ${id} was given up without an archive`);
    if (this.lastRead?.id !== id) this.lastRead = this.archive(id);
    return { ...this.lastRead };
  }

  /** The slot that holds this genome's id, or the empty one where it belongs. */
  private slotOf(genes: Uint8Array, hash: number): number {
    const mask = this.table.length - 1;
    let slot = hash & mask;
    for (;;) {
      const id = this.table[slot];
      if (id === EMPTY || (this.hashes[id] === hash && this.holds(id, genes))) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private emptySlot(hash: number): number {
    const mask = this.table.length - 1;
    let slot = hash & mask;
    while (this.table[slot] !== EMPTY) slot = (slot + 1) & mask;
    return slot;
  }

  private holds(id: number, genes: Uint8Array): boolean {
    const block = this.blocks[Math.floor(id / BLOCK)];
    const stored = block === undefined ? this.readBack(id).genes : block.genes;
    const first = block === undefined ? 0 : (id % BLOCK) * this.loci;
    for (let locus = 0; locus < this.loci; locus++) if (stored[first + locus] !== genes[locus]) return false;
    return true;
  }

  private grow(): void {
    const { hashes } = this;
    this.table = new Int32Array(this.table.length * 2).fill(EMPTY);
    this.hashes = new Int32Array(hashes.length * 2);
    this.hashes.set(hashes);
    for (let id = 0; id < this.count; id++) this.table[this.emptySlot(hashes[id])] = id;
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

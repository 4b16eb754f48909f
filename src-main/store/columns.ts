/** The binary columns of the record: how genes, metrics, memberships and mutated loci become bytes and back (resources/docs/record.md). */
import { HEADLINE_METRIC_COUNT, metricIndex } from '#shared/domain/metrics.ts';

const KEY_STRIDE = 2 ** 32;
const MAKESPAN = metricIndex.makespanMs;
const THROUGHPUT = metricIndex.throughputPerS;

/**
 * What a row takes in addition to its BLOBs: its numbers, and what SQLite adds to a row and a page. With the BLOBs it
 * is `run.recorded_bytes`.
 */
export const CHROMOSOME_ROW_BYTES = 28;
export const GENERATION_ROW_BYTES = 84;

/** What is needed to read the rows of a run: it is in the run's own row. */
export interface RunLayout {
  /** Number of loci. */
  readonly genomeLength: number;
  /** Bits per gene in `chromosome.genes`, 1…8. */
  readonly geneBits: number;
  /** Application instances per schedule, from which the throughput follows. */
  readonly instances: number;
}

/** The key of generation or chromosome `index` of a run; the keys of a run are consecutive. */
export function recordKey(runId: number, index: number): number {
  return runId * KEY_STRIDE + index;
}

/** The index within its run of a generation's or chromosome's key. */
export function indexOfKey(key: number): number {
  return key % KEY_STRIDE;
}

/** Bits that hold every gene below `cardinality`. */
export function bitsFor(cardinality: number): number {
  return Math.max(1, Math.ceil(Math.log2(cardinality)));
}

/**
 * Genes as consecutive fields of `bits` bits, most significant bit first, the last byte filled with zeros. 4 bits: one hexadecimal
 * digit per gene.
 * @param genes `from … to − 1` are those of the genome, as in the columns of many
 */
export function packGenes(genes: Uint8Array, bits: number, from = 0, to: number = genes.length): Uint8Array {
  if (bits === 8) return genes.subarray(from, to);
  const packed = new Uint8Array(Math.ceil(((to - from) * bits) / 8));
  let pending = 0;
  let pendingBits = 0;
  let at = 0;
  for (let index = from; index < to; index++) {
    if (genes[index] >> bits !== 0)
      throw new RangeError(`gene ${genes[index]} at locus ${index - from} does not fit into ${bits} bits`);
    pending = (pending << bits) | genes[index];
    pendingBits += bits;
    if (pendingBits >= 8) {
      pendingBits -= 8;
      packed[at++] = pending >> pendingBits;
      pending &= (1 << pendingBits) - 1;
    }
  }
  if (pendingBits > 0) packed[at] = pending << (8 - pendingBits);
  return packed;
}

/** The inverse of `packGenes`, a new array. */
export function unpackGenes(packed: Uint8Array, layout: RunLayout): Uint8Array<ArrayBuffer> {
  const { genomeLength, geneBits: bits } = layout;
  if (bits === 8) return Uint8Array.from(packed);
  const genes = new Uint8Array(genomeLength);
  const mask = (1 << bits) - 1;
  let pending = 0;
  let pendingBits = 0;
  let at = 0;
  for (let locus = 0; locus < genomeLength; locus++) {
    if (pendingBits < bits) {
      pending = ((pending << 8) | packed[at++]) & 0xffff;
      pendingBits += 8;
    }
    pendingBits -= bits;
    genes[locus] = (pending >> pendingBits) & mask;
  }
  return genes;
}

/** Where `packMetrics` puts them together: a view of its own each time took 0.5 µs per chromosome, ten times as long. */
const metricBytes = new Uint8Array(1 + 8 * HEADLINE_METRIC_COUNT);
const metricView = new DataView(metricBytes.buffer);

/**
 * Headline metrics: a byte with bit m set for each metric m that follows as a little-endian double. Left out: +0, and
 * the throughput where it is exactly instances / (makespan / 1000).
 * @param first index of the makespan, as in the columns of many
 */
export function packMetrics(metrics: Float64Array, instances: number, first = 0): Uint8Array {
  metricBytes[0] = 0;
  let at = 1;
  for (let metric = 0; metric < HEADLINE_METRIC_COUNT; metric++) {
    const omitted = metric === THROUGHPUT ? throughputOf(metrics[first + MAKESPAN], instances) : 0;
    if (Object.is(metrics[first + metric], omitted)) continue;
    metricBytes[0] |= 1 << metric;
    metricView.setFloat64(at, metrics[first + metric], true);
    at += 8;
  }
  return metricBytes.slice(0, at);
}

/** The inverse of `packMetrics`, to the last bit. */
export function unpackMetrics(packed: Uint8Array, instances: number): Float64Array<ArrayBuffer> {
  const metrics = new Float64Array(HEADLINE_METRIC_COUNT);
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  let at = 1;
  for (let metric = 0; metric < HEADLINE_METRIC_COUNT; metric++) {
    if ((packed[0] & (1 << metric)) !== 0) {
      metrics[metric] = view.getFloat64(at, true);
      at += 8;
    } else if (metric === THROUGHPUT) metrics[metric] = throughputOf(metrics[MAKESPAN], instances);
  }
  return metrics;
}

/** The simulator's own formula (`computeMetrics`), operation by operation, so that the bits agree. */
function throughputOf(makespanMs: number, instances: number): number {
  return makespanMs > 0 ? instances / (makespanMs / 1000) : 0;
}

/** Ids `from … to − 1` as zigzag variable-length differences, each to the one before it, the first to `base`. */
export function packIds(ids: ArrayLike<number>, base = 0, from = 0, to: number = ids.length): Uint8Array {
  const bytes = new Uint8Array((to - from) * 5);
  let at = 0;
  let previous = base;
  for (let i = from; i < to; i++) {
    const difference = ids[i] - previous;
    at = writeVarint(bytes, at, difference >= 0 ? difference * 2 : -difference * 2 - 1);
    previous = ids[i];
  }
  return bytes.slice(0, at);
}

/** The inverse of `packIds`. */
export function unpackIds(packed: Uint8Array, base = 0): Uint32Array<ArrayBuffer> {
  const ids = new Uint32Array(countVarints(packed));
  let previous = base;
  let count = 0;
  forEachVarint(packed, (zigzag) => {
    previous += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    ids[count++] = previous;
  });
  return ids;
}

/**
 * Ascending loci `from … to − 1`: nothing for none; else 0 and the variable-length differences (the first to −1, less
 * one), or 1 and a bitmap (locus 0 is bit 0 of the first byte), whichever is shorter.
 */
export function packLoci(
  loci: ArrayLike<number>,
  genomeLength: number,
  from = 0,
  to: number = loci.length,
): Uint8Array {
  if (from === to) return new Uint8Array(0);
  const list = new Uint8Array(1 + (to - from) * 5);
  let at = 1;
  let previous = -1;
  for (let i = from; i < to; i++) {
    at = writeVarint(list, at, loci[i] - previous - 1);
    previous = loci[i];
  }
  const bitmapBytes = 1 + Math.ceil(genomeLength / 8);
  if (at <= bitmapBytes) return list.slice(0, at);
  const bitmap = new Uint8Array(bitmapBytes);
  bitmap[0] = 1;
  for (let i = from; i < to; i++) bitmap[1 + (loci[i] >> 3)] |= 1 << (loci[i] & 7);
  return bitmap;
}

/** The inverse of `packLoci`. */
export function unpackLoci(packed: Uint8Array): number[] {
  const loci: number[] = [];
  if (packed.length === 0) return loci;
  if (packed[0] === 1) {
    for (let locus = 0; locus < (packed.length - 1) * 8; locus++)
      if ((packed[1 + (locus >> 3)] & (1 << (locus & 7))) !== 0) loci.push(locus);
    return loci;
  }
  let previous = -1;
  forEachVarint(packed.subarray(1), (gap) => {
    previous += gap + 1;
    loci.push(previous);
  });
  return loci;
}

/** One variable-length count per locus; nothing when all are zero. */
export function packCounts(counts: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(counts.length * 3);
  let at = 0;
  let total = 0;
  for (let locus = 0; locus < counts.length; locus++) {
    total += counts[locus];
    at = writeVarint(bytes, at, counts[locus]);
  }
  return total === 0 ? new Uint8Array(0) : bytes.slice(0, at);
}

/** The inverse of `packCounts`. */
export function unpackCounts(packed: Uint8Array, genomeLength: number): Uint16Array<ArrayBuffer> {
  const counts = new Uint16Array(genomeLength);
  let locus = 0;
  forEachVarint(packed, (count) => {
    counts[locus++] = count;
  });
  return counts;
}

/** LEB128: seven bits a byte, least significant first, the high bit set on all but the last. Returns the position after it. */
function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  while (rest > 127) {
    bytes[at++] = (rest % 128) + 128;
    rest = Math.floor(rest / 128);
  }
  bytes[at++] = rest;
  return at;
}

function countVarints(packed: Uint8Array): number {
  let count = 0;
  for (const byte of packed) if (byte < 128) count++;
  return count;
}

function forEachVarint(packed: Uint8Array, visit: (value: number) => void): void {
  let value = 0;
  let scale = 1;
  for (const byte of packed) {
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte < 128) {
      visit(value);
      value = 0;
      scale = 1;
    }
  }
}

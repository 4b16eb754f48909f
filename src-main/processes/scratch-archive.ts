/**
 * Where a run without a record puts the chromosomes it keeps no memory for: a nameless file in the system's folder for temporary
 * files, gone with its process. One row per chromosome: fitness, metrics, genes, padded to 8 bytes.
 */
import { randomUUID } from 'node:crypto';
import { openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { HEADLINE_METRIC_COUNT } from '#shared/domain/metrics.ts';
import type { NewChromosomes } from '#shared/domain/generation.ts';
import type { ChromosomeArchive } from '../engine/chromosome-registry.ts';

/** Fitness and metrics, as 64-bit numbers. */
const SCORES = 1 + HEADLINE_METRIC_COUNT;

export class ScratchArchive {
  readonly #folder: string;
  /** Opened with the first chromosomes. */
  #rows: { readonly file: number; readonly loci: number; readonly bytes: number } | undefined;

  constructor(folder = tmpdir()) {
    this.#folder = folder;
  }

  /** Puts these behind those before them. @throws WorkbenchError `host.scratchFile` */
  append({ loci, ids, genes, fitness, metrics }: NewChromosomes): void {
    if (ids.length === 0) return;
    try {
      const { file, bytes } = (this.#rows ??= {
        file: openNameless(this.#folder),
        loci,
        bytes: 8 * Math.ceil(SCORES + loci / 8),
      });
      const rows = new Uint8Array(ids.length * bytes);
      const scores = new Float64Array(rows.buffer);
      for (let c = 0; c < ids.length; c++) {
        scores[(c * bytes) / 8] = fitness[c];
        scores.set(metrics.subarray(c * HEADLINE_METRIC_COUNT, (c + 1) * HEADLINE_METRIC_COUNT), (c * bytes) / 8 + 1);
        rows.set(genes.subarray(c * loci, (c + 1) * loci), c * bytes + 8 * SCORES);
      }
      for (let written = 0; written < rows.length;)
        written += writeSync(file, rows, written, rows.length - written, ids[0] * bytes + written);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new WorkbenchError(
        'host.scratchFile',
        `what the search has found cannot be stored in ${this.#folder}: ${reason}`,
        { hint: 'make room there, set TMPDIR to a folder with room, or search with a record', cause },
      );
    }
  }

  /** Any chromosome that was appended. */
  readonly read: ChromosomeArchive = (id) => {
    if (this.#rows === undefined) throw new Error(`chromosome ${id} was not stored`);
    const { file, loci, bytes } = this.#rows;
    const row = new Uint8Array(bytes);
    if (readSync(file, row, 0, bytes, id * bytes) < bytes) throw new Error(`chromosome ${id} was not stored`);
    const scores = new Float64Array(row.buffer, 0, SCORES);
    return { id, fitness: scores[0], metrics: scores.slice(1), genes: row.slice(8 * SCORES, 8 * SCORES + loci) };
  };
}

/** A file that nobody else can open and that needs no clearing away. */
function openNameless(folder: string): number {
  const path = join(folder, `tessera-${randomUUID()}`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}

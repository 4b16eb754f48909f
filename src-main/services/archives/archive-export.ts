/** Writing whole runs as a `.tessera` file, a piece at a time: nothing is kept between two pieces but what the caller gives back. */
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseDocument } from '#shared/domain/parse.ts';
import { activeStatuses, LONGEST_RUN_NAME } from '#shared/domain/run.ts';
import { archiveStart, writeRecord } from '../../formats/archive/framing.ts';
import { ARCHIVE_VERSION, generationReals, packReals, type ArchiveRecord } from '../../formats/archive/records.ts';
import type { ArchiveRepository, RunRow } from '../../store/archive-repository.ts';
import type { RunRecord } from '../../store/record.ts';

/** Rows of one record: read and packed in a few milliseconds; fewer where genomes are long. */
const GENERATIONS = 200;
const CHROMOSOMES = 1000;
const RECORD_BYTES = 8_000_000;
/** Records are gathered until there is so much to send, bytes. */
const PIECE_BYTES = 256_000;

/** The state of an export: what has been written, and the seal it ends with. The caller hands it back as it is. */
const cursorSchema = z.strictObject({
  run: z.int().min(0),
  part: z.enum(['run', 'generations', 'chromosomes', 'checkpoint', 'end']),
  /** First row of `part` still to be written. */
  from: z.int().min(0),
  seal: z.base64(),
  /** Rows written, and rows in all. */
  done: z.int().min(0),
  total: z.int().min(0),
});
type Cursor = z.output<typeof cursorSchema>;

export interface ArchivePiece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** To be given back for the next piece; undefined: this was the last. */
  readonly next: string | undefined;
  /** Of the rows, 0…1. */
  readonly share: number;
}

export class ArchiveExport {
  readonly #archives: ArchiveRepository;
  readonly #product: string;
  readonly #now: () => number;

  constructor({
    record,
    product,
    now,
  }: {
    readonly record: RunRecord;
    readonly product: string;
    readonly now: () => number;
  }) {
    this.#archives = record.archives;
    this.#product = product;
    this.#now = now;
  }

  /**
   * The next piece of a file with `runIds` in their order.
   * @param given of the piece before; undefined: the first one
   * @throws WorkbenchError `run.unknown`, `run.active`, or `archive.changed` when a run changed meanwhile
   */
  async piece(runIds: readonly number[], given: string | undefined): Promise<ArchivePiece> {
    const parts: Uint8Array[] = [];
    let cursor: Cursor | undefined;
    if (given === undefined) {
      const runs = runIds.map((runId) => this.#run(runId));
      parts.push(archiveStart.bytes);
      const total = runs.reduce((sum, run) => sum + run.generations + run.chromosomes, 0);
      const manifest: ArchiveRecord = {
        kind: 'manifest',
        version: ARCHIVE_VERSION,
        product: this.#product,
        exportedAt: this.#now(),
        runs: runs.map(({ name, generations, chromosomes }) => ({ name: nameOf(name), generations, chromosomes })),
      };
      cursor = await this.#write(manifest, parts, archiveStart.seal, { run: 0, part: 'run', from: 0, done: 0, total });
    } else cursor = parseCursor(given);
    while (cursor !== undefined && parts.reduce((sum, part) => sum + part.byteLength, 0) < PIECE_BYTES)
      cursor = await this.#step(runIds, cursor, parts);
    return {
      bytes: new Uint8Array(Buffer.concat(parts)),
      next: cursor === undefined ? undefined : JSON.stringify(cursor),
      share: cursor === undefined ? 1 : cursor.total === 0 ? 0 : cursor.done / cursor.total,
    };
  }

  /** Writes the record at `cursor`; undefined after the last one. */
  async #step(runIds: readonly number[], cursor: Cursor, parts: Uint8Array[]): Promise<Cursor | undefined> {
    const { part, from, done } = cursor;
    const seal = Buffer.from(cursor.seal, 'base64');
    if (part === 'end') {
      await this.#write({ kind: 'end' }, parts, seal, cursor);
      return undefined;
    }
    const runId = runIds[cursor.run];
    const run = this.#run(runId);
    if (part === 'run')
      return this.#write(
        {
          kind: 'run',
          ...run,
          name: nameOf(run.name),
          tags: [...run.tags],
          bestMetrics: run.bestMetrics === null ? null : [...run.bestMetrics],
        },
        parts,
        seal,
        { ...cursor, part: 'generations' },
      );
    if (part === 'generations') {
      const rows = this.#archives.generations(runId, from, rowsOf(run, GENERATIONS));
      if (rows.length === 0)
        return from === run.generations ? { ...cursor, part: 'chromosomes', from: 0 } : changed(runId);
      const reals = packReals(rows.flatMap((row) => generationReals.map((name) => row[name] ?? Number.NaN)));
      const record: ArchiveRecord = {
        kind: 'generations',
        from,
        reals,
        rows: rows.map(({ evaluations, bestId, distinctGenomes, bestMetrics, mutationCounts, members }) => ({
          evaluations,
          bestId,
          distinctGenomes,
          bestMetrics,
          mutationCounts,
          members,
        })),
      };
      return this.#write(record, parts, seal, { ...cursor, from: from + rows.length, done: done + rows.length });
    }
    if (part === 'chromosomes') {
      const rows = this.#archives.chromosomes(runId, from, rowsOf(run, CHROMOSOMES));
      if (rows.length === 0)
        return from === run.chromosomes ? { ...cursor, part: 'checkpoint', from: 0 } : changed(runId);
      const record: ArchiveRecord = {
        kind: 'chromosomes',
        from,
        reals: packReals(rows.map(({ fitness }) => fitness)),
        rows: rows.map(({ born, operator, metrics, parents, mutatedLoci, genes }) => ({
          born,
          operator,
          metrics,
          parents,
          mutatedLoci,
          genes,
        })),
      };
      return this.#write(record, parts, seal, { ...cursor, from: from + rows.length, done: done + rows.length });
    }
    const next: Cursor = { ...cursor, run: cursor.run + 1, part: cursor.run + 1 < runIds.length ? 'run' : 'end' };
    const checkpoint = this.#archives.checkpoint(runId);
    return checkpoint === undefined ? next : this.#write({ kind: 'checkpoint', ...checkpoint }, parts, seal, next);
  }

  async #write(
    record: ArchiveRecord,
    parts: Uint8Array[],
    sealBefore: Uint8Array,
    next: Omit<Cursor, 'seal'>,
  ): Promise<Cursor> {
    const { bytes, seal } = await writeRecord(record, sealBefore);
    parts.push(bytes);
    return { ...next, seal: Buffer.from(seal).toString('base64') };
  }

  #run(runId: number): RunRow {
    const run = this.#archives.run(runId);
    if (run === undefined)
      throw new WorkbenchError('run.unknown', `there is no run ${runId}`, {
        hint: 'see the list of runs',
        path: ['runIds'],
      });
    if (activeStatuses.includes(run.status))
      throw new WorkbenchError('run.active', `run ${runId} is ${run.status} and cannot be exported whole`, {
        hint: 'wait until it has ended, or cancel it',
      });
    return run;
  }
}

/** Older versions named runs after scenarios whose names had no bound. */
function nameOf(name: string): string {
  return name.slice(0, LONGEST_RUN_NAME);
}

/** How many rows, at most `most`, make a record that is read without much memory: a row has up to four bytes for each locus. */
function rowsOf({ genomeLength }: RunRow, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(RECORD_BYTES / (4 * genomeLength))));
}

/** @throws WorkbenchError `input.invalid` for what is none */
function parseCursor(given: string): Cursor {
  let value: unknown;
  try {
    value = JSON.parse(given);
  } catch {
    value = given;
  }
  return parseDocument(cursorSchema, value, 'input');
}

function changed(runId: number): never {
  throw new WorkbenchError('archive.changed', `run ${runId} changed while it was exported`, {
    hint: 'export it again',
  });
}

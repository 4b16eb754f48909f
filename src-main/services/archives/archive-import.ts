/** Reading a `.tessera` file into the record, a piece at a time: its runs are staged out of sight and appear together, or not at all. */
import { parseDocument } from '#shared/domain/parse.ts';
import { schedulerConfigurationSchema } from '#shared/domain/scheduler.ts';
import { metricsSchema, solutionSchema } from '#shared/domain/run.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { operatorNames } from '#shared/domain/generation.ts';
import { ArchiveParser } from '../../formats/archive/framing.ts';
import { HEADLINE_METRIC_COUNT } from '#shared/domain/metrics.ts';
import {
  generationReals,
  unpackReals,
  type ArchivedChromosomes,
  type ArchivedGenerations,
  type ArchivedRun,
  type ArchiveRecord,
  type Manifest,
} from '../../formats/archive/records.ts';
import type { ArchiveRepository } from '../../store/archive-repository.ts';
import { resultHashOf, runKey } from '../../store/run-identity.ts';
import { type RunLayout, unpackIds, unpackLoci, unpackMetrics } from '../../store/columns.ts';
import type { Preparation } from '../runs/preparation.ts';

/** A run that is there already and waits for its record. */
export interface WaitingRun {
  readonly runId: number;
  readonly owner: string;
  readonly runKey: string;
  readonly layout: RunLayout;
  /** What its rows must come to. */
  readonly resultHash: string;
}

export interface ArchiveImportOptions {
  readonly archives: ArchiveRepository;
  readonly preparation: Pick<Preparation, 'prepare'>;
  /** Undefined: the runs of the file are new ones. */
  readonly into?: WaitingRun | undefined;
  /** The instance that imports. */
  readonly owner: string;
  /** Unix time, ms. */
  readonly now: () => number;
}

/** A run that is being read. */
interface Staged {
  readonly id: number;
  readonly run: ArchivedRun;
  /** Rows read so far. */
  generations: number;
  chromosomes: number;
  hasCheckpoint: boolean;
}

export class ArchiveImport {
  readonly #options: ArchiveImportOptions;
  readonly #parser = new ArchiveParser();
  #manifest: Manifest | undefined;
  readonly #staged: Staged[] = [];
  #hasEnded = false;

  constructor(options: ArchiveImportOptions) {
    this.#options = options;
  }

  /** Rows read and rows in all, 0…1. */
  get share(): number {
    const total = this.#manifest?.runs.reduce((sum, run) => sum + run.generations + run.chromosomes, 0) ?? 0;
    return total === 0 ? 0 : this.#staged.reduce((sum, run) => sum + run.generations + run.chromosomes, 0) / total;
  }

  /** @throws WorkbenchError `archive.…`; the import is over then, and `discard` must be called */
  async add(piece: Uint8Array): Promise<void> {
    for await (const record of this.#parser.read(piece)) await this.#take(record);
  }

  /** Makes the runs visible; returns their new ids. @throws WorkbenchError `archive.truncated` where the file has no end */
  finish(): number[] {
    this.#parser.close();
    if (!this.#hasEnded) throw inconsistent('it has no end');
    const ids = this.#staged.map(({ id }) => id);
    const { archives, into } = this.#options;
    if (into === undefined) archives.accept(ids);
    else this.#settle(into);
    return ids;
  }

  /** @throws WorkbenchError `archive.otherResult`, or `run.notWaiting` where the run was cancelled or deleted meanwhile */
  #settle({ runId, owner, resultHash }: WaitingRun): void {
    const { archives } = this.#options;
    if (resultHashOf(archives, runId) !== resultHash)
      throw new WorkbenchError('archive.otherResult', `what arrived of run ${runId} is not what its worker has sent`, {
        hint: 'it is fetched again',
      });
    const [{ run }] = this.#staged;
    if (!archives.settle(runId, owner, run))
      throw new WorkbenchError('run.notWaiting', `run ${runId} no longer waits for its record`, {
        hint: 'it was cancelled or deleted meanwhile',
      });
  }

  /** Gives up what was staged; `purgeDeleted` frees its rows. */
  discard(): void {
    const { archives, into } = this.#options;
    if (into === undefined) archives.discard(this.#staged.map(({ id }) => id));
    else archives.clear(into.runId);
  }

  async #take(record: ArchiveRecord): Promise<void> {
    if ((this.#manifest === undefined) !== (record.kind === 'manifest'))
      throw inconsistent(record.kind === 'manifest' ? 'it has a second manifest' : 'it has no manifest');
    const current = this.#staged[this.#staged.length - 1];
    switch (record.kind) {
      case 'manifest':
        this.#manifest = record;
        return;
      case 'run':
        if (current !== undefined) assertComplete(current);
        await this.#stage(record);
        return;
      case 'generations':
        this.#addGenerations(expectRun(current), record);
        return;
      case 'chromosomes':
        this.#addChromosomes(expectRun(current), record);
        return;
      case 'checkpoint': {
        const staged = expectRun(current);
        if (staged.hasCheckpoint || record.generation >= staged.run.generations)
          throw inconsistent('a checkpoint does not belong to its run');
        assertJson(record.stateJson, 'the state of the search');
        staged.hasCheckpoint = true;
        this.#options.archives.addCheckpoint(staged.id, record);
        return;
      }
      case 'end':
        if (current !== undefined) assertComplete(current);
        if (this.#staged.length !== this.#manifest?.runs.length)
          throw inconsistent(`it announces ${this.#manifest?.runs.length} runs and has ${this.#staged.length}`);
        this.#hasEnded = true;
    }
  }

  /** Checks that the run is one that this Tessera understands, and stages its row. */
  async #stage(run: ArchivedRun): Promise<void> {
    const manifest = this.#manifest;
    const announced = manifest?.runs[this.#staged.length];
    if (
      manifest === undefined ||
      announced === undefined ||
      announced.generations !== run.generations ||
      announced.chromosomes !== run.chromosomes
    )
      throw inconsistent(`run "${run.name}" is not the one it announces`);
    const scenario = assertJson(run.scenarioJson, 'a scenario');
    if (typeof scenario !== 'object' || scenario === null || Array.isArray(scenario))
      throw inconsistent(`the scenario of run "${run.name}" is not an object`);
    const configuration = parseDocument(
      schedulerConfigurationSchema,
      assertJson(run.configurationJson, 'a configuration'),
      'scheduler',
    );
    parseDocument(metricsSchema, assertJson(run.referenceJson, 'reference metrics'), 'document');
    if (run.bestJson !== null) parseDocument(solutionSchema, assertJson(run.bestJson, 'a solution'), 'document');
    if (run.front !== null && unpackIds(run.front).some((id) => id >= run.chromosomes))
      throw inconsistent('a front names a chromosome that is not there');
    if (run.bestChromosomeId !== null && run.bestChromosomeId >= run.chromosomes)
      throw inconsistent('the best is not among the chromosomes');
    const { into, archives } = this.#options;
    if (into !== undefined) {
      const key = runKey({ engineVersion: run.engineVersion, scenario, configuration });
      if (key !== into.runKey || this.#staged.length > 0) throw inconsistent('it is not the run that was submitted');
    }
    const layout = into?.layout ?? (await this.#options.preparation.prepare({ ...scenario }, configuration)).layout;
    if (
      layout.genomeLength !== run.genomeLength ||
      layout.geneBits !== run.geneBits ||
      layout.instances !== run.instances
    )
      throw inconsistent(`the genomes of run "${run.name}" are not those of its scenario`);
    if (into !== undefined) {
      archives.clear(into.runId);
      this.#staged.push({ id: into.runId, run, generations: 0, chromosomes: 0, hasCheckpoint: false });
      return;
    }
    const { kind: _, ...row } = run;
    const origin = run.origin ?? {
      originalId: run.originalId,
      product: manifest.product,
      exportedAt: manifest.exportedAt,
    };
    const id = this.#options.archives.stage(row, { ...origin, importedAt: this.#options.now() }, this.#options.owner);
    this.#staged.push({ id, run, generations: 0, chromosomes: 0, hasCheckpoint: false });
  }

  #addGenerations(staged: Staged, { from, reals, rows }: ArchivedGenerations): void {
    const { run } = staged;
    const values = unpackReals(reals, rows.length * generationReals.length);
    if (values === undefined || from !== staged.generations || from + rows.length > run.generations)
      throw inconsistent(`generations from ${from} on do not follow the ${staged.generations} before them`);
    this.#options.archives.addGenerations(
      staged.id,
      from,
      rows.map((row, i) => {
        const members = unpackIds(row.members);
        const isWhole =
          members.every((id) => id < run.chromosomes) &&
          row.bestId < run.chromosomes &&
          isCounts(row.mutationCounts, run.genomeLength) &&
          isMetrics(row.bestMetrics, run.instances);
        const { hypervolume, ...figures } = Object.fromEntries(
          generationReals.map((name, column) => [name, values[i * generationReals.length + column]]),
        ) as Record<(typeof generationReals)[number], number>;
        if (!isWhole || Object.values(figures).some(Number.isNaN))
          throw inconsistent(`generation ${from + i} of run "${run.name}" makes no sense`);
        return { ...row, ...figures, hypervolume: Number.isNaN(hypervolume) ? null : hypervolume };
      }),
    );
    staged.generations += rows.length;
  }

  #addChromosomes(staged: Staged, { from, reals, rows }: ArchivedChromosomes): void {
    const { run } = staged;
    const fitness = unpackReals(reals, rows.length);
    if (fitness === undefined || from !== staged.chromosomes || from + rows.length > run.chromosomes)
      throw inconsistent(`chromosomes from ${from} on do not follow the ${staged.chromosomes} before them`);
    const geneBytes = Math.ceil((run.genomeLength * run.geneBits) / 8);
    this.#options.archives.addChromosomes(
      staged.id,
      from,
      rows.map((row, i) => {
        const isWhole =
          row.genes.byteLength === geneBytes &&
          row.born < run.generations &&
          row.operator < operatorNames.length &&
          !Number.isNaN(fitness[i]) &&
          isMetrics(row.metrics, run.instances) &&
          unpackIds(row.parents, from + i).every((id) => id < run.chromosomes) &&
          unpackLoci(row.mutatedLoci).every((locus) => locus < run.genomeLength);
        if (!isWhole) throw inconsistent(`chromosome ${from + i} of run "${run.name}" makes no sense`);
        return { ...row, fitness: fitness[i] };
      }),
    );
    staged.chromosomes += rows.length;
  }
}

function isMetrics(packed: Uint8Array, instances: number): boolean {
  if (packed.byteLength === 0) return false;
  const present = packed[0].toString(2).replaceAll('0', '').length;
  return (
    packed[0] < 1 << HEADLINE_METRIC_COUNT &&
    packed.byteLength === 1 + 8 * present &&
    !unpackMetrics(packed, instances).some(Number.isNaN)
  );
}

/** One variable-length count per locus, or nothing for none. */
function isCounts(packed: Uint8Array, loci: number): boolean {
  return packed.byteLength === 0 || packed.reduce((count, byte) => count + (byte < 128 ? 1 : 0), 0) === loci;
}

function expectRun(staged: Staged | undefined): Staged {
  if (staged === undefined) throw inconsistent('it has rows of no run');
  return staged;
}

function assertComplete({ run, generations, chromosomes }: Staged): void {
  if (generations !== run.generations || chromosomes !== run.chromosomes)
    throw inconsistent(
      `run "${run.name}" has ${generations} of ${run.generations} generations and ${chromosomes} of ${run.chromosomes} chromosomes`,
    );
}

/** @throws WorkbenchError `archive.damaged` */
function assertJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw inconsistent(`${what} in it is not JSON`, cause);
  }
}

/** The file is as it was written, but no Tessera would write it so. */
function inconsistent(what: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError('archive.damaged', `the file contradicts itself: ${what}`, {
    hint: 'nothing was imported; export the runs again',
    cause,
  });
}

/** Use cases around runs: starting one, reading what was recorded, changing and deleting it. */
import { setImmediate } from 'node:timers/promises';
import type { Execution as DeviceExecution } from '#shared/domain/execution.ts';
import { bestKnownBound } from '#shared/analysis/makespan-bound.ts';
import type { RunFacets, RunListing, RunOverview } from '#shared/contract/run-list-shapes.ts';
import type { GenerationSeries, PopulationView, RunDetail, RunSummary } from '#shared/contract/shapes.ts';
import type { FrequencyBound } from '#shared/domain/frequency.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { LONGEST_RUN_NAME, type Baseline, type BaselineId } from '#shared/domain/run.ts';
import { genesOf, type SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import { BOUND_VERSION } from '../../engine/bounds/best-bound.ts';
import { findScheduler } from '../../engine/schedulers/index.ts';
import type { Execution } from '../../processes/protocol.ts';
import { boundKey } from '../../store/bound-repository.ts';
import type { RunLayout } from '../../store/columns.ts';
import type { RunRecord } from '../../store/record.ts';
import { markDeleted, purgeDeleted } from '../../store/run-deletion.ts';
import type { RunPage } from '../../store/run-listing.ts';
import type { RunPatch, RunPatchTogether, RunSnapshot } from '../../store/run-repository.ts';
import type { ScenarioReference } from '../documents/document-library.ts';
import { ENGINE_VERSION } from '#shared/domain/engine-version.ts';
import type { ConfirmedCommands } from '../confirmed-commands.ts';
import type { EventHub } from '../event-hub.ts';
import { readGenerations } from './generation-reader.ts';
import type { Preparation } from './preparation.ts';
import type { RunSupervisor } from './run-supervisor.ts';

export interface RunServiceOptions {
  readonly record: RunRecord;
  readonly preparation: Preparation;
  readonly supervisor: RunSupervisor;
  readonly commands: ConfirmedCommands;
  readonly events: EventHub;
  /** Unix time, ms. */
  readonly now: () => number;
}

export class RunService {
  readonly #record: RunRecord;
  readonly #preparation: Preparation;
  readonly #supervisor: RunSupervisor;
  readonly #commands: ConfirmedCommands;
  readonly #events: EventHub;
  readonly #now: () => number;

  constructor(options: RunServiceOptions) {
    this.#record = options.record;
    this.#preparation = options.preparation;
    this.#supervisor = options.supervisor;
    this.#commands = options.commands;
    this.#events = options.events;
    this.#now = options.now;
  }

  /**
   * Records a new run with its own copy of scenario and configuration (every default filled in) and queues it.
   * @throws WorkbenchError `scenario.…`, `scheduler.…`, `problem.tooLarge` or `command.unconfirmed`
   */
  async start(
    reference: ScenarioReference,
    configuration: SchedulerConfiguration,
    name: string | undefined,
    { tags, ...execution }: Execution & { readonly tags?: readonly string[] | undefined } = {},
  ): Promise<RunSummary> {
    const prepared = await this.#preparation.prepare(reference, configuration);
    this.#commands.assertConfirmed(prepared.configuration);
    const kept = this.#record.bounds.find(
      boundKey(prepared.scenario.json, genesOf(prepared.configuration), BOUND_VERSION),
    );
    const runId = this.#record.runs.create({
      ...prepared,
      bound: bestKnownBound(prepared.bound, kept?.bound),
      tags,
      name:
        name === undefined || name.trim() === ''
          ? usualName(
              prepared.scenario.name,
              `, ${findScheduler(configuration.scheduler).name}, seed ${configuration.seed}`,
            )
          : name.trim(),
      engineVersion: ENGINE_VERSION,
      createdAt: this.#now(),
      owner: this.#supervisor.claim(),
    });
    await setImmediate(); // recording a large scenario and starting a process each hold this thread up for a moment: not both at once
    this.#supervisor.enqueue(runId, false, execution);
    return this.summary(runId);
  }

  list(listing: RunListing & RunPage): { runs: RunSummary[]; total: number } {
    const { runs, total } = this.#record.runs.list(listing);
    return { runs: runs.map((run) => this.#supervisor.describe(run)), total };
  }

  /** Ids of a stretch of the list. */
  ids(listing: RunListing & RunPage): Uint32Array<ArrayBuffer> {
    return this.#record.runs.ids(listing);
  }

  overview(listing: Omit<RunListing, 'sort'>): RunOverview {
    return this.#record.runs.overview(listing);
  }

  facets(): RunFacets {
    return this.#record.runs.facets();
  }

  /** @throws WorkbenchError `run.unknown` */
  summary(runId: number): RunSummary {
    const summary = this.#record.runs.summary(runId);
    if (summary === undefined) throw unknownRun(runId);
    return this.#supervisor.describe(summary);
  }

  /** @throws WorkbenchError `run.unknown` */
  async detail(runId: number): Promise<RunDetail> {
    const run = this.summary(runId);
    const snapshot = this.#record.runs.snapshot(runId);
    if (snapshot === undefined) throw unknownRun(runId);
    const { engineVersion, scenario, configuration, reference, bestChromosomeId } = snapshot;
    const front =
      snapshot.front === undefined ? undefined : Array.from(snapshot.front, (id) => this.#frontMember(runId, id));
    const best = snapshot.best ?? (await this.#describeBest(runId, bestChromosomeId, snapshot));
    const bound = snapshot.bound ?? (await this.#findBound(runId, snapshot, best));
    const origin = this.#record.archives.origin(runId);
    const executions = this.#record.executions.ofRun(runId);
    return {
      run: bound === undefined ? run : { ...run, boundMs: bound.makespanMs },
      engineVersion,
      ...(origin === undefined ? {} : { origin }),
      scenario,
      configuration,
      reference,
      ...(bound === undefined ? {} : { bound }),
      ...(bestChromosomeId === undefined ? {} : { bestChromosomeId }),
      ...(best === undefined ? {} : { best }),
      ...(front === undefined ? {} : { front }),
      ...(executions.length === 0 ? {} : { executions }),
    };
  }

  /**
   * Keeps an execution of one of the run's schedules.
   * @returns its id
   * @throws WorkbenchError `run.unknown`, or as `chromosome`
   */
  recordExecution(runId: number, chromosomeId: number, execution: DeviceExecution): number {
    this.chromosome(runId, chromosomeId);
    return this.#record.executions.add(runId, chromosomeId, Date.now(), execution);
  }

  /** Of a run that was recorded without one, it is noted, so that lists know it, too. */
  async #findBound(
    runId: number,
    { scenarioText, configuration }: RunSnapshot,
    best: RunDetail['best'],
  ): Promise<RunDetail['bound']> {
    const bound = await this.#preparation.bound({ scenarioText, configuration, best });
    if (bound !== undefined && !this.#record.database.readonly) this.#record.runs.setBound(runId, bound);
    return bound;
  }

  /**
   * The schedule of its scenario that its best can be compared with.
   * @throws WorkbenchError `run.unknown`, `baseline.impossible`
   */
  async baseline(runId: number, baseline: BaselineId): Promise<Baseline> {
    const snapshot = this.#record.runs.snapshot(runId);
    if (snapshot === undefined) throw unknownRun(runId);
    return this.#preparation.baseline({ scenarioText: snapshot.scenarioText, baseline });
  }

  /** What no schedule of the run's scenario supports; null where nothing is proven. @throws WorkbenchError `run.unknown` */
  async frequencyBound(runId: number): Promise<FrequencyBound | null> {
    const snapshot = this.#record.runs.snapshot(runId);
    if (snapshot === undefined) throw unknownRun(runId);
    return (await this.#preparation.frequencyBound({ scenarioText: snapshot.scenarioText })) ?? null;
  }

  #frontMember(runId: number, chromosomeId: number): NonNullable<RunDetail['front']>[number] {
    const { genes, fitness, metrics } = this.chromosome(runId, chromosomeId);
    return { chromosomeId, genome: [...genes], fitness, metrics };
  }

  /** Generations from index `from` on. @throws WorkbenchError `run.unknown` */
  generations(runId: number, from: number, limit: number): Promise<GenerationSeries> {
    return readGenerations(this.#record.generations, runId, this.layout(runId), from, limit);
  }

  /** @throws WorkbenchError `run.unknown` or `run.unknownGeneration` */
  population(runId: number, generation: number): PopulationView {
    const population = this.#record.generations.population(runId, this.layout(runId), generation);
    if (population !== undefined) return population;
    const { generations } = this.summary(runId);
    throw new WorkbenchError('run.unknownGeneration', `run ${runId} has no generation ${generation}`, {
      hint: generations === 0 ? 'none is recorded yet' : `it has 0 … ${generations - 1}`,
      path: ['generation'],
    });
  }

  /** @throws WorkbenchError `run.unknown` or `run.unknownChromosome` */
  chromosome(runId: number, chromosomeId: number): PopulationView['chromosomes'][number] {
    const chromosome = this.#record.generations.chromosome(runId, this.layout(runId), chromosomeId);
    if (chromosome !== undefined) return chromosome;
    throw new WorkbenchError('run.unknownChromosome', `run ${runId} has no chromosome ${chromosomeId}`, {
      hint: 'its chromosomes are numbered from 0 in the order of their first appearance',
      path: ['chromosomeId'],
    });
  }

  /** @throws WorkbenchError `run.unknown` */
  update(runId: number, patch: RunPatch): RunSummary {
    if (!this.#record.runs.update(runId, patch)) throw unknownRun(runId);
    const run = this.summary(runId);
    this.#events.emit({ name: 'run.changed', payload: { run } });
    return run;
  }

  /** Returns how many runs there were to change. */
  updateTogether(runIds: readonly number[], patch: RunPatchTogether): number {
    const changed = this.#record.runs.updateTogether(runIds, patch);
    for (const runId of changed) this.#events.emit({ name: 'run.changed', payload: { run: this.summary(runId) } });
    return changed.length;
  }

  /** Removes a run and everything recorded of it; resolves when its space is free. @throws WorkbenchError `run.unknown` or `run.active` */
  async delete(runId: number, isClosing: () => boolean): Promise<void> {
    if (!markDeleted(this.#record.database, runId)) {
      const { status } = this.summary(runId);
      throw new WorkbenchError('run.active', `run ${runId} is ${status} and cannot be deleted`, {
        hint: 'cancel it first',
      });
    }
    this.#events.emit({ name: 'run.deleted', payload: { runId } });
    await purgeDeleted(this.#record.database, isClosing);
  }

  /** Removes those of the runs that are not active; resolves when their space is free. Runs that are gone are passed over. */
  async deleteTogether(
    runIds: readonly number[],
    isClosing: () => boolean,
  ): Promise<{ deleted: number; active: number[] }> {
    const deleted = this.#record.database
      .transaction(() => runIds.filter((runId) => markDeleted(this.#record.database, runId)))
      .immediate();
    const gone = new Set(deleted);
    for (const runId of deleted) this.#events.emit({ name: 'run.deleted', payload: { runId } });
    await purgeDeleted(this.#record.database, isClosing);
    return {
      deleted: deleted.length,
      active: runIds.filter((runId) => !gone.has(runId) && this.#record.runs.summary(runId) !== undefined),
    };
  }

  /** Until a run has ended, its best is described from the chromosome. */
  async #describeBest(
    runId: number,
    chromosomeId: number | undefined,
    { scenarioText, configuration }: Pick<RunSnapshot, 'scenarioText' | 'configuration'>,
  ): Promise<RunDetail['best']> {
    if (chromosomeId === undefined) return undefined;
    const { genes, fitness } = this.chromosome(runId, chromosomeId);
    return this.#preparation.describe({ scenarioText, configuration, genes, fitness });
  }

  /** How its genomes are recorded. @throws WorkbenchError `run.unknown` */
  layout(runId: number): RunLayout {
    const layout = this.#record.runs.layout(runId);
    if (layout === undefined) throw unknownRun(runId);
    return layout;
  }
}

/** The name of a run that nobody named; that of its scenario may be too long for it. */
function usualName(scenario: string, rest: string): string {
  const left = LONGEST_RUN_NAME - rest.length;
  return `${scenario.length > left ? `${scenario.slice(0, left - 1)}…` : scenario}${rest}`;
}

function unknownRun(runId: number): WorkbenchError {
  return new WorkbenchError('run.unknown', `there is no run ${runId}`, {
    hint: 'see the list of runs',
    path: ['runId'],
  });
}

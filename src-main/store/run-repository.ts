/** The `run` table: creating, listing and describing runs, and the changes of their status. */
import type { Database, Statement } from 'better-sqlite3';
import { WorkbenchError } from '#shared/domain/errors.ts';
import {
  activeStatuses,
  makespanBoundSchema,
  metricsSchema,
  MOST_RUN_TAGS,
  solutionSchema,
  type MakespanBound,
  type Metrics,
  type RunStatus,
  type Solution,
} from '#shared/domain/run.ts';
import type { RunFacets, RunListing, RunOverview } from '#shared/contract/run-list-shapes.ts';
import { schedulerConfigurationSchema, type SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import type { RunSummary } from '#shared/contract/shapes.ts';
import { unpackIds, type RunLayout } from './columns.ts';
import { RunListings, type RunPage } from './run-listing.ts';
import { summaryColumns, summaryOf, type SummaryRow } from './run-summary.ts';

/** A resolved scenario as JSON text, with the parts of it that have columns of their own. */
export interface ScenarioText {
  readonly id: string;
  readonly name: string;
  readonly platform: { readonly name: string };
  readonly json: string;
}

export interface NewRun {
  readonly name: string;
  readonly scenario: ResolvedScenario | ScenarioText;
  readonly configuration: SchedulerConfiguration;
  readonly engineVersion: string;
  readonly reference: Metrics;
  /** Undefined where no bound says anything. */
  readonly bound?: MakespanBound | undefined;
  /** Application instances that have a deadline. */
  readonly deadlineInstances?: number;
  readonly tags?: readonly string[] | undefined;
  readonly layout: RunLayout;
  /** Unix time, ms. */
  readonly createdAt: number;
  readonly owner: string;
}

export interface RunSnapshot {
  readonly engineVersion: string;
  /** A scenario document, still to be parsed. */
  readonly scenario: Record<string, unknown>;
  readonly scenarioText: string;
  readonly configuration: SchedulerConfiguration;
  readonly reference: Metrics;
  /** Undefined where it is not known (yet). */
  readonly bound: MakespanBound | undefined;
  readonly bestChromosomeId: number | undefined;
  readonly best: Solution | undefined;
  /** Ids of the best trade-offs, where the scheduler has several objectives. */
  readonly front: Uint32Array | undefined;
}

export interface RunPatch {
  readonly name?: string | undefined;
  readonly notes?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly starred?: boolean | undefined;
}

/** What several runs are given at once. */
export interface RunPatchTogether {
  readonly addTags: readonly string[];
  readonly removeTags: readonly string[];
  readonly starred?: boolean | undefined;
}

/** On whose behalf a status is written. */
export interface StatusWriter {
  /** The instance; the run must still be its own. */
  readonly owner: string;
  /** The start of the run's process that it is about, if it is about one: it must be the latest. */
  readonly attempt?: number | undefined;
}

interface SnapshotRow {
  engine_version: string;
  configuration_json: string;
  reference_json: string;
  bound_makespan_ms: number | null;
  bound_method: string | null;
  last_release_ms: number | null;
  best_chromosome_id: number | null;
  best_json: string | null;
  front: Uint8Array | null;
  scenario_json: string;
}

const active = activeStatuses.map((status) => `'${status}'`).join(', ');
export class RunRepository {
  readonly #listings: RunListings;
  readonly #create: (run: NewRun) => number;
  readonly #summary: Statement<[number], SummaryRow>;
  readonly #snapshot: Statement<[number], SnapshotRow>;
  readonly #layout: Statement<[number], { genome_length: number; gene_bits: number; instances: number }>;
  readonly #update: Statement;
  readonly #updateTogether: (runIds: readonly number[], patch: RunPatchTogether) => number[];
  readonly #setBound: Statement;
  readonly #setStatus: Statement;
  readonly #start: Statement<[{ id: number; at: number }], { attempt: number }>;
  readonly #enqueue: (runId: number, owner: string) => boolean;
  readonly #interrupt: Statement;
  readonly #activeOwners: Statement<[], { owner: string | null }>;
  readonly #activeOf: Statement<[string | null], { id: number }>;

  constructor(database: Database) {
    this.#listings = new RunListings(database);
    const insertRun =
      database.prepare(`INSERT INTO run (name, scenario_id, scenario_name, platform_name, scheduler, seed,
      status, owner, created_at, genome_length, gene_bits, instances, engine_version,
        bound_makespan_ms, bound_method, last_release_ms, deadline_instances, tags_json)
      VALUES (:name, :scenarioId, :scenarioName, :platformName, :scheduler, :seed,
      'queued', :owner, :createdAt, :genomeLength, :geneBits, :instances, :engineVersion,
        :boundMs, :boundMethod, :lastReleaseMs, :deadlineInstances, :tags)`);
    const insertSnapshot = database.prepare(
      'INSERT INTO run_snapshot (run_id, configuration_json, reference_json, scenario_json) VALUES (:runId, :configuration, :reference, :scenario)',
    );
    this.#create = database.transaction((run: NewRun) => {
      const runId = Number(insertRun.run(rowOf(run)).lastInsertRowid);
      insertSnapshot.run({
        runId,
        configuration: JSON.stringify(run.configuration),
        reference: JSON.stringify(run.reference),
        scenario: 'json' in run.scenario ? run.scenario.json : JSON.stringify(run.scenario),
      });
      return runId;
    });
    this.#summary = database.prepare(`SELECT ${summaryColumns} FROM run WHERE id = ? AND deleting = 0`);
    this.#snapshot = database.prepare(
      'SELECT engine_version, configuration_json, reference_json, bound_makespan_ms, bound_method, last_release_ms, ' +
        'best_chromosome_id, best_json, front, scenario_json FROM run JOIN run_snapshot ON run_id = id WHERE id = ? AND ' +
        'deleting = 0',
    );
    this.#layout = database.prepare(
      'SELECT genome_length, gene_bits, instances FROM run WHERE id = ? AND deleting = 0',
    );
    this.#update = database.prepare(
      'UPDATE run SET name = coalesce(:name, name), notes = coalesce(:notes, notes), tags_json = coalesce(:tags, ' +
        'tags_json), starred = coalesce(:starred, starred) WHERE id = :id AND deleting = 0',
    );
    this.#setBound = database.prepare(
      'UPDATE run SET bound_makespan_ms = :makespanMs, bound_method = :method, last_release_ms = :lastReleaseMs WHERE ' +
        'id = :id AND (bound_makespan_ms IS NULL OR bound_makespan_ms < :makespanMs)',
    );
    this.#setStatus =
      database.prepare(`UPDATE run SET status = :status, status_reason = :reason, ended_at = :endedAt, owner = CASE WHEN :status IN (${active}) THEN owner END
      WHERE id = :id AND status IN (${active}) AND owner IS :owner AND (:attempt IS NULL OR attempt = :attempt)`);
    this.#start = database.prepare(
      "UPDATE run SET status = 'running', status_reason = NULL, attempt = attempt + 1, started_at = " +
        'coalesce(started_at, :at), ended_at = NULL WHERE id = :id RETURNING attempt',
    );
    const enqueue = database.prepare(
      "UPDATE run SET status = 'queued', status_reason = NULL, owner = :owner, ended_at = NULL WHERE id = :id AND " +
        "deleting = 0 AND status IN ('interrupted', 'failed')",
    );
    const forgetBest = database.prepare('UPDATE run_snapshot SET best_json = NULL WHERE run_id = ?');
    this.#enqueue = database.transaction(
      (id: number, owner: string) => enqueue.run({ id, owner }).changes > 0 && forgetBest.run(id).changes > 0,
    ).immediate;
    const tagged = database.prepare<[number], { tags_json: string }>(
      'SELECT tags_json FROM run WHERE id = ? AND deleting = 0',
    );
    this.#updateTogether = database.transaction(
      (runIds: readonly number[], { addTags, removeTags, starred }: RunPatchTogether) =>
        runIds.filter((id) => {
          const row = tagged.get(id);
          if (row === undefined) return false;
          const tags = (JSON.parse(row.tags_json) as string[]).filter((tag) => !removeTags.includes(tag)); // written by `update`
          const all = [...new Set([...tags, ...addTags])];
          if (addTags.length > 0 && all.length > MOST_RUN_TAGS)
            throw new WorkbenchError(
              'run.tooManyTags',
              `run ${id} would have ${all.length} tags, more than ${MOST_RUN_TAGS}`,
              { hint: 'remove some of its tags first', path: ['addTags'] },
            );
          return this.update(id, { tags: all, starred });
        }),
    );
    this.#interrupt = database.prepare(
      `UPDATE run SET status = 'interrupted', status_reason = :reason, ended_at = :at, owner = NULL WHERE id = :id ` +
        `AND status IN (${active}) AND owner IS :owner`,
    );
    this.#activeOwners = database.prepare(
      `SELECT DISTINCT owner FROM run WHERE deleting = 0 AND status IN (${active})`,
    );
    this.#activeOf = database.prepare(`SELECT id FROM run WHERE deleting = 0 AND status IN (${active}) AND owner IS ?`);
  }

  /** Adds a queued run; returns its id. */
  create(run: NewRun): number {
    return this.#create(run);
  }

  summary(runId: number): RunSummary | undefined {
    const row = this.#summary.get(runId);
    return row === undefined ? undefined : summaryOf(row);
  }

  /** A stretch of the list, with how many runs there are in all. */
  list({ limit, offset, ...listing }: RunListing & RunPage): { runs: RunSummary[]; total: number } {
    return { runs: this.#listings.page(listing, { limit, offset }), total: this.#listings.count(listing) };
  }

  /** Ids of a stretch of the list. */
  ids({ limit, offset, ...listing }: RunListing & RunPage): Uint32Array<ArrayBuffer> {
    return this.#listings.ids(listing, { limit, offset });
  }

  overview(listing: Omit<RunListing, 'sort'>): RunOverview {
    return this.#listings.overview(listing);
  }

  facets(): RunFacets {
    return this.#listings.facets();
  }

  snapshot(runId: number): RunSnapshot | undefined {
    const row = this.#snapshot.get(runId);
    if (row === undefined) return undefined;
    return {
      engineVersion: row.engine_version,
      scenario: parseRecord(row.scenario_json),
      scenarioText: row.scenario_json,
      configuration: schedulerConfigurationSchema.parse(JSON.parse(row.configuration_json)),
      reference: metricsSchema.parse(JSON.parse(row.reference_json)),
      bound:
        row.bound_makespan_ms === null
          ? undefined
          : makespanBoundSchema.parse({
              makespanMs: row.bound_makespan_ms,
              method: row.bound_method,
              lastReleaseMs: row.last_release_ms,
            }),
      bestChromosomeId: row.best_chromosome_id ?? undefined,
      front: row.front === null ? undefined : unpackIds(row.front),
      best: row.best_json === null ? undefined : solutionSchema.parse(JSON.parse(row.best_json)),
    };
  }

  /** What a process needs to compute the run: the text of its scenario is handed on as it is. */
  task(runId: number): { readonly scenario: string; readonly configuration: SchedulerConfiguration } | undefined {
    const row = this.#snapshot.get(runId);
    return row === undefined
      ? undefined
      : {
          scenario: row.scenario_json,
          configuration: schedulerConfigurationSchema.parse(JSON.parse(row.configuration_json)),
        };
  }

  layout(runId: number): RunLayout | undefined {
    const row = this.#layout.get(runId);
    return row === undefined
      ? undefined
      : { genomeLength: row.genome_length, geneBits: row.gene_bits, instances: row.instances };
  }

  /** False when there is no such run. */
  update(runId: number, patch: RunPatch): boolean {
    const result = this.#update.run({
      id: runId,
      name: patch.name ?? null,
      notes: patch.notes ?? null,
      tags: patch.tags === undefined ? null : JSON.stringify([...new Set(patch.tags)]),
      starred: patch.starred === undefined ? null : Number(patch.starred),
    });
    return result.changes > 0;
  }

  /** Notes a bound of its makespan where none, or a lower one, was known. */
  setBound(runId: number, bound: MakespanBound): void {
    this.#setBound.run({ id: runId, ...bound });
  }

  /** Changes all of the runs or, where something goes wrong, none; returns the ids of those there are. */
  updateTogether(runIds: readonly number[], patch: RunPatchTogether): number[] {
    return this.#updateTogether(runIds, patch);
  }

  /** A process is about to work for it; returns the number of this attempt, by which its writers are told from earlier ones. */
  markStarted(runId: number, at: number): number {
    const row = this.#start.get({ id: runId, at });
    if (row === undefined) throw new WorkbenchError('run.unknown', `there is no run ${runId}`);
    return row.attempt;
  }

  /** Changes the status of an active run on behalf of `writer`; false when it was not active any more, or has been taken over since. */
  setStatus(
    runId: number,
    status: RunStatus,
    { owner, attempt }: StatusWriter,
    ending: { readonly reason?: string | undefined; readonly at?: number } = {},
  ): boolean {
    return (
      this.#setStatus.run({
        id: runId,
        status,
        owner,
        attempt: attempt ?? null,
        reason: ending.reason ?? null,
        endedAt: ending.at ?? null,
      }).changes > 0
    );
  }

  /** Puts an interrupted or failed run back into the queue of `owner`; false when it is neither (any more). */
  enqueueAgain(runId: number, owner: string): boolean {
    return this.#enqueue(runId, owner);
  }

  /** Whose runs are queued, running or paused. */
  activeOwners(): (string | undefined)[] {
    return this.#activeOwners.all().map((row) => row.owner ?? undefined);
  }

  /** Marks every active run of `owner` as interrupted; returns their ids. */
  interruptRunsOf(owner: string | undefined, reason: string, at: number): number[] {
    const ids = this.#activeOf.all(owner ?? null).map((row) => row.id);
    return ids.filter((id) => this.#interrupt.run({ id, owner: owner ?? null, reason, at }).changes > 0);
  }
}

function rowOf(run: NewRun): Record<string, string | number | null> {
  return {
    name: run.name,
    scenarioId: run.scenario.id,
    scenarioName: run.scenario.name,
    platformName: run.scenario.platform.name,
    scheduler: run.configuration.scheduler,
    seed: run.configuration.seed,
    owner: run.owner,
    createdAt: run.createdAt,
    genomeLength: run.layout.genomeLength,
    geneBits: run.layout.geneBits,
    instances: run.layout.instances,
    engineVersion: run.engineVersion,
    boundMs: run.bound?.makespanMs ?? null,
    boundMethod: run.bound?.method ?? null,
    lastReleaseMs: run.bound?.lastReleaseMs ?? null,
    deadlineInstances: run.deadlineInstances === 0 ? null : (run.deadlineInstances ?? null),
    tags: JSON.stringify([...new Set(run.tags)]),
  };
}

function parseRecord(json: string): Record<string, unknown> {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null) throw new TypeError('a recorded scenario is not an object');
  return { ...value };
}

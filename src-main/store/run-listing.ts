/** Lists of runs, filtered, sorted, grouped and paged in SQL: narrow rows are read, never a snapshot, a generation or a chromosome. */
import type { Database, Statement } from 'better-sqlite3';
import type { BoundableFigure, RunFacets, RunFilter, RunGroup, RunGrouping, RunListing, RunOrder, RunOverview, ScenarioBests } from '#shared/contract/run-list-shapes.ts';
import type { RunSummary } from '#shared/contract/shapes.ts';
import { summaryColumns, summaryOf, type SummaryRow } from './run-summary.ts';

export interface RunPage {
  readonly limit: number;
  readonly offset: number;
}

type Parameters = Record<string, string | number>;

interface Condition {
  readonly sql: string;
  readonly parameters: Parameters;
}

/** Energy is 0 only where the platform has no power figures. */
const figures: Readonly<Record<BoundableFigure, string>> = {
  fitness: 'run.best_fitness',
  makespanMs: 'run.best_makespan_ms',
  throughputPerS: 'run.best_throughput_per_s',
  energyMJ: 'nullif(run.best_energy_mj, 0)',
  latencyMs: 'run.best_latency_ms',
  constraintViolation: 'run.best_constraint_violation',
  generations: 'run.generations',
  evaluations: 'run.evaluations',
  elapsedMs: 'run.elapsed_ms',
  recordedBytes: 'run.recorded_bytes',
};

const orders: Readonly<Record<RunOrder, string>> = {
  ...figures,
  id: 'run.id',
  name: 'run.name COLLATE NOCASE',
  status: 'run.status',
  scenario: 'run.scenario_name COLLATE NOCASE',
  platform: 'run.platform_name COLLATE NOCASE',
  scheduler: 'run.scheduler',
  seed: 'run.seed',
  starred: 'run.starred',
  created: 'run.created_at',
  ended: 'run.ended_at',
};

interface Grouping {
  readonly join: string;
  readonly key: string;
  readonly title: string;
  /** Order of the groups, those without a key last. */
  readonly order: string;
}

const groupings: Readonly<Record<RunGrouping, Grouping>> = {
  scenario: { join: '', key: 'run.scenario_id', title: 'run.scenario_name', order: 'run.scenario_id COLLATE NOCASE' },
  scheduler: { join: '', key: 'run.scheduler', title: 'run.scheduler', order: 'run.scheduler' },
  sweep: {
    join: 'LEFT JOIN sweep_run ON sweep_run.run_id = run.id LEFT JOIN sweep ON sweep.id = sweep_run.sweep_id',
    key: 'sweep.id', title: 'sweep.name', order: 'sweep.id IS NULL, sweep.id DESC',
  },
  tag: { join: 'LEFT JOIN json_each(run.tags_json) AS tag', key: 'tag.value', title: 'tag.value', order: 'tag.value IS NULL, tag.value COLLATE NOCASE, tag.value' },
};

const searched = "fold(run.name || char(10) || run.scenario_id || char(10) || run.scenario_name || char(10) || run.platform_name || char(10) || run.scheduler || char(10) || run.tags_json || char(10) || run.notes)";
const anyOf = (column: string, parameter: string): string => `${column} IN (SELECT value FROM json_each(:${parameter}))`;

export class RunListings {
  readonly #database: Database;
  /** By their text: a list is asked for again and again with other values. */
  readonly #statements = new Map<string, Statement<[Parameters], unknown>>();

  constructor(database: Database) {
    this.#database = database;
    // SQLite's own lower() knows ASCII only.
    database.function('fold', { deterministic: true }, (text: unknown) => String(text).toLowerCase());
  }

  page(listing: RunListing, page: RunPage): RunSummary[] {
    return this.#ordered<SummaryRow>(summaryColumns, listing, page).map(summaryOf);
  }

  ids(listing: RunListing, page: RunPage): Uint32Array<ArrayBuffer> {
    return Uint32Array.from(this.#ordered<{ id: number }>('run.id', listing, page), ({ id }) => id);
  }

  count(filter: RunFilter): number {
    const { sql, parameters } = conditionOf(filter);
    return this.#all<{ total: number }>(`SELECT count(*) AS total FROM run WHERE ${sql}`, parameters)[0]?.total ?? 0;
  }

  overview(listing: Omit<RunListing, 'sort'>): RunOverview {
    const { sql, parameters } = conditionOf(listing);
    const [sums] = this.#all<{ total: number; bytes: number | null }>(`SELECT count(*) AS total, sum(run.recorded_bytes) AS bytes FROM run WHERE ${sql}`, parameters);
    return { total: sums?.total ?? 0, recordedBytes: sums?.bytes ?? 0, groups: this.#groups(listing, sql, parameters), bests: this.#bests(sql, parameters) };
  }

  facets(): RunFacets {
    const choices = (columns: string, from = '', order = 'count DESC, title'): RunFacets['tags'] =>
      this.#all<{ id: string; title: string; count: number }>(`SELECT ${columns}, count(*) AS count FROM run ${from} WHERE run.deleting = 0 GROUP BY 1 ORDER BY ${order}`, {});
    return {
      total: this.count({}),
      scenarios: choices('run.scenario_id AS id, run.scenario_name AS title'),
      schedulers: choices('run.scheduler AS id, run.scheduler AS title'),
      statuses: choices('run.status AS id, run.status AS title'),
      tags: choices('tag.value AS id, tag.value AS title', 'JOIN json_each(run.tags_json) AS tag'),
      sweeps: choices('CAST(sweep.id AS TEXT) AS id, sweep.name AS title', 'JOIN sweep_run ON sweep_run.run_id = run.id JOIN sweep ON sweep.id = sweep_run.sweep_id', 'sweep.id DESC'),
    };
  }

  #ordered<Row>(columns: string, listing: RunListing, { limit, offset }: RunPage): Row[] {
    const { sql, parameters } = conditionOf(listing);
    const { sort, groupBy } = listing;
    const by = sort === undefined ? undefined : orders[sort.by];
    const direction = sort?.direction === 'ascending' ? 'ASC' : 'DESC';
    const order = [
      ...(groupBy === undefined ? [] : [groupings[groupBy].order]),
      ...(by === undefined || sort?.by === 'id' ? [] : [`${by} IS NULL`, `${by} ${direction}`]),
      `run.id ${sort?.by === 'id' ? direction : 'DESC'}`,
    ];
    return this.#all<Row>(`SELECT ${columns} FROM run ${groupBy === undefined ? '' : groupings[groupBy].join} WHERE ${sql} ORDER BY ${order.join(', ')} LIMIT :limit OFFSET :offset`, { ...parameters, limit, offset });
  }

  #groups({ groupBy }: Pick<RunListing, 'groupBy'>, condition: string, parameters: Parameters): RunGroup[] {
    if (groupBy === undefined) return [];
    const { join, key, title, order } = groupings[groupBy];
    return this.#all<{ key: string | number | null; title: string | null; count: number }>(`SELECT ${key} AS key, ${title} AS title, count(*) AS count FROM run ${join} WHERE ${condition} GROUP BY ${key} ORDER BY ${order}`, parameters)
      .map((group) => ({ key: group.key === null ? null : String(group.key), title: group.title ?? '', count: group.count }));
  }

  #bests(condition: string, parameters: Parameters): ScenarioBests[] {
    const best = (figure: BoundableFigure, pick: 'min' | 'max'): string => `CASE WHEN min(${figures[figure]}) < max(${figures[figure]}) THEN ${pick}(${figures[figure]}) END AS ${figure}`;
    const rows = this.#all<{ scenarioId: string; makespanMs: number | null; throughputPerS: number | null; energyMJ: number | null; latencyMs: number | null }>(
      `SELECT run.scenario_id AS scenarioId, ${best('makespanMs', 'min')}, ${best('throughputPerS', 'max')}, ${best('energyMJ', 'min')}, ${best('latencyMs', 'min')}
        FROM run WHERE ${condition} AND run.best_constraint_violation = 0 GROUP BY run.scenario_id`, parameters);
    return rows.map(({ scenarioId, makespanMs, throughputPerS, energyMJ, latencyMs }) => ({
      scenarioId,
      ...(makespanMs === null ? {} : { makespanMs }),
      ...(throughputPerS === null ? {} : { throughputPerS }),
      ...(energyMJ === null ? {} : { energyMJ }),
      ...(latencyMs === null ? {} : { latencyMs }),
    }));
  }

  #all<Row>(sql: string, parameters: Parameters): Row[] {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.#database.prepare<[Parameters], unknown>(sql)));
    return statement.all(parameters) as Row[]; // the columns are those of `sql`, which stands where `Row` is named
  }
}

function conditionOf(filter: RunFilter): Condition {
  const parts = ['run.deleting = 0'];
  const parameters: Parameters = {};
  const anyGiven = (column: string, name: string, values: string | readonly string[] | undefined): void => {
    if (values === undefined) return;
    parts.push(anyOf(column, name));
    parameters[name] = JSON.stringify(typeof values === 'string' ? [values] : values);
  };
  (filter.text ?? '').toLowerCase().split(/\s+/).filter((word) => word !== '').forEach((word, index) => {
    parts.push(`(run.id || '' = :word${index} OR '#' || run.id = :word${index} OR instr(${searched}, :word${index}) > 0)`);
    parameters[`word${index}`] = word;
  });
  anyGiven('run.status', 'statuses', filter.status);
  anyGiven('run.scheduler', 'schedulers', filter.scheduler);
  anyGiven('run.scenario_id', 'scenarios', filter.scenario);
  if (filter.tags !== undefined && filter.tags.length > 0) {
    parts.push('NOT EXISTS (SELECT 1 FROM json_each(:tags) AS wanted WHERE wanted.value NOT IN (SELECT value FROM json_each(run.tags_json)))');
    parameters['tags'] = JSON.stringify(filter.tags);
  }
  if (filter.starred === true) parts.push('run.starred = 1');
  const compare = (sql: string, name: string, value: number | undefined): void => {
    if (value === undefined) return;
    parts.push(sql);
    parameters[name] = value;
  };
  compare('run.id IN (SELECT run_id FROM sweep_run WHERE sweep_run.sweep_id = :sweep)', 'sweep', filter.sweepId);
  compare('run.created_at >= :from', 'from', filter.createdFrom);
  compare('run.created_at < :before', 'before', filter.createdBefore);
  for (const [figure, bounds] of Object.entries(filter.bounds ?? {}) as [BoundableFigure, { min?: number; max?: number } | undefined][]) {
    compare(`${figures[figure]} >= :least_${figure}`, `least_${figure}`, bounds?.min);
    compare(`${figures[figure]} <= :most_${figure}`, `most_${figure}`, bounds?.max);
  }
  if (filter.ids !== undefined) {
    parts.push(anyOf('run.id', 'ids'));
    parameters['ids'] = JSON.stringify(filter.ids);
  }
  if (filter.except !== undefined && filter.except.length > 0) {
    parts.push(`NOT ${anyOf('run.id', 'except')}`);
    parameters['except'] = JSON.stringify(filter.except);
  }
  return { sql: parts.join(' AND '), parameters };
}

/** Lists of runs, filtered, sorted, grouped and paged in SQL: narrow rows are read, never a snapshot, a generation or a chromosome. */
import type { Database, Statement } from 'better-sqlite3';
import {
  groupFigures,
  type BoundableFigure,
  type GroupFigure,
  type OptionOrder,
  type RunFacets,
  type RunFilter,
  type RunGroup,
  type RunGrouping,
  type RunListing,
  type RunOrder,
  type RunOverview,
  type ScenarioBests,
} from '#shared/contract/run-list-shapes.ts';
import type { RunSummary } from '#shared/contract/shapes.ts';
import {
  bestOf,
  headlineMetricNames,
  needsPower,
  quantityOf,
  shownMetricNames,
  shownMetrics,
  type HeadlineMetricName,
  type ShownMetricName,
} from '#shared/domain/metrics.ts';
import { quantile } from '#shared/scheduling/metrics.ts';
import { bestMetricColumns } from './row-columns.ts';
import { listedColumns, summaryOf, type SummaryRow } from './run-summary.ts';

export interface RunPage {
  readonly limit: number;
  readonly offset: number;
}

type Parameters = Record<string, string | number | null>;

/** Groups of more runs are counted only. */
const MOST_SUMMARISED = 5000;

interface Condition {
  readonly sql: string;
  readonly parameters: Parameters;
}

/** Null where a metric's value says nothing. */
const metricFigures = Object.fromEntries(
  headlineMetricNames.map((name) => {
    const column = `run.${bestMetricColumns[name]}`;
    return [name, needsPower(name) ? `nullif(${column}, 0)` : column];
  }),
) as Readonly<Record<HeadlineMetricName, string>>;

const figures: Readonly<Record<BoundableFigure, string>> = {
  fitness: 'run.best_fitness',
  ...metricFigures,
  deadlineMisses:
    'CASE WHEN run.deadline_instances IS NOT NULL THEN coalesce(run.deadline_misses, CASE WHEN run.best_constraint_violation = 0 THEN 0 END) END',
  gap: 'CASE WHEN run.bound_makespan_ms > 0 THEN max(0, run.best_makespan_ms / run.bound_makespan_ms - 1) END',
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
    key: 'sweep.id',
    title: 'sweep.name',
    order: 'sweep.id IS NULL, sweep.id DESC',
  },
  fitness: { join: '', key: 'run.fitness_definition', title: 'run.scenario_name', order: 'run.fitness_definition' },
  tag: {
    join: 'LEFT JOIN json_each(run.tags_json) AS tag',
    key: 'tag.value',
    title: 'tag.value',
    order: 'tag.value IS NULL, tag.value COLLATE NOCASE, tag.value',
  },
};

const searched =
  'fold(run.name || char(10) || run.scenario_id || char(10) || run.scenario_name || char(10) || run.platform_name || ' +
  'char(10) || run.scheduler || char(10) || run.tags_json || char(10) || run.notes)';
const anyOf = (column: string, parameter: string): string =>
  `${column} IN (SELECT value FROM json_each(:${parameter}))`;

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
    return this.#ordered<SummaryRow>(listedColumns, listing, page).map(summaryOf);
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
    const [sums] = this.#all<{ total: number; bytes: number | null; timed: number }>(
      `SELECT count(*) AS total, sum(run.recorded_bytes) AS bytes, count(run.deadline_instances) AS timed FROM run WHERE ${sql}`,
      parameters,
    );
    return {
      total: sums?.total ?? 0,
      recordedBytes: sums?.bytes ?? 0,
      groups: this.#groups(listing, sql, parameters),
      bests: this.#bests(sql, parameters),
      hasDeadlines: (sums?.timed ?? 0) > 0,
    };
  }

  facets(): RunFacets {
    const choices = (columns: string, from = '', order = 'count DESC, title'): RunFacets['tags'] =>
      this.#all<{ id: string; title: string; count: number }>(
        `SELECT ${columns}, count(*) AS count FROM run ${from} WHERE run.deleting = 0 GROUP BY 1 ORDER BY ${order}`,
        {},
      );
    return {
      total: this.count({}),
      scenarios: choices('run.scenario_id AS id, run.scenario_name AS title'),
      schedulers: choices('run.scheduler AS id, run.scheduler AS title'),
      statuses: choices('run.status AS id, run.status AS title'),
      tags: choices('tag.value AS id, tag.value AS title', 'JOIN json_each(run.tags_json) AS tag'),
      sweeps: choices(
        'CAST(sweep.id AS TEXT) AS id, sweep.name AS title',
        'JOIN sweep_run ON sweep_run.run_id = run.id JOIN sweep ON sweep.id = sweep_run.sweep_id',
        'sweep.id DESC',
      ),
    };
  }

  #ordered<Row>(columns: string, listing: RunListing, { limit, offset }: RunPage): Row[] {
    const { sql, parameters } = conditionOf(listing);
    const { sort, groupBy } = listing;
    const by = sort === undefined ? undefined : orderOf(sort.by);
    const direction = sort?.direction === 'ascending' ? 'ASC' : 'DESC';
    const order = [
      ...(groupBy === undefined ? [] : [groupings[groupBy].order]),
      ...(sort?.by === 'fitness' ? [groupings.fitness.order] : []),
      ...(by === undefined || sort?.by === 'id' ? [] : [`${by} IS NULL`, `${by} ${direction}`]),
      `run.id ${sort?.by === 'id' ? direction : 'DESC'}`,
    ];
    return this.#all<Row>(
      `SELECT ${columns} FROM run ${groupBy === undefined ? '' : groupings[groupBy].join} WHERE ${sql} ORDER BY ` +
        `${order.join(', ')} LIMIT :limit OFFSET :offset`,
      {
        ...parameters,
        ...(sort !== undefined && isOptionOrder(sort.by) ? { option: `$.${sort.by.slice(OPTION.length)}` } : {}),
        limit,
        offset,
      },
    );
  }

  #groups({ groupBy }: Pick<RunListing, 'groupBy'>, condition: string, parameters: Parameters): RunGroup[] {
    if (groupBy === undefined) return [];
    const { join, key, title, order } = groupings[groupBy];
    return this.#all<{ key: string | number | null; title: string | null; count: number }>(
      `SELECT ${key} AS key, ${title} AS title, count(*) AS count FROM run ${join} WHERE ${condition} GROUP BY ${key} ORDER BY ${order}`,
      parameters,
    ).map((group) => {
      const figuresOfGroup = this.#groupFigures(groupBy, group, condition, parameters);
      return {
        key: group.key === null ? null : String(group.key),
        title: group.title ?? '',
        count: group.count,
        ...(figuresOfGroup === undefined ? {} : { figures: figuresOfGroup }),
      };
    });
  }

  /** Median and best of the runs of a group, as far as they are comparable; undefined for a large one, of which no list should wait. */
  #groupFigures(
    groupBy: RunGrouping,
    { key, count }: { readonly key: string | number | null; readonly count: number },
    condition: string,
    parameters: Parameters,
  ): RunGroup['figures'] {
    if (count > MOST_SUMMARISED) return undefined;
    const { join, key: column } = groupings[groupBy];
    const rows = this.#all<{ scenario: string; definition: string } & Record<GroupFigure, number | null>>(
      'SELECT run.scenario_id AS scenario, run.fitness_definition AS definition, ' +
        `${groupFigures.map((figure) => `${figures[figure]} AS ${figure}`).join(', ')} FROM run ${join} WHERE ` +
        `${condition} AND ${column} IS :group`,
      { ...parameters, group: key },
    );
    const isOne = (values: readonly string[]): boolean => new Set(values).size === 1;
    if (!isOne(rows.map(({ scenario }) => scenario))) return undefined;
    const comparable = groupFigures.filter(
      (figure) => figure !== 'fitness' || isOne(rows.map(({ definition }) => definition)),
    );
    const found = comparable.flatMap(
      (figure): [GroupFigure, NonNullable<NonNullable<RunGroup['figures']>[GroupFigure]>][] => {
        const sorted = rows
          .map((row) => row[figure])
          .filter((value) => value !== null)
          .sort((a, b) => a - b);
        if (sorted.length === 0) return [];
        return [
          [
            figure,
            {
              median: quantile(sorted, 0.5),
              best: bestOf(quantityOf(figure).goal, sorted),
              count: sorted.length,
            },
          ],
        ];
      },
    );
    return found.length === 0 ? undefined : Object.fromEntries(found);
  }

  #bests(condition: string, parameters: Parameters): ScenarioBests[] {
    const best = shownMetrics.map(({ name, goal }) => {
      const figure = figures[name];
      const pick = goal === 'higher' ? 'max' : 'min';
      return `CASE WHEN min(${figure}) < max(${figure}) THEN ${pick}(${figure}) END AS ${name}`;
    });
    const rows = this.#all<{ scenarioId: string } & Record<ShownMetricName, number | null>>(
      `SELECT run.scenario_id AS scenarioId, ${best.join(', ')}
        FROM run WHERE ${condition} AND run.best_constraint_violation = 0 GROUP BY run.scenario_id`,
      parameters,
    );
    return rows.map(({ scenarioId, ...row }) => ({
      scenarioId,
      ...Object.fromEntries(shownMetricNames.flatMap((name) => (row[name] === null ? [] : [[name, row[name]]]))),
    }));
  }

  #all<Row>(sql: string, parameters: Parameters): Row[] {
    let statement = this.#statements.get(sql);
    if (statement === undefined)
      this.#statements.set(sql, (statement = this.#database.prepare<[Parameters], unknown>(sql)));
    return statement.all(parameters) as Row[]; // the columns are those of `sql`, which is where `Row` is named
  }
}

const OPTION = 'options.';

function isOptionOrder(by: RunOrder | OptionOrder): by is OptionOrder {
  return by.startsWith(OPTION);
}

function orderOf(by: RunOrder | OptionOrder): string {
  return isOptionOrder(by) ? 'json_extract(run.options_json, :option)' : orders[by];
}

function conditionOf(filter: RunFilter): Condition {
  const parts = ['run.deleting = 0'];
  const parameters: Parameters = {};
  const anyGiven = (column: string, name: string, values: string | readonly string[] | undefined): void => {
    if (values === undefined) return;
    parts.push(anyOf(column, name));
    parameters[name] = JSON.stringify(typeof values === 'string' ? [values] : values);
  };
  (filter.text ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .forEach((word, index) => {
      parts.push(
        `(run.id || '' = :word${index} OR '#' || run.id = :word${index} OR instr(${searched}, :word${index}) > 0)`,
      );
      parameters[`word${index}`] = word;
    });
  anyGiven('run.status', 'statuses', filter.status);
  anyGiven('run.scheduler', 'schedulers', filter.scheduler);
  anyGiven('run.scenario_id', 'scenarios', filter.scenario);
  if (filter.tags !== undefined && filter.tags.length > 0) {
    parts.push(
      'NOT EXISTS (SELECT 1 FROM json_each(:tags) AS wanted WHERE wanted.value NOT IN (SELECT value FROM json_each(run.tags_json)))',
    );
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
  for (const [figure, bounds] of Object.entries(filter.bounds ?? {}) as [
    BoundableFigure,
    { min?: number; max?: number } | undefined,
  ][]) {
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

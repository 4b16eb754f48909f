/** The narrow rows of `run` that lists are made of, as summaries. */
import type { RunSummary } from '#shared/contract/shapes.ts';
import { bestMetricColumns, bestMetricsOf, type BestMetricColumn } from './row-columns.ts';
import type { RunStatus } from '#shared/domain/run.ts';

export interface SummaryRow extends Readonly<Record<BestMetricColumn, number | null>> {
  readonly id: number;
  readonly name: string;
  readonly scenario_id: string;
  readonly scenario_name: string;
  readonly platform_name: string;
  readonly scheduler: string;
  readonly seed: number;
  readonly status: RunStatus;
  readonly status_reason: string | null;
  readonly created_at: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly elapsed_ms: number;
  readonly generations: number;
  readonly planned_generations: number | null;
  readonly evaluations: number;
  readonly best_fitness: number | null;
  readonly deadline_misses: number | null;
  readonly deadline_instances: number | null;
  readonly bound_makespan_ms: number | null;
  readonly options_json: string;
  readonly fitness_definition: string;
  readonly recorded_bytes: number;
  readonly starred: number;
  readonly tags_json: string;
  readonly notes: string;
  /** Characters of the notes that follow; only of lists. */
  readonly notes_left?: number;
}

const columns: readonly Exclude<keyof SummaryRow, 'notes_left'>[] = [
  'id',
  'name',
  'scenario_id',
  'scenario_name',
  'platform_name',
  'scheduler',
  'seed',
  'status',
  'status_reason',
  'created_at',
  'started_at',
  'ended_at',
  'elapsed_ms',
  'generations',
  'planned_generations',
  'evaluations',
  'best_fitness',
  ...Object.values(bestMetricColumns),
  'deadline_misses',
  'deadline_instances',
  'bound_makespan_ms',
  'options_json',
  'fitness_definition',
  'recorded_bytes',
  'starred',
  'tags_json',
  'notes',
];

/** To be selected from `run`, also where it is joined with other tables. */
export const summaryColumns = columns.map((column) => `run.${column}`).join(', ');

/** Characters of the notes that a list has. */
const NOTES_IN_LISTS = 300;

/** The same for lists, which travel often: with the beginning of the notes, and how many more characters there are. */
export const listedColumns = columns
  .map((column) =>
    column === 'notes'
      ? `substr(run.notes, 1, ${NOTES_IN_LISTS}) AS notes, max(0, length(run.notes) - ${NOTES_IN_LISTS}) AS notes_left`
      : `run.${column}`,
  )
  .join(', ');

export function summaryOf(row: SummaryRow): RunSummary {
  const bestMetrics = bestMetricsOf(row);
  return {
    id: row.id,
    name: row.name,
    scenarioId: row.scenario_id,
    scenarioName: row.scenario_name,
    platformName: row.platform_name,
    scheduler: row.scheduler,
    seed: row.seed,
    status: row.status,
    ...(row.status_reason === null ? {} : { statusReason: row.status_reason }),
    createdAt: row.created_at,
    ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
    elapsedMs: row.elapsed_ms,
    generations: row.generations,
    ...(row.planned_generations === null ? {} : { plannedGenerations: row.planned_generations }),
    evaluations: row.evaluations,
    ...(row.best_fitness === null ? {} : { bestFitness: row.best_fitness }),
    ...(bestMetrics === undefined ? {} : { bestMetrics }),
    ...(row.deadline_instances === null ? {} : { deadlines: deadlinesOf(row, row.deadline_instances) }),
    ...(row.bound_makespan_ms === null ? {} : { boundMs: row.bound_makespan_ms }),
    options: parseObject(row.options_json),
    fitnessDefinition: row.fitness_definition,
    recordedBytes: row.recorded_bytes,
    tags: parseStrings(row.tags_json),
    notes: row.notes,
    ...((row.notes_left ?? 0) > 0 ? { areNotesCut: true } : {}),
    starred: row.starred === 1,
  };
}

/** While a run is active its misses are known only where nothing at all is violated. */
function deadlinesOf(
  { deadline_misses: missed, best_constraint_violation: violation }: SummaryRow,
  ofInstances: number,
): NonNullable<RunSummary['deadlines']> {
  if (missed !== null) return { missed, ofInstances };
  return violation === 0 ? { missed: 0, ofInstances } : { ofInstances };
}

function parseObject(json: string): Record<string, unknown> {
  const value: unknown = JSON.parse(json);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function parseStrings(json: string): string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

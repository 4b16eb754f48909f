/** The narrow rows of `run` that lists are made of, as summaries. */
import type { RunSummary } from '#shared/contract/shapes.ts';
import type { RunStatus } from '#shared/domain/run.ts';

export interface SummaryRow {
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
  readonly best_makespan_ms: number | null;
  readonly best_throughput_per_s: number | null;
  readonly best_energy_mj: number | null;
  readonly best_latency_ms: number | null;
  readonly best_constraint_violation: number | null;
  readonly recorded_bytes: number;
  readonly starred: number;
  readonly tags_json: string;
  readonly notes: string;
}

const columns: readonly (keyof SummaryRow)[] = [
  'id', 'name', 'scenario_id', 'scenario_name', 'platform_name', 'scheduler', 'seed', 'status', 'status_reason', 'created_at', 'started_at', 'ended_at',
  'elapsed_ms', 'generations', 'planned_generations', 'evaluations', 'best_fitness', 'best_makespan_ms', 'best_throughput_per_s', 'best_energy_mj',
  'best_latency_ms', 'best_constraint_violation', 'recorded_bytes', 'starred', 'tags_json', 'notes',
];

/** To be selected from `run`, also where it is joined with other tables. */
export const summaryColumns = columns.map((column) => `run.${column}`).join(', ');

export function summaryOf(row: SummaryRow): RunSummary {
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
    ...metricsOf(row),
    recordedBytes: row.recorded_bytes,
    tags: parseStrings(row.tags_json),
    notes: row.notes,
    starred: row.starred === 1,
  };
}

/** All five are written together. */
function metricsOf(row: SummaryRow): Pick<RunSummary, 'bestMetrics'> {
  const { best_makespan_ms: makespanMs, best_throughput_per_s: throughputPerS, best_energy_mj: energyMJ, best_latency_ms: latencyMs, best_constraint_violation: constraintViolation } = row;
  if (makespanMs === null || throughputPerS === null || energyMJ === null || latencyMs === null || constraintViolation === null) return {};
  return { bestMetrics: { makespanMs, throughputPerS, energyMJ, latencyMs, constraintViolation } };
}

function parseStrings(json: string): string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

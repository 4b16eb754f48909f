/** A run process's own connection to the record: its recorder, and where an interrupted search stood. */
import { HEADLINE_METRIC_COUNT } from '#shared/scheduling/metrics.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { incompleteCheckpoint, parseRunState } from '../engine/run-search.ts';
import { GenerationRepository } from '../store/generation-repository.ts';
import { closingOnError, connect } from '../store/open.ts';
import { RunRecorder } from '../store/recorder.ts';
import { RunRepository } from '../store/run-repository.ts';
import type { BestSoFar } from './progress-reporter.ts';
import type { SavedSearch } from './worker-protocol.ts';

export interface ResumePoint {
  /** Undefined when the run was interrupted before its first generation. */
  readonly saved: SavedSearch | undefined;
  readonly generations: number;
  readonly evaluations: number;
  readonly elapsedMs: number;
  readonly best: BestSoFar | undefined;
}

export interface RunStore {
  readonly recorder: RunRecorder;
  /** @throws WorkbenchError `checkpoint.invalid` */
  resumeFrom(): ResumePoint;
  close(): void;
}

/** @throws WorkbenchError `run.unknown` */
export function openRunStore(databasePath: string, runId: number): RunStore {
  const database = connect(databasePath);
  const recorder = closingOnError(database, databasePath, () => new RunRecorder(database, runId));
  return {
    recorder,
    resumeFrom() {
      const generations = new GenerationRepository(database);
      const runs = new RunRepository(database);
      const layout = runs.layout(runId);
      if (layout === undefined) throw new WorkbenchError('run.unknown', `there is no run ${runId}`);
      const checkpoint = generations.checkpoint(runId);
      const best = recorder.best === undefined ? undefined : generations.chromosome(runId, layout, recorder.best.id);
      return {
        saved: checkpoint === undefined ? undefined : savedSearch(checkpoint.state, layout.genomeLength, (count) => generations.scored(runId, layout, count)),
        generations: recorder.generations,
        evaluations: runs.summary(runId)?.evaluations ?? 0,
        elapsedMs: recorder.elapsedMs,
        best: best === undefined ? undefined : { chromosomeId: best.id, fitness: best.fitness, genes: best.genes, metrics: best.metrics },
      };
    },
    close: () => void database.close(),
  };
}

function savedSearch(state: unknown, loci: number, read: (count: number) => ReturnType<GenerationRepository['scored']>): SavedSearch {
  const chromosomeCount = parseRunState(state).chromosomes;
  const saved = {
    state,
    chromosomeCount,
    genes: new Uint8Array(chromosomeCount * loci),
    fitness: new Float64Array(chromosomeCount),
    metrics: new Float64Array(chromosomeCount * HEADLINE_METRIC_COUNT),
  };
  let expected = 0;
  for (const { id, genes, fitness, metrics } of read(chromosomeCount)) {
    if (id !== expected) break;
    saved.genes.set(genes, id * loci);
    saved.fitness[id] = fitness;
    saved.metrics.set(metrics, id * HEADLINE_METRIC_COUNT);
    expected++;
  }
  if (expected < chromosomeCount) throw incompleteCheckpoint(expected, chromosomeCount);
  return saved;
}

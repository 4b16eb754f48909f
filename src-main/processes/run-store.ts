/** A run process's own connection to the record: its recorder, and where an interrupted search stood. */
import { WorkbenchError } from '#shared/domain/errors.ts';
import { GenerationRepository } from '../store/generation-repository.ts';
import { closingOnError, connect } from '../store/open.ts';
import { RunRecorder } from '../store/recorder.ts';
import { RunRepository } from '../store/run-repository.ts';
import type { BestSoFar } from './progress-reporter.ts';

export interface ResumePoint {
  /** The engine's saved state, still to be parsed; undefined when the run was interrupted before its first generation. */
  readonly state: unknown;
  readonly generations: number;
  readonly evaluations: number;
  readonly elapsedMs: number;
  readonly best: BestSoFar | undefined;
}

export interface RunStore {
  readonly recorder: RunRecorder;
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
        state: checkpoint?.state,
        generations: recorder.generations,
        evaluations: runs.summary(runId)?.evaluations ?? 0,
        elapsedMs: recorder.elapsedMs,
        best: best === undefined ? undefined : { chromosomeId: best.id, fitness: best.fitness, genes: best.genes, metrics: best.metrics },
      };
    },
    close: () => void database.close(),
  };
}

/** The record on this machine as a run process's sink, over a connection of its own. */
import { WorkbenchError } from '#shared/domain/errors.ts';
import { BoundRepository } from '../store/bound-repository.ts';
import { EvaluationRepository } from '../store/evaluation-repository.ts';
import { GenerationRepository } from '../store/generation-repository.ts';
import { closingOnError, connect, translate } from '../store/open.ts';
import { RunRecorder } from '../store/recorder.ts';
import { RunRepository } from '../store/run-repository.ts';
import { errorPayloadOf } from './error-payload.ts';
import type { RecordPlace } from './run-archive.ts';
import type { ResumePoint, RunSink } from './run-sink.ts';

/**
 * @param now wall clock, Unix time in ms
 * @throws WorkbenchError `run.unknown`, `store.…`
 */
export function openRecordSink(place: RecordPlace, now: () => number = Date.now): RunSink {
  const { databasePath, runId } = place;
  const database = connect(databasePath);
  return closingOnError(database, databasePath, (): RunSink => {
    const recorder = new RunRecorder(database, runId);
    const bounds = new BoundRepository(database);
    return {
      place,
      get elapsedMs() {
        return recorder.elapsedMs;
      },
      resumeFrom: (): ResumePoint => {
        const generations = new GenerationRepository(database);
        const runs = new RunRepository(database);
        const layout = runs.layout(runId);
        if (layout === undefined) throw new WorkbenchError('run.unknown', `there is no run ${runId}`);
        const { bestId } = recorder;
        const best = bestId === undefined ? undefined : generations.chromosome(runId, layout, bestId);
        return {
          state: generations.checkpoint(runId)?.state,
          generations: recorder.generations,
          evaluations: runs.summary(runId)?.evaluations ?? 0,
          elapsedMs: recorder.elapsedMs,
          best:
            best === undefined
              ? undefined
              : { chromosomeId: best.id, fitness: best.fitness, genes: best.genes, metrics: best.metrics },
          scores: new EvaluationRepository(database).scores(runId, layout),
        };
      },
      plan: (plannedGenerations) => recorder.plan(plannedGenerations),
      record(batch, confirm) {
        recorder.record(batch, now());
        confirm();
      },
      keep(score, confirm) {
        recorder.keep(score, now());
        confirm();
      },
      findBound: (key) => bounds.find(key),
      keepBound: (key, kept) => bounds.keep(key, kept),
      end: (ending) => void recorder.end({ ...ending, at: now() }),
      close: () => void database.close(),
      explain: (error) => explainFailure(error, databasePath),
    };
  });
}

/** What made a run fail that records at `databasePath`: the database's own errors in words. */
export function explainFailure(error: unknown, databasePath: string): ReturnType<typeof errorPayloadOf> {
  return errorPayloadOf(translate(error, databasePath, 'free some space, then resume the run'));
}

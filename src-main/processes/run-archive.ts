/** The record of a run as its search reads it: the chromosomes found so far, over a connection of the search's own thread. */
import { incompleteRecord, type Chromosome } from '#shared/domain/generation.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { ChromosomeArchive } from '../engine/chromosome-registry.ts';
import { GenerationRepository } from '../store/generation-repository.ts';
import { closingOnError, connect, translate } from '../store/open.ts';
import { RunRepository } from '../store/run-repository.ts';

/** Where a run is recorded. */
export interface RecordPlace {
  readonly databasePath: string;
  readonly runId: number;
}

export interface RunArchive {
  /** @throws WorkbenchError `run.incompleteRecord`, `store.…` */
  readonly read: ChromosomeArchive;
  /** The first `count` chromosomes, one by one. */
  first(count: number): Iterable<Chromosome>;
}

/** @throws WorkbenchError `run.unknown`, `store.…` */
export function openRunArchive({ databasePath, runId }: RecordPlace): RunArchive {
  const database = connect(databasePath);
  return closingOnError(database, databasePath, () => {
    const layout = new RunRepository(database).layout(runId);
    if (layout === undefined) throw new WorkbenchError('run.unknown', `there is no run ${runId}`);
    const generations = new GenerationRepository(database);
    return {
      read(id) {
        const chromosome = translating(() => generations.scoredChromosome(runId, layout, id), databasePath);
        if (chromosome === undefined)
          throw incompleteRecord(
            id,
            `run ${runId}`,
            'the database was changed while the run was under way, or is damaged',
          );
        return chromosome;
      },
      first: (count) => generations.scored(runId, layout, count),
    };
  });
}

function translating<Result>(read: () => Result, databasePath: string): Result {
  try {
    return read();
  } catch (error) {
    throw translate(error, databasePath);
  }
}

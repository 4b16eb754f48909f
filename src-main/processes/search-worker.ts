/** Entry of the worker thread that searches, beside the main thread of a run process, which records. */
import { parentPort, workerData } from 'node:worker_threads';
import { createKernel } from '../engine/kernel/kernel.ts';
import { createRun, parseRunState, restoreRun, type SearchRun } from '../engine/run-search.ts';
import { prepareScheduler } from '../engine/schedulers/index.ts';
import type { Chromosome } from '../engine/search.ts';
import { transferListOf } from './batch.ts';
import { errorPayloadOf } from './error-payload.ts';
import { SearchLoop } from './search-loop.ts';
import type { SavedSearch, SearchCommand, SearchEvent, SearchTask } from './worker-protocol.ts';

const port = parentPort;
if (port === null) throw new Error('the search worker is started by a run process');

const send = (event: SearchEvent): void => port.postMessage(event, event.type === 'batch' ? transferListOf(event.batch) : []);

try {
  const task = workerData as SearchTask; // both ends are built together
  await prepareScheduler(task.configuration.scheduler);
  const loop = new SearchLoop(openRun(task), task.elapsedMs, send, () => performance.now(), task.paceGenerationsPerS);
  port.on('message', (command: SearchCommand) => loop.obey(command));
  await loop.run();
} catch (error) {
  send({ type: 'failed', error: errorPayloadOf(error) });
}
port.close();

function openRun({ scenario, configuration, saved }: SearchTask): SearchRun {
  const options = { createEvaluator: createKernel };
  if (saved === undefined) return createRun(scenario, configuration, options);
  return restoreRun(scenario, configuration, parseRunState(saved.state), chromosomesOf(saved), options);
}

function* chromosomesOf({ chromosomeCount, genes, fitness, metrics }: SavedSearch): Generator<Chromosome> {
  const loci = genes.length / chromosomeCount;
  const metricCount = metrics.length / chromosomeCount;
  for (let id = 0; id < chromosomeCount; id++) {
    yield { id, genes: genes.subarray(id * loci, (id + 1) * loci), fitness: fitness[id], metrics: metrics.subarray(id * metricCount, (id + 1) * metricCount) };
  }
}

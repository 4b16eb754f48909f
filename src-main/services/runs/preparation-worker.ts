/** Entry of the thread that prepares and exports runs alongside a host's own. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadPresets } from '../../formats/presets.ts';
import { errorPayloadOf } from '../../processes/error-payload.ts';
import { DocumentRepository } from '../../store/document-repository.ts';
import { GenerationRepository } from '../../store/generation-repository.ts';
import { connect } from '../../store/open.ts';
import { ReplayRepository } from '../../store/replay-repository.ts';
import { RunRepository } from '../../store/run-repository.ts';
import { Documents } from '../documents/document-library.ts';
import {
  carryOut,
  type PreparationAnswer,
  type PreparationMessage,
  type PreparationSources,
  type PreparationWorkerData,
} from './preparation.ts';

const port = parentPort;
if (port === null) throw new Error('the preparation worker is started by a workbench');
const { databasePath, resourcesDirectory } = workerData as PreparationWorkerData; // both ends are built together

const database = once(() => connect(databasePath));
const sources: PreparationSources = {
  documents: once(() => new Documents(loadPresets(resourcesDirectory), new DocumentRepository(database()), Date.now)),
  record: once(() => ({
    runs: new RunRepository(database()),
    generations: new GenerationRepository(database()),
    replay: new ReplayRepository(database()),
  })),
};

port.on('message', ({ id, ...request }: PreparationMessage) => {
  void answer(id, request as PreparationMessage).then((message) => port.postMessage(message));
});

async function answer(id: number, request: PreparationMessage): Promise<PreparationAnswer> {
  try {
    return { id, result: await carryOut(request, sources) };
  } catch (error) {
    return { id, error: errorPayloadOf(error, 'preparing this') };
  }
}

/** What `make` gives the first time. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

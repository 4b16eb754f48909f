/** Entry of the thread that prepares runs beside a host's own. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadPresets } from '../formats/presets.ts';
import { errorPayloadOf } from '../processes/error-payload.ts';
import { DocumentRepository } from '../store/document-repository.ts';
import { connect } from '../store/open.ts';
import { Documents } from './document-library.ts';
import { carryOut, type PreparationAnswer, type PreparationMessage, type PreparationWorkerData } from './preparation.ts';

const port = parentPort;
if (port === null) throw new Error('the preparation worker is started by a workbench');
const { databasePath, resourcesDirectory } = workerData as PreparationWorkerData; // both ends are built together

let documents: Documents | undefined;
const library = (): Documents => (documents ??= new Documents(loadPresets(resourcesDirectory), new DocumentRepository(connect(databasePath)), Date.now));

port.on('message', ({ id, ...request }: PreparationMessage) => {
  let answer: PreparationAnswer;
  try {
    answer = { id, result: carryOut(request as PreparationMessage, library) };
  } catch (error) {
    answer = { id, error: errorPayloadOf(error) };
  }
  port.postMessage(answer);
});

/** Entry of the thread that brings records here: it has connections of its own to the record and to the queues. */
import { parentPort, workerData } from 'node:worker_threads';
import { join } from 'node:path';
import { errorPayloadOf } from '../../processes/error-payload.ts';
import { QueueClient } from '../../queue/client.ts';
import { SavedQueues } from '../../queue/join-file.ts';
import { loadMigrations } from '../../store/migrations.ts';
import { openRecordRepositories } from '../../store/record.ts';
import { merge } from './merge.ts';
import type { MergeAnswer, MergeMessage, MergeWorkerData } from './remote-runs.ts';

const port = parentPort;
if (port === null) throw new Error('the merging thread is started by a workbench');
const { databasePath, resourcesDirectory, dataDirectory } = workerData as MergeWorkerData; // both ends are built together
const record = openRecordRepositories(databasePath, loadMigrations(join(resourcesDirectory, 'migrations')));
const queues = new SavedQueues(dataDirectory);
const clients = new Map<string, Promise<QueueClient>>();

/** One after the other: each writes as fast as the database takes it. */
let turn: Promise<void> = Promise.resolve();
port.on('message', (message: MergeMessage) => {
  if (message === 'close') {
    void turn.then(close);
    return;
  }
  const before = turn;
  turn = (async () => {
    await before;
    port.postMessage(await answerTo(message));
  })();
});

async function answerTo({ id, request }: Exclude<MergeMessage, 'close'>): Promise<MergeAnswer> {
  try {
    return { id, result: await merge(record, await clientOf(request.run.queue), request) };
  } catch (error) {
    return { id, error: errorPayloadOf(error, 'bringing a record here') };
  }
}

function clientOf(queue: string): Promise<QueueClient> {
  let client = clients.get(queue);
  if (client === undefined) {
    client = QueueClient.connect(queues.get(queue));
    clients.set(queue, client);
    client.catch(() => clients.delete(queue)); // the next one tries again
  }
  return client;
}

async function close(): Promise<void> {
  for (const client of clients.values()) await client.then((each) => each.close()).catch(() => {});
  record.close();
  port?.close();
}

/** Entry of the thread in which a whole database file is checked, copied or compacted. */
import { parentPort, workerData } from 'node:worker_threads';
import { errorPayloadOf } from '../../processes/error-payload.ts';
import { backUpDatabase, checkDatabase, compactDatabase, type Report } from '../../store/database-care.ts';
import type { DatabaseWork, DatabaseWorkerMessage } from './database-service.ts';

const port = parentPort;
if (port === null) throw new Error('the database worker is started by a workbench');
const work = workerData as DatabaseWork; // both ends are built together
const tell = (message: DatabaseWorkerMessage): void => port.postMessage(message);
const report: Report = (step, share) => tell({ type: 'progress', step, share });

try {
  const result =
    work.task === 'check'
      ? await checkDatabase(work.path, report)
      : work.task === 'backup'
        ? await backUpDatabase(work.path, work.target, work.unfinished, report)
        : await compactDatabase(work.path, report);
  tell({ type: 'done', result });
} catch (error) {
  tell({ type: 'failed', error: errorPayloadOf(error, 'the work on the database') });
}

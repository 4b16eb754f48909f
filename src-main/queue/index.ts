/** What hosts use of queues; loaded only where a queue is asked for. */
export { QueueClient, connectionError, poolFor, type WorkerState } from './client.ts';
export { startHead, type Head } from './head.ts';
export {
  queueAddressSchema,
  queueNameSchema,
  readJoinFile,
  SavedQueues,
  writeJoinFile,
  type QueueAddress,
} from './join-file.ts';
export { setUpQueue } from './schema.ts';
export { findServerPackages, installServerPackages } from './server-packages.ts';
export { Worker, type Spool, type WorkerReport } from './worker.ts';
export { openSpoolRecord } from './spool-record.ts';

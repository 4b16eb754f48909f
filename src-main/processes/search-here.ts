/** A search in the thread that also records: for one that is over before a thread of its own would have started. */
import { MessageChannel } from 'node:worker_threads';
import { createKernel } from '../engine/kernel/kernel.ts';
import type { SearchThread } from './run-session.ts';
import { search } from './search-thread.ts';
import type { SearchTask } from './worker-protocol.ts';

/** Searches between the other work of this thread, a generation at a time. */
export function searchHere(task: SearchTask): SearchThread {
  const { port1: port, port2: far } = new MessageChannel();
  void search(task, far, (problem) => createKernel(problem));
  return {
    postMessage: (command) => port.postMessage(command),
    on: (event: string, listener: (value: never) => void) =>
      port.on(event === 'exit' ? 'close' : event, listener as (value: unknown) => void),
    terminate() {
      port.postMessage({ type: 'stop' });
      port.close();
    },
  };
}

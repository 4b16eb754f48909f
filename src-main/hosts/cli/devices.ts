/** How commands reach a device: this machine by a process of its own, another by ssh or WebSocket. */
import { reachAgent, type AgentClient } from '../toolbox.ts';
import { agentCommand } from '../product.ts';
import { onInterrupt } from '../interrupt.ts';
import { showShare } from './progress.ts';

/** Does `work` with the agent of `host`, this machine's where it is undefined, and ends it, whatever happens. */
export async function withAgent<Result>(
  host: string | undefined,
  work: (client: AgentClient) => Promise<Result>,
): Promise<Result> {
  const client = await reachAgent(host, agentCommand());
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

/** As `withAgent`, with progress on standard error; Ctrl-C cancels the job. */
export function withJob<Result>(
  host: string | undefined,
  quiet: boolean,
  work: (client: AgentClient, onProgress: (text: string, done: number) => void, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  return withAgent(host, async (client) => {
    let what = 'device';
    let progress = showShare(what, quiet);
    const interruption = onInterrupt();
    try {
      return await work(
        client,
        (text, done) => {
          if (text !== what) {
            progress.end();
            progress = showShare(text, quiet);
            what = text;
          }
          progress.update(done);
        },
        interruption.signal,
      );
    } finally {
      progress.end();
      interruption.release();
    }
  });
}

/** How commands reach a device: this machine by a process of its own, another by ssh or WebSocket. */
import { WorkbenchError } from '#shared/domain/errors.ts';
import { AgentClient, connectTo, processStream, sshCommand } from '../toolbox.ts';
import { onInterrupt } from '../interrupt.ts';
import { showShare } from './progress.ts';

/** Named in the environment, so that it is in no list of processes. */
const TOKEN = 'TESSERA_AGENT_TOKEN';

/** Does `work` with the agent of `host`, this machine's where it is undefined, and ends it, whatever happens. */
export async function withAgent<Result>(
  host: string | undefined,
  work: (client: AgentClient) => Promise<Result>,
): Promise<Result> {
  const client = await reach(host);
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

async function reach(host: string | undefined): Promise<AgentClient> {
  if (host?.startsWith('ws://') === true) {
    const token = process.env[TOKEN];
    if (token === undefined)
      throw new WorkbenchError('cli.usage', `the agent at ${host} needs its token`, {
        hint: `put it into the environment as ${TOKEN}; the agent printed it when it started`,
      });
    return AgentClient.open(await connectTo(host, token));
  }
  const stream = processStream(
    host === undefined ? [process.execPath, process.argv[1], 'agent', '--stdio'] : sshCommand(host),
  );
  return AgentClient.open(stream, undefined, stream.said);
}

/** Reaching an agent: of this machine by a process of its own, of another by ssh or WebSocket. */
import { WorkbenchError } from '#shared/domain/errors.ts';
import { AgentClient } from './agent-client.ts';
import { connectTo, processStream, sshCommand } from './streams.ts';

/** Named in the environment, so that it is in no list of processes. */
const TOKEN = 'TESSERA_AGENT_TOKEN';

/**
 * @param host a host for ssh, or ws://…; undefined: this machine
 * @param ownCommand starts the agent of this machine; undefined: there is none
 * @throws WorkbenchError `device.…`, `cli.usage` where the token of an agent that listens is not in the environment
 */
export async function reachAgent(
  host: string | undefined,
  ownCommand: readonly string[] | undefined,
): Promise<AgentClient> {
  if (host?.startsWith('ws://') === true) {
    const token = process.env[TOKEN];
    if (token === undefined)
      throw new WorkbenchError('cli.usage', `the agent at ${host} needs its token`, {
        hint: `put it into the environment as ${TOKEN}; the agent printed it when it started`,
      });
    return AgentClient.open(await connectTo(host, token));
  }
  const command = host === undefined ? ownCommand : sshCommand(host);
  if (command === undefined)
    throw new WorkbenchError(
      'device.noAgent',
      'this window was started without a Node that could measure on this machine',
      {
        hint: 'start it with "tessera", or use "tessera device" on the command line',
      },
    );
  const stream = processStream(command);
  return AgentClient.open(stream, undefined, stream.said);
}

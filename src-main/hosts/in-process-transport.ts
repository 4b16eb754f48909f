/** The transport within one process: the command line's and the tests'. */
import type { Transport } from '#shared/contract/client.ts';
import type { Workbench } from '../services/workbench.ts';

export function inProcessTransport(workbench: Workbench): Transport {
  return {
    invoke: (route, input) => workbench.invoke(route, input),
    subscribe: (listener) => workbench.subscribe(({ name, payload }) => listener(name, payload)),
  };
}

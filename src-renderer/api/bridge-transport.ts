/** The transport of the desktop app: the two functions that Electron's preload exposes as `window.tessera`. */
import { z } from 'zod';
import type { Transport } from '#shared/contract/client.ts';
import { answerSchema } from '#shared/contract/messages.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseDocument } from '#shared/domain/parse.ts';

/** What the preload exposes. Errors come back as values, because a rejection would lose its fields on the way. */
export interface TesseraBridge {
  /** `{ output }` or `{ error }`. */
  invoke(route: string, input: unknown): Promise<unknown>;
  /** Calls `listener` with `{ name, payload }` for every event; returns the way to stop. */
  subscribe(listener: (event: unknown) => void): () => void;
}

const eventSchema = z.object({ name: z.string(), payload: z.unknown() });

export function createBridgeTransport(bridge: TesseraBridge): Transport {
  return {
    async invoke(route, input) {
      const answer = parseDocument(answerSchema, await bridge.invoke(route, input), 'answer');
      if ('error' in answer) throw WorkbenchError.fromPayload(answer.error);
      return answer.output;
    },
    subscribe: (listener) =>
      bridge.subscribe((event) => {
        const { name, payload } = parseDocument(eventSchema, event, 'event');
        listener(name, payload);
      }),
  };
}

/**
 * How the renderer talks to its host. Everything the rest of it needs:
 *
 *     import { client, connectionState } from '#renderer/api/index.ts';
 *     const { runs } = await client.invoke('runs.list', {});          // typed, validated; rejects with a WorkbenchError
 *     const stop = client.on('run.progress', (progress) => { … });    // call stop() when done
 *     watch(connectionState, (state) => { if (state.status === 'open') … }); // after a loss, ask anew: events were missed
 *
 * The transport is made on first use, so that importing this connects to nothing. A test replaces this module
 * (`vi.mock('#renderer/api/index.ts', …)`) or calls `useTransport` with a transport of its own.
 */
import { readonly, shallowRef, type DeepReadonly, type ShallowRef } from 'vue';
import { createClient, type Client, type Transport } from '#shared/contract/client.ts';
import type { ConnectionState } from './connection.ts';
import { chooseTransport } from './transport.ts';

export type { ConnectionState } from './connection.ts';

const state = shallowRef<ConnectionState>({ status: 'connecting' });
/** Reactive. Always open in the desktop app once something was asked. */
export const connectionState: DeepReadonly<ShallowRef<ConnectionState>> = readonly(state);

let transport: Transport | undefined;

/** Uses `own` instead of the host's transport, from now on. For tests. */
export function useTransport(own: Transport): void {
  transport = own;
  state.value = { status: 'open' };
}

function current(): Transport {
  transport ??= chooseTransport((next) => (state.value = next));
  return transport;
}

/** The typed client of the contract (src-shared/contract/routes.ts and events.ts). */
export const client: Client = createClient({
  invoke: (route, input) => current().invoke(route, input),
  subscribe: (listener) => current().subscribe(listener),
});

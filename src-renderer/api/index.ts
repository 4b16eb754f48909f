/**
 * How the renderer talks to its host. Everything the rest of it needs:
 *
 *     import { client, connectionState } from '#renderer/api/index.ts';
 *     const { runs } = await client.invoke('runs.list', {});          // typed, validated; rejects with a WorkbenchError
 *     const stop = client.on('run.progress', (progress) => { … });    // call stop() when done
 *     watch(connectionState, (state) => { if (state.status === 'open') … }); // after a loss, ask again: events were
 * missed
 *
 * The transport is made on first use, so that importing this connects to nothing. A test replaces this module
 * (`vi.mock('#renderer/api/index.ts', …)`) or calls `useTransport` with a transport of its own.
 */
import { readonly, shallowRef, type DeepReadonly, type Ref, type ShallowRef } from 'vue';
import { createClient, type Client, type Transport } from '#shared/contract/client.ts';
import type { ConnectionState } from './connection.ts';
import { chooseTransport } from './transport.ts';

export type { ConnectionState } from './connection.ts';

const state = shallowRef<ConnectionState>({ status: 'connecting' });
/** Reactive. Always open in the desktop app once something was asked. */
export const connectionState: DeepReadonly<ShallowRef<ConnectionState>> = readonly(state);

const isGone = shallowRef(false);
/**
 * Whether the host is out of reach: from the loss of the connection until there is one again, attempts in between included. Nothing
 * can be done then, and what is shown is what was known last.
 */
export const isHostGone: Readonly<Ref<boolean>> = readonly(isGone);

let transport: Transport | undefined;

/**
 * Uses `own` instead of the host's transport, from now on. For tests.
 * @returns a function that sets the state of its connection
 */
export function useTransport(own: Transport): (next: ConnectionState) => void {
  transport = own;
  connectionChanged({ status: 'open' });
  return connectionChanged;
}

function connectionChanged(next: ConnectionState): void {
  state.value = next;
  if (next.status !== 'connecting') isGone.value = next.status !== 'open';
}

function current(): Transport {
  transport ??= chooseTransport(connectionChanged);
  return transport;
}

/** The typed client of the contract (src-shared/contract/routes.ts and events.ts). */
export const client: Client = createClient({
  invoke: (route, input) => current().invoke(route, input),
  subscribe: (listener) => current().subscribe(listener),
});

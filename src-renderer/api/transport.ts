/** Chooses the transport: the desktop app's bridge where the preload gave one, else a WebSocket to the host the page came from. */
import type { Transport } from '#shared/contract/client.ts';
import { createBridgeTransport, type TesseraBridge } from './bridge-transport.ts';
import type { ConnectionState } from './connection.ts';
import { createWebSocketTransport } from './websocket-transport.ts';

declare global {
  interface Window {
    readonly tessera?: TesseraBridge;
  }
}

export function chooseTransport(onState: (state: ConnectionState) => void): Transport {
  if (window.tessera !== undefined) {
    onState({ status: 'open' });
    return createBridgeTransport(window.tessera);
  }
  const { protocol, host } = window.location;
  return createWebSocketTransport({
    open: () => new WebSocket(`${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/ws`),
    isAuthorized: async () => (await fetch('/session', { cache: 'no-store' })).status !== 401,
    onState,
  });
}

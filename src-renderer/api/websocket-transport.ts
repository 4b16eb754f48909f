/**
 * The transport of the served host: requests and events as binary frames over one WebSocket, made again with growing waits when
 * it is lost. Requests under way when it is lost fail: whether the host carried them out is not known, so they are not repeated.
 */
import type { Transport } from '#shared/contract/client.ts';
import { encodeRequest, parseHostMessage } from '#shared/contract/messages.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { ConnectionState } from './connection.ts';

/** The part of a browser's WebSocket that is used. */
export type Socket = Pick<WebSocket, 'binaryType' | 'readyState' | 'send' | 'close' | 'addEventListener'>;

export interface WebSocketTransportOptions {
  /** Starts a connection to the host. */
  readonly open: () => Socket;
  /** Whether the host still accepts this browser; rejects when it cannot be reached. Asked when a connection fails. */
  readonly isAuthorized: () => Promise<boolean>;
  readonly onState: (state: ConnectionState) => void;
  /** Waits before attempts 1, 2, …, ms; the last one repeats. */
  readonly waitsMs?: readonly number[];
}

export interface WebSocketTransport extends Transport {
  /** Ends the connection for good. */
  close(): void;
}

interface Pending {
  readonly frame: Uint8Array<ArrayBuffer>;
  resolve(output: unknown): void;
  reject(error: WorkbenchError): void;
}

const OPEN = 1;

/** Connects at once. Requests made while the first attempt is under way wait for it. */
export function createWebSocketTransport({
  open,
  isAuthorized,
  onState,
  waitsMs = [250, 500, 1000, 2000, 5000],
}: WebSocketTransportOptions): WebSocketTransport {
  const listeners = new Set<(event: string, payload: unknown) => void>();
  const pending = new Map<number, Pending>();
  let nextId = 0;
  let attempt = 0;
  let closed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let state: ConnectionState = { status: 'connecting' };
  let socket = connect();

  function setState(next: ConnectionState): void {
    state = next;
    onState(next);
  }

  function connect(): Socket {
    setState({ status: 'connecting' });
    const made = open();
    made.binaryType = 'arraybuffer';
    made.addEventListener('open', () => {
      attempt = 0;
      setState({ status: 'open' });
      for (const { frame } of pending.values()) made.send(frame);
    });
    made.addEventListener('message', (message: MessageEvent<unknown>) => {
      if (message.data instanceof ArrayBuffer) receive(new Uint8Array(message.data));
    });
    // A failed attempt reports `error` and then `close`; a lost connection reports `close`.
    made.addEventListener('error', () => {});
    made.addEventListener('close', () => {
      if (made === socket && !closed) void lost();
    });
    return made;
  }

  function receive(bytes: Uint8Array): void {
    const message = parseHostMessage(bytes);
    if ('event' in message) {
      for (const listener of listeners) listener(message.event, message.payload);
      return;
    }
    const request = pending.get(message.id);
    pending.delete(message.id);
    if ('error' in message) request?.reject(WorkbenchError.fromPayload(message.error));
    else request?.resolve(message.output);
  }

  async function lost(): Promise<void> {
    const wait = waitsMs[Math.min(attempt, waitsMs.length - 1)] ?? 5000;
    attempt++;
    setState({ status: 'waiting', attempt, retryInMs: wait });
    failAll(notConnected(state));
    const unauthorized = await isAuthorized().then(
      (authorized) => !authorized,
      () => false,
    );
    if (closed) return;
    if (!unauthorized) {
      timer = setTimeout(() => (socket = connect()), wait);
      return;
    }
    setState({ status: 'unauthorized' });
    waitForAuthorization();
  }

  /** The new address may be opened in another window of this browser, which then lets this one in as well. */
  function waitForAuthorization(): void {
    timer = setTimeout(async () => {
      const authorized = await isAuthorized().catch(() => false);
      if (closed) return;
      if (authorized) socket = connect();
      else waitForAuthorization();
    }, waitsMs.at(-1));
  }

  function failAll(error: WorkbenchError): void {
    const requests = [...pending.values()];
    pending.clear();
    for (const request of requests) request.reject(error);
  }

  return {
    invoke(route, input) {
      if (state.status === 'waiting' || state.status === 'unauthorized' || closed)
        return Promise.reject(notConnected(state));
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const id = nextId++;
      let frame: Uint8Array<ArrayBuffer>;
      try {
        frame = encodeRequest({ id, route, input });
      } catch (error) {
        reject(error);
        return promise;
      }
      pending.set(id, { frame, resolve, reject });
      if (socket.readyState === OPEN) socket.send(frame);
      return promise;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      closed = true;
      clearTimeout(timer);
      socket.close();
      failAll(notConnected(state));
    },
  };
}

function notConnected(state: ConnectionState): WorkbenchError {
  return state.status === 'unauthorized'
    ? new WorkbenchError('connection.unauthorized', 'the host was restarted and does not know this window', {
        hint: 'open the address it printed when it started',
      })
    : new WorkbenchError('connection.lost', 'the connection to the host was lost', {
        hint: 'check that it is still running; the page connects again by itself',
      });
}

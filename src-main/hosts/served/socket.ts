/** The WebSocket of a served host: who may open one, and requests and events over it (messages in src-shared/contract/messages.ts). */
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { encodeMessage } from '#shared/contract/codec.ts';
import { MAX_REQUEST_BYTES, parseRequestMessage, type HostMessage } from '#shared/contract/messages.ts';
import type { Workbench } from '../../services/workbench.ts';
import { answer, payloadOf } from '../answer.ts';
import { EventQueue } from './event-queue.ts';
import { isOwnHost, isOwnOrigin } from './origin-guard.ts';
import { RequestGate } from './request-gate.ts';
import type { Session } from './session.ts';

/** A connection that does not answer for this long is given up, ms: tunnels die without a word. */
const PING_EVERY_MS = 30_000;
/** How long a renderer may take to answer the host's farewell, ms: one behind a dead tunnel never does. */
const FAREWELL_MS = 1000;

// Close codes of RFC 6455, section 7.4.1.
const GOING_AWAY = 1001;
const UNSUPPORTED_DATA = 1003;
const INVALID_PAYLOAD = 1007;

export interface SocketOptions {
  readonly workbench: Workbench;
  readonly session: Session;
  readonly hostNames: ReadonlySet<string>;
}

export interface SocketEndpoint {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

export function createSocketEndpoint({ workbench, session, hostNames }: SocketOptions): SocketEndpoint {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_REQUEST_BYTES, perMessageDeflate: false });
  const alive = new WeakSet<WebSocket>();
  const gates = new WeakMap<WebSocket, RequestGate>();
  const pings = setInterval(() => {
    for (const socket of server.clients) {
      if (!alive.has(socket) && gates.get(socket)?.isHostBusy !== true) socket.terminate();
      alive.delete(socket);
      socket.ping();
    }
  }, PING_EVERY_MS);
  pings.unref();

  return {
    handleUpgrade(request, socket, head) {
      const refusal = refuse(request);
      if (refusal !== undefined) {
        // Destroyed once the peer has been told: a peer that keeps its half open would keep the host from ending.
        socket.end(
          `HTTP/1.1 ${refusal} ${STATUS_CODES[refusal] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
          () => socket.destroy(),
        );
        return;
      }
      server.handleUpgrade(request, socket, head, (accepted) => {
        alive.add(accepted);
        accepted.on('pong', () => alive.add(accepted));
        gates.set(
          accepted,
          serve(accepted, workbench, () => alive.add(accepted)),
        );
      });
    },
    close() {
      clearInterval(pings);
      for (const socket of server.clients) socket.close(GOING_AWAY, 'the host was stopped');
      setTimeout(() => {
        for (const socket of server.clients) socket.terminate();
      }, FAREWELL_MS).unref();
      server.close();
    },
  };

  /** The HTTP status with which a connection is refused. Browsers send Origin with every WebSocket, and pages cannot forge it. */
  function refuse(request: IncomingMessage): number | undefined {
    const { host, origin, cookie } = request.headers;
    if (!isOwnHost(host, hostNames) || !isOwnOrigin(origin, host)) return 403;
    if (!session.knows(cookie)) return 401;
    return request.url === '/ws' ? undefined : 404;
  }
}

/** @param onRead called when the renderer has read something, which it may not say otherwise while its line is paused */
function serve(socket: WebSocket, workbench: Workbench, onRead: () => void): RequestGate {
  const events = new EventQueue({
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send: ({ name, payload }, sent) => send({ event: name, payload }, sent),
    abandon: () => socket.terminate(),
  });
  const gate = new RequestGate(
    {
      get bufferedAmount() {
        return socket.bufferedAmount;
      },
      pause: () => socket.pause(),
      resume: () => socket.resume(),
    },
    respond,
  );
  const unsubscribe = workbench.subscribe((event) => events.push(event));
  socket.on('close', unsubscribe);
  socket.on('error', () => socket.terminate()); // too large a message, a broken frame: `close` follows
  socket.on('message', (data, isBinary) => {
    if (isBinary) gate.push(bytesOf(data));
    else socket.close(UNSUPPORTED_DATA, 'binary frames only');
  });

  return gate;

  async function respond(bytes: Uint8Array): Promise<void> {
    let request: ReturnType<typeof parseRequestMessage>;
    try {
      request = parseRequestMessage(bytes);
    } catch {
      socket.close(INVALID_PAYLOAD, 'not a request');
      return;
    }
    send({ id: request.id, ...(await answer(workbench, request.route, request.input)) });
  }

  function send(message: HostMessage, sent: () => void = () => {}): void {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(encoded(message), () => {
      onRead();
      sent();
      gate.advance();
    });
  }
}

/** An answer that cannot be encoded becomes the error that says so. */
function encoded(message: HostMessage): Uint8Array {
  try {
    return encodeMessage(message);
  } catch (error) {
    if (!('id' in message)) throw error;
    return encodeMessage({ id: message.id, error: payloadOf(error) });
  }
}

function bytesOf(data: RawData): Uint8Array {
  return Array.isArray(data) ? Buffer.concat(data) : new Uint8Array(data as Buffer | ArrayBuffer);
}

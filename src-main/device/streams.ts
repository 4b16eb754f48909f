/** The streams between a workbench and its agents: standard input and output of a process, here or behind ssh, and WebSocket. */
import { spawn } from 'node:child_process';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { serveAgent, type AgentOptions, type Stream } from './agent.ts';
import { MOST_FRAME_BYTES } from './frames.ts';

/** This process's own standard input and output. Nothing else may write to the latter. */
export function ownStream(): Stream {
  return {
    send: (bytes) => void process.stdout.write(bytes),
    onData: (listener) => void process.stdin.on('data', listener),
    onEnd(listener) {
      process.stdin.on('end', listener);
      process.stdin.on('error', listener);
      process.stdout.on('error', listener);
    },
    close: () => process.stdin.destroy(),
  };
}

export interface ProcessStream extends Stream {
  readonly pid: number | undefined;
  /** What it wrote to its standard error last. */
  readonly said: () => string;
}

/** A process whose standard input and output carry the messages. @param command as an argument vector; no shell reads it */
export function processStream([program, ...args]: readonly string[]): ProcessStream {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
  child.stdin.on('error', () => {}); // followed by its end
  return {
    pid: child.pid,
    said: () => said.trim(),
    send: (bytes) => void child.stdin.write(bytes),
    onData: (listener) => void child.stdout.on('data', listener),
    onEnd(listener) {
      child.on('error', ({ message }) => {
        said ||= message;
        listener();
      });
      child.on('close', listener);
    },
    close: () => child.stdin.end(),
  };
}

/** `tessera agent --stdio` on another machine, with the user's own keys. @throws WorkbenchError `device.host` */
export function sshCommand(host: string, program = 'tessera'): string[] {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.@:%-]*$/.test(host))
    throw new WorkbenchError('device.host', `"${host}" is not the name of a host`, {
      hint: 'use the name of a machine, or user@name, as ssh takes it',
    });
  return ['ssh', '-o', 'BatchMode=yes', host, program, 'agent', '--stdio'];
}

/** A WebSocket as a stream. */
export function socketStream(socket: WebSocket): Stream {
  return {
    send: (bytes) => socket.send(bytes),
    onData: (listener) => void socket.on('message', (data) => listener(data as Buffer)),
    onEnd(listener) {
      socket.on('close', listener);
      socket.on('error', listener);
    },
    close: () => socket.close(),
  };
}

/** Connects to an agent that listens. @param address ws://127.0.0.1:PORT; @throws WorkbenchError `device.notReached` */
export function connectTo(address: string, token: string): Promise<Stream> {
  return new Promise((settle, fail) => {
    const socket = new WebSocket(address, {
      headers: { authorization: `Bearer ${token}` },
      maxPayload: MOST_FRAME_BYTES,
    });
    socket.once('open', () => settle(socketStream(socket)));
    socket.once('error', (cause) =>
      fail(
        new WorkbenchError('device.notReached', `no agent at ${address}: ${cause.message}`, {
          hint: 'start "tessera agent --listen 127.0.0.1:PORT" there, and give its token',
          cause,
        }),
      ),
    );
  });
}

export interface Listening {
  readonly port: number;
  /** Made for this start; a client sends it as "Authorization: Bearer …". */
  readonly token: string;
  close(): Promise<void>;
}

/** Serves one workbench at a time over WebSocket. Pages of browsers are refused, whatever they know. */
export function listen(host: string, port: number, options: AgentOptions): Promise<Listening> {
  const token = randomBytes(24).toString('base64url');
  const expected = Buffer.from(`Bearer ${token}`);
  const server = createServer((_, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_FRAME_BYTES });
  let isTaken = false;
  server.on('upgrade', (request, socket, head) => {
    const given = Buffer.from(request.headers.authorization ?? '');
    const isRight = given.length === expected.length && timingSafeEqual(given, expected);
    const refusal =
      request.headers.origin !== undefined || !isRight ? '401 Unauthorized' : isTaken ? '503 Busy' : undefined;
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\n\r\n`);
      return;
    }
    isTaken = true;
    sockets.handleUpgrade(request, socket, head, (client) => {
      void serveAgent(socketStream(client), options).finally(() => (isTaken = false));
    });
  });
  return new Promise((settle, fail) => {
    server.once('error', (cause) =>
      fail(
        new WorkbenchError('device.notListening', `cannot listen on ${host}:${port}: ${cause.message}`, {
          hint: 'choose another port; 0 takes a free one',
          cause,
        }),
      ),
    );
    server.listen(port, host, () => {
      const address = server.address();
      settle({
        port: typeof address === 'object' && address !== null ? address.port : port,
        token,
        close: async () => {
          for (const client of sockets.clients) client.terminate();
          await new Promise((done) => server.close(done));
        },
      });
    });
  });
}

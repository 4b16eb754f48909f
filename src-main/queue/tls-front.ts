/** TLS 1.3 in front of a database that listens on a Unix socket only: what PostgreSQL brings of OpenSSL out of npm is too old to be exposed. */
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer } from 'node:tls';

export interface TlsFrontOptions {
  readonly socketPath: string;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
}

export interface TlsFront {
  readonly port: number;
  /** Cuts every connection. */
  close(): Promise<void>;
}

/** Between two looks whether the other end is still there, ms. */
const KEEP_ALIVE_MS = 10_000;

export async function openTlsFront({ socketPath, host, port, key, certificate }: TlsFrontOptions): Promise<TlsFront> {
  const open = new Set<Socket>();
  const server = createServer(
    { key, cert: certificate, minVersion: 'TLSv1.3', ALPNProtocols: ['postgresql'], allowHalfOpen: true },
    (outside) => {
      const inside = connect({ path: socketPath, allowHalfOpen: true });
      outside.setKeepAlive(true, KEEP_ALIVE_MS);
      const ends: readonly [Socket, Socket][] = [
        [outside, inside],
        [inside, outside],
      ];
      for (const [from, to] of ends) {
        open.add(from);
        from.pipe(to);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          open.delete(from);
          to.destroy();
        });
      }
    },
  );
  server.on('tlsClientError', (_, socket) => socket.destroy());
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

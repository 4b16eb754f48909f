/** How a queue is reached: join files, which carry a password and the server's certificate, and the queues that this user has added. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';

export const queueNameSchema = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,40}$/);

export const queueAddressSchema = z.strictObject({
  version: z.literal(1),
  name: queueNameSchema,
  host: z.string().min(1).max(300),
  port: z.int().min(1).max(65_535),
  database: z.string().min(1).max(100),
  user: z.string().min(1).max(100),
  password: z.string().max(1000),
  tls: z.discriminatedUnion('mode', [
    /** TLS 1.3 from the first byte, and no certificate but this one (PEM). */
    z.strictObject({ mode: z.literal('pinned'), certificate: z.string().max(20_000) }),
    /** A certificate that this machine trusts. */
    z.strictObject({ mode: z.literal('verified') }),
    /** Nothing is encrypted. */
    z.strictObject({ mode: z.literal('off') }),
  ]),
});
export type QueueAddress = z.output<typeof queueAddressSchema>;

/** @throws WorkbenchError `queue.joinFile` where it is none, or where others can read it */
export function readJoinFile(path: string): QueueAddress {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new WorkbenchError('queue.joinFile', `cannot read the join file "${path}"`, {
      hint: '"tessera queue start" writes worker.json and queue.json; copy the one that is needed here',
      cause,
    });
  }
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
    throw new WorkbenchError(
      'queue.joinFile',
      `others on this machine can read "${path}", which has a password in it`,
      {
        hint: `chmod 600 "${path}"`,
      },
    );
  try {
    return queueAddressSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new WorkbenchError('queue.joinFile', `"${path}" is no join file of this version of Tessera`, {
      hint: 'take the file that "tessera queue start" has written',
      cause,
    });
  }
}

/** Readable by this user only, from its first moment on. */
export function writeJoinFile(path: string, address: QueueAddress): void {
  const part = `${path}.part`;
  rmSync(part, { force: true });
  writeFileSync(part, `${JSON.stringify(address, undefined, 2)}\n`, { mode: 0o600 });
  chmodSync(part, 0o600);
  renameSync(part, path);
}

/** The queues that a user has added, each a join file in a folder of the user's own. */
export class SavedQueues {
  readonly #folder: string;

  constructor(dataDirectory: string) {
    this.#folder = join(dataDirectory, 'queues');
  }

  names(): string[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.slice(0, -'.json'.length))
      .sort();
  }

  add(address: QueueAddress): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    writeJoinFile(this.#path(address.name), address);
  }

  /** @throws WorkbenchError `queue.unknown` or `queue.joinFile` */
  get(name: string): QueueAddress {
    this.#assertKnown(name);
    return readJoinFile(this.#path(name));
  }

  /** @throws WorkbenchError `queue.unknown` */
  remove(name: string): void {
    this.#assertKnown(name);
    rmSync(this.#path(name));
  }

  #assertKnown(name: string): void {
    const names = this.names();
    if (names.includes(name)) return;
    throw new WorkbenchError('queue.unknown', `there is no queue "${name}" here`, {
      hint:
        names.length === 0
          ? '"tessera queue start" starts one, "tessera queue add FILE" adds one that runs elsewhere'
          : suggest(name, names),
    });
  }

  #path(name: string): string {
    return join(this.#folder, `${name}.json`);
  }
}

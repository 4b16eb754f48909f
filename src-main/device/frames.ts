/** Messages on a stream of bytes: four bytes of length (big-endian), then MessagePack. */
import { decode, encode } from '@msgpack/msgpack';
import { WorkbenchError } from '#shared/domain/errors.ts';

/** Larger frames end the connection: models are sent in parts. */
export const MOST_FRAME_BYTES = 8 << 20;
const HEADER_BYTES = 4;

export function frameOf(message: unknown): Buffer {
  const body = encode(message, { ignoreUndefined: true });
  if (body.length > MOST_FRAME_BYTES) throw tooLarge(body.length);
  const frame = Buffer.alloc(HEADER_BYTES + body.length);
  frame.writeUInt32BE(body.length);
  frame.set(body, HEADER_BYTES);
  return frame;
}

/** Puts frames together from whatever parts they arrive in. */
export class FrameReader {
  #rest = Buffer.alloc(0);

  /** The messages that `part` completes. @throws WorkbenchError `device.frame` for one that is too large, or is no MessagePack */
  read(part: Uint8Array): unknown[] {
    this.#rest = Buffer.concat([this.#rest, part]);
    const messages: unknown[] = [];
    while (this.#rest.length >= HEADER_BYTES) {
      const length = this.#rest.readUInt32BE();
      if (length > MOST_FRAME_BYTES) throw tooLarge(length);
      if (this.#rest.length < HEADER_BYTES + length) break;
      messages.push(decoded(this.#rest.subarray(HEADER_BYTES, HEADER_BYTES + length)));
      this.#rest = this.#rest.subarray(HEADER_BYTES + length);
    }
    return messages;
  }
}

function decoded(bytes: Uint8Array): unknown {
  try {
    return decode(bytes);
  } catch (cause) {
    throw new WorkbenchError('device.frame', `a message of ${bytes.length} bytes is not MessagePack`, {
      hint: 'the other end is no agent, or something else writes to its standard output',
      cause,
    });
  }
}

function tooLarge(length: number): WorkbenchError {
  return new WorkbenchError(
    'device.frame',
    `a message says that it has ${length} bytes; ${MOST_FRAME_BYTES} are the most`,
    {
      hint: 'the other end is no agent, or something else writes to its standard output',
    },
  );
}

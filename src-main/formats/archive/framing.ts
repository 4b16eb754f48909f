/**
 * The outer form of a `.tessera` file: a mark, then records, each compressed and sealed with a SHA-256 over itself and all before it.
 * So a byte that has changed, a part that is missing, doubled or out of order is noticed where it is, before anything is made of it.
 *
 *     "tessera-archive\n"
 *     per record: length of the body (uint32, little-endian) · SHA-256(seal before it ‖ body) · body: gzip of MessagePack
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { decodeMessage, encodeMessage } from '#shared/contract/codec.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { ARCHIVE_VERSION, archiveRecordSchema, type ArchiveRecord } from './records.ts';

const MARK = new TextEncoder().encode('tessera-archive\n');
const SEAL_BYTES = 32;
const HEAD_BYTES = 4 + SEAL_BYTES;
/** Far above what is written; a larger number is not a length but noise. */
const MOST_BODY_BYTES = 64_000_000;
const MOST_RECORD_BYTES = 80_000_000;
/** Values in one record: far above what is written, and not too many to be held. */
const LIMITS = { maxDepth: 8, maxValues: 4_000_000 };

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** What every file begins with, and the seal that its first record builds on. */
export const archiveStart: { readonly bytes: Uint8Array; readonly seal: Uint8Array } = {
  bytes: MARK,
  seal: createHash('sha256').update(MARK).digest(),
};

/** A record as written in the file. @returns its bytes, and the seal that the next one builds on */
export async function writeRecord(
  record: ArchiveRecord,
  sealBefore: Uint8Array,
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly seal: Uint8Array }> {
  const body = await pack(encodeMessage(record));
  const seal = sealOf(sealBefore, body);
  const bytes = new Uint8Array(HEAD_BYTES + body.byteLength);
  new DataView(bytes.buffer).setUint32(0, body.byteLength, true);
  bytes.set(seal, 4);
  bytes.set(body, HEAD_BYTES);
  return { bytes, seal };
}

/** Reads a file that arrives in pieces of any size. Holds no more of it than one record. */
export class ArchiveParser {
  #buffered: Uint8Array = new Uint8Array(0);
  /** Of the first buffered byte, in the file. */
  #at = 0;
  #seal: Uint8Array | undefined;
  #hasEnded = false;

  /** The records that are complete with `piece`, one by one. @throws WorkbenchError `archive.foreign`, `archive.newer` or `archive.damaged` */
  async *read(piece: Uint8Array): AsyncGenerator<ArchiveRecord> {
    this.#buffered = this.#buffered.byteLength === 0 ? piece : Buffer.concat([this.#buffered, piece]);
    if (this.#seal === undefined) {
      const known = Math.min(MARK.byteLength, this.#buffered.byteLength);
      if (MARK.subarray(0, known).some((byte, i) => byte !== this.#buffered[i])) throw foreign();
      if (known < MARK.byteLength) return;
      this.#take(MARK.byteLength);
      this.#seal = archiveStart.seal;
    }
    while (this.#buffered.byteLength >= HEAD_BYTES) {
      if (this.#hasEnded) break;
      const length = new DataView(this.#buffered.buffer, this.#buffered.byteOffset).getUint32(0, true);
      if (length > MOST_BODY_BYTES)
        throw damaged(this.#at, `a part of ${length} bytes is announced, which is more than any has`);
      if (this.#buffered.byteLength < HEAD_BYTES + length) break;
      const startsAt = this.#at;
      const head = this.#take(HEAD_BYTES);
      const body = this.#take(length);
      const seal = sealOf(this.#seal, body);
      if (Buffer.compare(seal, head.subarray(4)) !== 0)
        throw damaged(startsAt, 'its contents are not what was written');
      this.#seal = seal;
      const record = await decodeRecord(body, startsAt);
      if (record.kind === 'end') this.#hasEnded = true;
      yield record;
    }
    if (this.#hasEnded && this.#buffered.byteLength > 0)
      throw damaged(this.#at, `${this.#buffered.byteLength} bytes follow its end`);
  }

  /** To be called when there is no more. @throws WorkbenchError `archive.foreign` or `archive.truncated` */
  close(): void {
    if (this.#hasEnded) return;
    if (this.#seal === undefined) throw foreign();
    throw new WorkbenchError(
      'archive.truncated',
      `the file ends after ${this.#at + this.#buffered.byteLength} bytes, before its end`,
      { hint: 'it was copied or downloaded in part; copy it again' },
    );
  }

  #take(count: number): Uint8Array {
    const taken = this.#buffered.subarray(0, count);
    this.#buffered = this.#buffered.subarray(count);
    this.#at += count;
    return taken;
  }
}

/** The unpacking before: files are read side by side, but only one record of all is unpacked at a time. */
let unpacking: Promise<unknown> = Promise.resolve();

function decodeRecord(body: Uint8Array, at: number): Promise<ArchiveRecord> {
  const turn = unpacking.then(() => decodeNow(body, at));
  unpacking = turn.catch(() => {}); // the caller that gave the record hears of it
  return turn;
}

async function decodeNow(body: Uint8Array, at: number): Promise<ArchiveRecord> {
  let decoded: unknown;
  try {
    decoded = decodeMessage(await unpack(body, { maxOutputLength: MOST_RECORD_BYTES }), LIMITS);
  } catch (cause) {
    throw damaged(at, 'the part there cannot be unpacked', cause);
  }
  const { version } = Object(decoded) as { version?: unknown }; // of whatever it is
  if (typeof version === 'number' && version > ARCHIVE_VERSION) {
    throw new WorkbenchError(
      'archive.newer',
      `the file has version ${version}; this Tessera reads up to ${ARCHIVE_VERSION}`,
      { hint: 'update Tessera, or export it again with the version used here' },
    );
  }
  const { data, error } = archiveRecordSchema.safeParse(decoded);
  if (data === undefined) {
    const issue = error.issues[0];
    throw damaged(at, `the part there is none that Tessera writes (${issue.path.join('.')}: ${issue.message})`);
  }
  return data;
}

function sealOf(before: Uint8Array, body: Uint8Array): Uint8Array {
  return createHash('sha256').update(before).update(body).digest();
}

function foreign(): WorkbenchError {
  return new WorkbenchError('archive.foreign', 'this is not a .tessera file', {
    hint: 'choose one that was written by "Export", "Whole run" or by tessera runs export --format tessera',
  });
}

/** What is wrong `at` a byte of the file. */
export function damaged(at: number, what: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError('archive.damaged', `the file is damaged at byte ${at}: ${what}`, {
    hint: 'nothing was imported; copy or download it again',
    cause,
  });
}

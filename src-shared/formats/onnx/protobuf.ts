/**
 * Reads Protocol Buffers messages (https://protobuf.dev/programming-guides/encoding) from a file without holding it: fields come
 * one by one, and what nobody reads is passed over by moving on, not by reading it.
 */
import { WorkbenchError } from '../../domain/errors.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { decodeUtf8 } from './utf8.ts';

/** Bytes fetched at once: many small fields for each call, and little waste before a large one that is passed over. */
const WINDOW_BYTES = 1 << 16;
/** Names and other texts; nothing that is read as text is larger in a sound file. */
const MAX_TEXT_BYTES = 1 << 16;

/** Numeric kinds of repeated fields. */
export type PackedKind = 'varint' | 'float' | 'double';

export interface Field {
  readonly number: number;
  readonly wire: 'varint' | 'fixed64' | 'bytes' | 'fixed32';
  /** Of a varint: its value as a signed 64-bit number (beyond 2^53 rounded); of a fixed field: as a floating point number. */
  readonly value: number;
  /** Bytes of the content, which starts at the reader's position. */
  readonly length: number;
  /** Byte of the file at which the field begins, with its tag. */
  readonly start: number;
}

const wires = ['varint', 'fixed64', 'bytes', undefined, undefined, 'fixed32'] as const;

export class ProtobufReader {
  readonly #source: RandomAccessSource;
  readonly #format: string;
  /** Names of the messages around the current position. */
  readonly #trail: string[] = [];
  #window = new Uint8Array(0);
  #view = new DataView(this.#window.buffer);
  #windowStart = 0;
  #position = 0;

  /** @param format begins the codes of errors: `<format>.invalid` */
  constructor(source: RandomAccessSource, format: string) {
    this.#source = source;
    this.#format = format;
  }

  /**
   * Reads the fields of a message of `length` bytes at the current position. `read` may read a field's content; whatever it leaves
   * is passed over.
   * @param name the message, for errors: "node[3]"
   * @throws WorkbenchError `<format>.invalid` with the byte and the message in which the file stops making sense
   */
  async fields(name: string, length: number, read: (field: Field) => Promise<void> | void): Promise<void> {
    const end = this.#position + length;
    this.#trail.push(name);
    while (this.#position < end) {
      const field = await this.#field(end);
      const next = this.#position + field.length;
      await read(field);
      this.#position = next;
    }
    this.#trail.pop();
  }

  /** Byte of the file that is read next. Within `read`: where the field's content begins. */
  get position(): number {
    return this.#position;
  }

  /** The content of a `bytes` field. */
  async bytes({ length }: Field): Promise<Uint8Array> {
    const bytes = await this.#ahead(length);
    if (bytes.length < length)
      throw this.fault(`the file ends ${length - bytes.length} bytes too early`, 'the file is cut off: fetch it again');
    return bytes.slice(0, length);
  }

  async text(field: Field, what: string): Promise<string> {
    if (field.wire !== 'bytes') throw this.fault(`${what} is a number instead of a text`);
    if (field.length > MAX_TEXT_BYTES) throw this.fault(`${what} has ${field.length} bytes`);
    const text = decodeUtf8(await this.bytes(field));
    if (text === undefined) throw this.fault(`${what} is not text in UTF-8`);
    return text;
  }

  /** A whole number. */
  integer(field: Field, what: string): number {
    if (field.wire !== 'varint') throw this.fault(`${what} is not a whole number`);
    return field.value;
  }

  /** Appends the numbers of a repeated field, packed or one by one, to `into`, as long as there are no more than `most`. */
  async numbers(field: Field, kind: PackedKind, into: number[], most: number): Promise<void> {
    if (field.wire !== 'bytes') {
      if (into.length <= most) into.push(field.value);
      return;
    }
    // A varint has at least one byte, so more bytes than this cannot be few enough numbers.
    if (field.length > most * (kind === 'varint' ? 10 : kind === 'float' ? 4 : 8)) {
      into.length = most + 1;
      return;
    }
    const end = this.#position + field.length;
    if (kind === 'varint') {
      while (this.#position < end && into.length <= most) into.push(await this.#varint(end));
      return;
    }
    const bytes = await this.bytes(field);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const size = kind === 'float' ? 4 : 8;
    for (let at = 0; at + size <= bytes.length && into.length <= most; at += size)
      into.push(kind === 'float' ? view.getFloat32(at, true) : view.getFloat64(at, true));
  }

  /** The error for what is wrong at the current position. */
  fault(message: string, hint = 'the file is damaged, or no such file at all'): WorkbenchError {
    const where = this.#trail.join('.');
    return new WorkbenchError(
      `${this.#format}.invalid`,
      `${this.#format}: byte ${this.#position}, in ${where}: ${message}`,
      { hint, path: [where, this.#position] },
    );
  }

  async #field(end: number): Promise<Field> {
    const start = this.#position;
    const tag = await this.#varint(end);
    const wire = wires[tag % 8];
    const number = Math.floor(tag / 8);
    if (tag < 8 || number > 0x1fff_ffff || wire === undefined) throw this.fault(`${tag} does not begin a field`);
    if (wire === 'varint') return { number, wire, value: await this.#varint(end), length: 0, start };
    const length = wire === 'bytes' ? await this.#varint(end) : wire === 'fixed32' ? 4 : 8;
    if (length < 0 || length > end - this.#position) {
      throw this.fault(
        `field ${number} has ${length} bytes, but ${end - this.#position} are ` +
          `left${this.#position + length > this.#source.size ? ', because the file is cut off' : ''}`,
        end >= this.#source.size || this.#position + length > this.#source.size
          ? 'the file is cut off or damaged: fetch it again'
          : undefined,
      );
    }
    if (wire === 'bytes') return { number, wire, value: Number.NaN, length, start };
    const bytes = await this.#ahead(length);
    if (bytes.length < length) throw this.fault('the file ends within a number', 'the file is cut off: fetch it again');
    const at = this.#position - this.#windowStart;
    return {
      number,
      wire,
      value: wire === 'fixed32' ? this.#view.getFloat32(at, true) : this.#view.getFloat64(at, true),
      length,
      start,
    };
  }

  /** A varint as a signed 64-bit number. */
  async #varint(end: number): Promise<number> {
    const most = Math.min(10, end - this.#position);
    const bytes = await this.#ahead(most);
    let low = 0; // bits 0 … 27
    let middle = 0; // bits 28 … 55
    let high = 0; // bits 56 … 63
    for (let i = 0; i < Math.min(most, bytes.length); i++) {
      const bits = bytes[i] & 0x7f;
      if (i < 4) low += bits * 2 ** (7 * i);
      else if (i < 8) middle += bits * 2 ** (7 * (i - 4));
      else high += bits * 2 ** (7 * (i - 8));
      if (bytes[i] < 0x80) {
        this.#position += i + 1;
        const signed = high >= 0x80 ? (high & 0xff) - 0x100 : high;
        return signed * 2 ** 56 + middle * 2 ** 28 + low;
      }
    }
    throw this.fault(most < 10 ? 'a number is cut off' : 'a number has more than 64 bits');
  }

  /** At least `length` bytes from the current position on, or up to the end of the file. */
  async #ahead(length: number): Promise<Uint8Array> {
    let at = this.#position - this.#windowStart;
    if (at < 0 || at + length > this.#window.length) {
      this.#windowStart = this.#position;
      this.#window = new Uint8Array(
        await this.#source.read(
          this.#position,
          Math.min(Math.max(length, WINDOW_BYTES), this.#source.size - this.#position),
        ),
      );
      this.#view = new DataView(this.#window.buffer);
      at = 0;
    }
    return this.#window.subarray(at);
  }
}

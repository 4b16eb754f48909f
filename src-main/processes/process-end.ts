/** How a run process ended: what its host saw, what it wrote last, and what that means in words. */
import type { Readable } from 'node:stream';
import { LONGEST_LAST_WORDS, saysOutOfMemory } from './out-of-memory.ts';

/**
 * Why a process is gone, where more is known than its exit code:
 * `outOfMemory` its own heap or an allocation, `systemShortOfMemory` the kernel killed it to free memory, `crashed` by a fault of the
 * program or the machine, `killed` from outside, `notStarted`.
 */
export type EndCause = 'outOfMemory' | 'systemShortOfMemory' | 'crashed' | 'killed' | 'notStarted';

export interface ProcessEnd {
  /** Undefined where a signal ended it, or where it was never started. */
  readonly code?: number | undefined;
  readonly signal?: string | undefined;
  readonly cause?: EndCause | undefined;
  /** The host's own words on it: why it could not be started, where V8 gave up. */
  readonly detail?: string | undefined;
  /** The last `TAIL_BYTES` of what it wrote to stderr. */
  readonly stderr: string;
}

/** How much of what a process writes to stderr is kept for the log, bytes. */
export const TAIL_BYTES = 4096;

/** Keeps the end of a process's stderr, however much it writes. */
export class StderrTail {
  #kept: Buffer = Buffer.alloc(0);
  #saysOutOfMemory = false;
  /** Resolves when nothing can follow any more. */
  readonly ended: Promise<void>;

  /** @param stream is read to its end: a process whose pipe nobody reads would wait for ever. */
  constructor(stream: NodeJS.ReadableStream | Readable | null | undefined) {
    if (stream === null || stream === undefined) {
      this.ended = Promise.resolve();
      return;
    }
    this.ended = new Promise((resolve) => {
      stream.on('end', resolve).on('close', resolve).on('error', resolve);
    });
    stream.on('data', (chunk: Buffer | string) => this.#add(Buffer.from(chunk as string)));
  }

  /** V8 writes that memory ran out before a stack that may be longer than what is kept: so it is looked for in what passes. */
  #add(chunk: Buffer): void {
    const seam = this.#kept.subarray(-LONGEST_LAST_WORDS);
    this.#saysOutOfMemory ||= saysOutOfMemory(Buffer.concat([seam, chunk]).toString());
    // Copied, so that a large chunk is not kept for its end.
    this.#kept = Buffer.from(Buffer.concat([this.#kept, chunk]).subarray(-TAIL_BYTES));
  }

  get saysOutOfMemory(): boolean {
    return this.#saysOutOfMemory;
  }

  /** Without what is left of a character that was cut. */
  get text(): string {
    const isCut = this.#kept.length === TAIL_BYTES;
    const start = isCut ? this.#kept.findIndex((byte) => (byte & 0xc0) !== 0x80) : 0;
    return this.#kept.subarray(Math.max(0, start)).toString();
  }
}

/** Characters of an error that stay readable in the middle of a sentence. */
const LONGEST_ERROR = 200;

/** What the process did, to follow its name: "ran out of memory", "exited with code 3 (Error: no such thing)". */
export function describeEnd({ code, signal, cause, detail, stderr }: ProcessEnd): string {
  switch (cause) {
    case 'outOfMemory':
      return 'ran out of memory';
    case 'systemShortOfMemory':
      return 'was killed by the system, which was short of memory';
    case 'notStarted':
      return `could not be started${detail === undefined ? '' : `: ${detail}`}`;
    case 'crashed':
      return `crashed (${signal ?? `exit code ${code}`})`;
    case 'killed':
      return `was ended ${signal === undefined ? 'from outside' : `by ${signal}`}`;
    case undefined: {
      const error = uncaughtErrorIn(stderr);
      return `exited with code ${code}${error === undefined ? '' : ` (${error})`}`;
    }
  }
}

/** The error that Node wrote last: "TypeError: x is not a function". */
function uncaughtErrorIn(stderr: string): string | undefined {
  const line = stderr
    .split('\n')
    .findLast((candidate) => /^(?:Uncaught )?\w*Error(?: \[\w+\])?: ./.test(candidate))
    ?.trim();
  return line !== undefined && line.length > LONGEST_ERROR ? `${line.slice(0, LONGEST_ERROR - 1)}…` : line;
}

/** Signals by which the program or the machine is at fault, not somebody who ended it. */
const FAULTS: ReadonlySet<string> = new Set(['SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV', 'SIGSYS', 'SIGTRAP']);

export interface SignalledEnd {
  readonly signal: string | undefined;
  readonly saysOutOfMemory: boolean;
  /** Whether the process was killed by the one that started it. */
  readonly isOurs: boolean;
  /** Whether the kernel killed processes for memory while this one lived. */
  readonly isSystemShortOfMemory: boolean;
}

/** Why a process is gone that ended like this. */
export function causeOfSignal({
  signal,
  saysOutOfMemory: ranOut,
  isOurs,
  isSystemShortOfMemory,
}: SignalledEnd): EndCause | undefined {
  if (isOurs) return 'killed';
  if (ranOut) return 'outOfMemory';
  if (signal === undefined) return undefined;
  if (signal === 'SIGKILL' && isSystemShortOfMemory) return 'systemShortOfMemory';
  return FAULTS.has(signal) ? 'crashed' : 'killed';
}

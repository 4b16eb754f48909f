/** Recognises that memory ran out: in errors, in what a dying process writes, and by the kernel's count of what it killed. */
import { readFileSync } from 'node:fs';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { anyOf } from '#shared/formats/any-of.ts';

/** What a person can do about it. */
export const MORE_MEMORY =
  'close other programs, or search with a smaller population, fewer instances or fewer runs at once';

/** Messages of V8 and Node when a buffer, or memory of a WebAssembly module, cannot be had. */
const REFUSED_ALLOCATION = /Array buffer allocation failed|WebAssembly\.Memory\(\): could not allocate|out of memory/i;

/** Whether `error` says that memory ran out: a thread at its heap's limit, or an allocation that was refused. */
export function isOutOfMemory(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') || isRefusal(error);
}

function isRefusal(error: Error): boolean {
  return error instanceof RangeError && REFUSED_ALLOCATION.test(error.message);
}

/** @param work what needed the memory, to begin a sentence: "the search" */
export function outOfMemory(work: string): WorkbenchError {
  return new WorkbenchError('internal.outOfMemory', `${work} ran out of memory`, { hint: MORE_MEMORY });
}

/** V8's last words ("FATAL ERROR: … JavaScript heap out of memory", "Fatal process out of memory"), C++'s, or an uncaught refusal. */
const LAST_WORDS = anyOf(
  [
    /(?:heap|JavaScript|process) out of memory/,
    /near heap limit|Reached heap limit/,
    /std::bad_alloc/,
    /RangeError: (?:Array buffer allocation failed|WebAssembly\.Memory\(\): could not allocate)/,
  ],
  'i',
);

/** The longest of the texts that `saysOutOfMemory` looks for is shorter, in characters. */
export const LONGEST_LAST_WORDS = 80;

/** Whether a text that a dying process wrote, or a fatal error that its host reported, says that memory ran out. */
export function saysOutOfMemory(text: string): boolean {
  return LAST_WORDS.test(text);
}

/**
 * How many processes this machine's kernel has killed since it started because memory was short; undefined where it does not say
 * (other systems than Linux). It counts those of control groups (containers) with a limit of their own, too.
 */
export function killedForMemory(): number | undefined {
  try {
    const count = /^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1];
    return count === undefined ? undefined : Number(count);
  } catch {
    return undefined;
  }
}

/** How long threads waited for a core: the second number of schedstat, exact to the nanosecond (Linux, Documentation/scheduler/sched-stats). */
import { closeSync, openSync, readdirSync, readSync, readlinkSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { coresOfList } from './machine.ts';

/** Number of the calling thread; undefined where the system does not say. */
export function threadId(): number | undefined {
  try {
    return Number(/\d+$/.exec(readlinkSync('/proc/thread-self'))?.[0]);
  } catch {
    return undefined;
  }
}

/** Time that the calling thread has waited for a core so far, ms; null where it is not readable. */
export class WaitClock {
  readonly #file: number | undefined;
  readonly #bytes = Buffer.alloc(128);

  constructor() {
    const thread = threadId();
    try {
      this.#file = thread === undefined ? undefined : openSync(`/proc/self/task/${thread}/schedstat`, 'r');
    } catch {
      this.#file = undefined;
    }
  }

  now(): number | null {
    if (this.#file === undefined) return null;
    const length = readSync(this.#file, this.#bytes, 0, this.#bytes.length, 0);
    const waited = this.#bytes.toString('latin1', 0, length).split(' ')[1];
    return Number(waited) / 1e6;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}

/**
 * Pins the calling thread to `cores`. No scheduling class is changed.
 * @returns whether it is pinned: read back, not believed
 */
export function pinThread(cores: readonly number[]): boolean {
  const thread = threadId();
  if (thread === undefined) return false;
  spawnSync('taskset', ['-p', '-c', cores.join(), String(thread)], { stdio: 'ignore' });
  return isPinned(thread, cores);
}

/** Whether the threads that appeared since `before` are each on one of `cores`. */
export function isPoolPinned(before: ReadonlySet<string>, cores: readonly number[]): boolean {
  return readdirSync('/proc/self/task')
    .filter((thread) => !before.has(thread))
    .every((thread) => coresOf(Number(thread))?.every((core) => cores.includes(core)) ?? true);
}

function isPinned(thread: number, cores: readonly number[]): boolean {
  const allowed = coresOf(thread);
  return allowed !== undefined && allowed.length === cores.length && allowed.every((core) => cores.includes(core));
}

function coresOf(thread: number): number[] | undefined {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(`/proc/self/task/${thread}/status`, 'utf8'))?.[1];
    return list === undefined ? undefined : coresOfList(list);
  } catch {
    return undefined;
  }
}

/** What Ctrl-C and a request to end do in a terminal: the first asks the work to stop, the second ends the process. */

/** Two signals closer than this are one: a terminal sends Ctrl-C to the whole process group, and npm passes it on again. */
const SAME_KEY_PRESS_MS = 400;

/** Exit code of a process that a second signal ended. */
const INTERRUPTED = 1;

export interface Interruption {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Gives the signals their usual meaning back. */
  release(): void;
}

/** Listens for SIGINT and SIGTERM. @param onFirst called once, e.g. to say that work is being stopped */
export function onInterrupt(onFirst: () => void = () => {}): Interruption {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const handle = (): void => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      onFirst();
      controller.abort();
    } else if (now - firstAt > SAME_KEY_PRESS_MS) process.exit(INTERRUPTED);
  };
  process.on('SIGINT', handle).on('SIGTERM', handle);
  return {
    signal: controller.signal,
    release: () => void process.off('SIGINT', handle).off('SIGTERM', handle),
  };
}

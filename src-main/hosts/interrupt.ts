/** What Ctrl-C and a request to end do in a terminal: the first asks the work to stop, the second ends the process. */

/** Two signals closer than this are one: a terminal sends Ctrl-C to the whole process group, and npm passes it on again. */
const SAME_KEY_PRESS_MS = 400;

/** npm passes SIGTERM on to the shell it started us with, which ends without passing it on: seen by looking this often, ms. */
const LOOK_FOR_SHELL_MS = 1000;

/** Exit code of a process that a second signal ended. */
const INTERRUPTED = 1;

const signals = ['SIGINT', 'SIGTERM'] as const;
/** SIGINT is Ctrl-C, SIGTERM a request to end. */
export type StopCause = (typeof signals)[number];

export interface Interruption {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Calls `listener` on the first signal; at once if there was one already. */
  onStop(listener: (cause: StopCause) => void): void;
  /** Gives the signals their usual meaning back. */
  release(): void;
}

/** Starts to listen for signals, and, within an npm script, for the end of its shell. */
export function onInterrupt(): Interruption {
  const controller = new AbortController();
  const first = Promise.withResolvers<StopCause>();
  let firstAt: number | undefined;
  const handle = (cause: NodeJS.Signals): void => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      first.resolve(signals.find((signal) => signal === cause) ?? 'SIGTERM');
      controller.abort();
    } else if (now - firstAt > SAME_KEY_PRESS_MS) process.exit(INTERRUPTED);
  };
  for (const signal of signals) process.on(signal, handle);
  const shell = process.ppid;
  const look = (): void => {
    if (process.ppid !== shell && firstAt === undefined) handle('SIGTERM');
  };
  const timer =
    process.env['npm_lifecycle_event'] === undefined ? undefined : setInterval(look, LOOK_FOR_SHELL_MS).unref();
  return {
    signal: controller.signal,
    onStop: (listener) => void first.promise.then(listener),
    release() {
      clearInterval(timer);
      for (const signal of signals) process.off(signal, handle);
    },
  };
}

/** Starts run processes under Electron, with `utilityProcess`, which the host passes in. */
import type { App, Details, UtilityProcess } from 'electron';
import type { Logger } from 'pino';
import { entryPath } from './entries.ts';
import { HEAP_FLAGS } from './heap.ts';
import { killedForMemory, saysOutOfMemory } from './out-of-memory.ts';
import { StderrTail, type EndCause, type ProcessEnd } from './process-end.ts';
import type { RunEvent } from './protocol.ts';
import { argumentsOf, type ProcessSpawner, type ProcessWishes, type RunProcess } from './spawner.ts';

/** The part of Electron's `utilityProcess` that is used. */
export interface UtilityProcessLauncher {
  fork(
    modulePath: string,
    args?: string[],
    options?: { serviceName?: string; stdio?: ('ignore' | 'inherit' | 'pipe')[]; execArgv?: string[] },
  ): UtilityProcess;
}

export interface ElectronSpawnerOptions {
  readonly utilityProcess: UtilityProcessLauncher;
  /** Says why a child process is gone, by its service name. */
  readonly app: Pick<App, 'on' | 'off'>;
  /** Gets the fatal errors of run processes. */
  readonly log: Pick<Logger, 'error'>;
  /** How many processes the system has killed for memory so far; undefined: it does not say. */
  readonly kills?: () => number | undefined;
}

/**
 * How long an exit waits for what else is said about it: Electron reports the exit, the reason (`child-process-gone`)
 * and the end of stderr in no order that it promises, and the reason only where it calls the end unexpected, ms.
 */
const LAST_WORDS_MS = 250;

/** Electron's reasons; what is not here (`abnormal-exit`, `clean-exit`) is said by the exit code. */
const causes: Partial<Readonly<Record<Details['reason'], EndCause>>> = {
  crashed: 'crashed',
  killed: 'killed',
  oom: 'outOfMemory',
  'memory-eviction': 'systemShortOfMemory',
  'launch-failed': 'notStarted',
  'integrity-failure': 'notStarted',
};

export function electronSpawner(options: ElectronSpawnerOptions): ProcessSpawner {
  let started = 0;
  return {
    spawnRunProcess: (wishes) => spawnRunProcess(wishes, `Tessera run ${wishes.runId}, process ${++started}`, options),
  };
}

/** @param serviceName a name no other process has: it tells Electron's reason from those of others */
function spawnRunProcess(
  wishes: ProcessWishes,
  serviceName: string,
  { utilityProcess, app, log, kills = killedForMemory }: ElectronSpawnerOptions,
): RunProcess {
  const killsBefore = kills();
  const child = utilityProcess.fork(entryPath('run-process'), argumentsOf(wishes), {
    serviceName,
    stdio: ['ignore', 'inherit', 'pipe'],
    execArgv: [...HEAP_FLAGS],
  });
  const tail = new StderrTail(child.stderr);
  let isKilled = false;
  let ranOut = false;
  // V8 gave up, most likely because memory ran out; `exit` follows. An error event that nobody listens to would end this process.
  child.on('error', (type, location, report) => {
    ranOut ||= saysOutOfMemory(location) || saysOutOfMemory(report);
    log.error({ runPid: child.pid, type, location }, 'a run process met a fatal error');
  });
  const gone = Promise.withResolvers<Details>();
  const onGone = (_event: unknown, details: Details): void => {
    if (details.type === 'Utility' && details.name === serviceName) gone.resolve(details);
  };
  app.on('child-process-gone', onGone);
  const exit = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code) => {
      void lastWords(code).then(resolve);
    });
  });

  async function lastWords(code: number): Promise<ProcessEnd> {
    // Electron reports 0 for a process that was killed from here.
    const isExpected = isKilled || code === 0;
    const details = await atMost(LAST_WORDS_MS, isExpected ? Promise.resolve(undefined) : gone.promise);
    await atMost(LAST_WORDS_MS, tail.ended);
    app.off('child-process-gone', onGone);
    if (isKilled) return { signal: 'SIGKILL', cause: 'killed', stderr: tail.text };
    const told = details === undefined ? undefined : causes[details.reason];
    const isShort = told === 'killed' && (kills() ?? 0) > (killsBefore ?? 0);
    const cause = ranOut || tail.saysOutOfMemory ? 'outOfMemory' : isShort ? 'systemShortOfMemory' : told;
    return {
      code,
      cause,
      ...(details === undefined ? {} : { detail: details.reason }),
      stderr: tail.text,
    };
  }

  return {
    get pid() {
      return child.pid;
    },
    send: (command) => child.postMessage(command),
    onEvent: (listener: (event: RunEvent) => void) => void child.on('message', listener),
    onExit: (listener) => void exit.then(listener),
    kill() {
      isKilled = true;
      child.kill();
    },
  };
}

/** What `promise` gives, or undefined when that takes longer than `limitMs`. */
async function atMost<Value>(limitMs: number, promise: Promise<Value>): Promise<Value | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), limitMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Starting run processes, whatever the host: `utilityProcess` under Electron, `child_process.fork` under Node. */
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import type { ProcessEnd } from './process-end.ts';
import type { RunCommand, RunEvent } from './protocol.ts';

/** A run process as the supervisor sees it. An exit is not a crash: the supervisor decides by what came before. */
export interface RunProcess {
  readonly pid: number | undefined;
  send(command: RunCommand): void;
  onEvent(listener: (event: RunEvent) => void): void;
  /** Called once, when the process has ended and all that it wrote was read. */
  onExit(listener: (end: ProcessEnd) => void): void;
  /** Ends the process at once; used only after it was asked to end. */
  kill(): void;
}

/** What a run process is wanted for. */
export interface ProcessWishes {
  readonly runId: number;
  /** How many threads may evaluate; undefined: as many as there are cores where it runs. */
  readonly threads?: number | undefined;
  /** What it is to search with, for a spawner to which that makes a difference. */
  readonly configuration?: SchedulerConfiguration | undefined;
}

export interface ProcessSpawner {
  spawnRunProcess(wishes: ProcessWishes): RunProcess;
}

/** `wishes` as arguments of a run process. */
export function argumentsOf({ runId, threads }: ProcessWishes): string[] {
  return [`--run=${runId}`, ...(threads === undefined ? [] : [`--threads=${threads}`])];
}

/** How many threads the arguments of this process grant; undefined: it was not said. */
export function threadsOf(argv: readonly string[]): number | undefined {
  const [, threads] = argv.map((argument) => /^--threads=(\d+)$/.exec(argument)).find((match) => match !== null) ?? [];
  return threads === undefined ? undefined : Number(threads);
}

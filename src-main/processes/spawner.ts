/** Starting run processes, whatever the host: `utilityProcess` under Electron, `child_process.fork` under Node. */
import type { RunCommand, RunEvent } from './protocol.ts';

/** A run process as the supervisor sees it. An exit is not a crash: the supervisor decides by what came before. */
export interface RunProcess {
  readonly pid: number | undefined;
  send(command: RunCommand): void;
  onEvent(listener: (event: RunEvent) => void): void;
  /** `code` undefined: ended by a signal, named where the host knows it. Called once. */
  onExit(listener: (code: number | undefined, signal?: string) => void): void;
  /** Ends the process at once; used only after it was asked to end. */
  kill(): void;
}

export interface ProcessSpawner {
  spawnRunProcess(): RunProcess;
}

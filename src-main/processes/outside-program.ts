/** What a session asks of something outside the engine that its search talks with line by line: a program of the person's, or a solver in a thread. */
import type { WorkbenchError } from '#shared/domain/errors.ts';

export interface OutsideListeners {
  onLine(text: string, number: number): void;
  /** Called once, after the last line. @param failure undefined where it ended as it should */
  onEnd(failure: WorkbenchError | undefined): void;
  /** What it says to people. */
  onRemark(text: string): void;
}

export interface OutsideProgram {
  /** Of its process group; undefined where it is no process of its own. */
  readonly pid: number | undefined;
  write(line: string): void;
  /** Nothing more will be written to it. */
  closeInput(): void;
  /** The oldest line that was handed on is read. */
  confirmRead(): void;
  /** Holds it up while the run is paused, or lets it go on. */
  halt(halted: boolean): void;
  /** Ends it at once; `onEnd` is not called any more. */
  kill(): void;
}

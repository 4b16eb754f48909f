/** The seam between a search and a program outside the engine that it talks with, line by line. Starting the program is its host's affair. */

/** What is to be started. */
export interface Program {
  /** Argument vector: the program and its arguments, no shell. */
  readonly command: readonly string[];
  /** The folder that it works in; empty: that of the process which starts it. */
  readonly folder: string;
  /** As errors call it; default: the external scheduler. */
  readonly called?: string;
  /** It is given up when it says nothing for so long, ms. */
  readonly silenceMs: number;
  /** It is given up when it has written more, bytes. */
  readonly outputBytes: number;
}

/** A solver in a thread of Tessera's own. Its requests are `{ type: "solve", flatZinc }`, one model after the other. */
export interface BuiltInSolver {
  readonly solver: 'chuffed';
  /** Time for one model, ms. */
  readonly limitMs: number;
}

/** What comes from it, in order. After `end` nothing follows. */
export type Incoming =
  | { readonly type: 'line'; /** From 1. */ readonly number: number; readonly text: string }
  /** It has ended by itself; `failure` says why nothing more can be expected of it, where it should not have. */
  | { readonly type: 'end'; readonly failure?: Error | undefined };

export interface Correspondent {
  launch(program: Program | BuiltInSolver): void;
  /** Writes a message as one line. */
  send(message: Readonly<Record<string, unknown>>): void;
  /** The oldest that was not received yet; undefined: nothing at the moment. */
  receive(): Incoming | undefined;
  /** Tells the person how far it is. @param done share, 0…1 */
  report(text: string, done: number | undefined): void;
}

/** What every host talks to: the contract's routes and events, behind one call each. */
import type { AnyEvent } from '#shared/contract/events.ts';

export interface Workbench {
  /** Validates `input`, runs the route's handler, validates its output. Rejects with a WorkbenchError only. */
  invoke(route: string, input: unknown): Promise<unknown>;
  /** Calls `listener` for every event until the returned function is called. */
  subscribe(listener: (event: AnyEvent) => void): () => void;
  /** Asks running runs to stop, waits for their last commit, closes the database. */
  close(): Promise<void>;
}

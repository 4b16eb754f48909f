/** A workbench whose database can be moved while windows are open: requests wait for the moment in which it is closed here and opened there. */
import type { AnyEvent } from '#shared/contract/events.ts';
import { bringBack, bringDatabase, removeMoved } from '../../store/database-move.ts';
import type { Report } from '../../store/database-care.ts';
import type { Workbench } from '../workbench.ts';

/** The services on one database file. */
export interface Session {
  invoke(route: string, input: unknown): Promise<unknown>;
  close(): Promise<void>;
}

export interface MovableWorkbenchOptions {
  readonly path: string;
  /** Opens the services on a file. @throws WorkbenchError `store.…` */
  readonly open: (path: string, relocate: (target: string, report: Report) => Promise<void>) => Session;
  readonly subscribe: (listener: (event: AnyEvent) => void) => () => void;
}

/** The request that moves, which is answered by the old services. */
const MOVE = 'database.move';

/** @throws WorkbenchError `store.…` when the database is refused */
export function movableWorkbench({ path, open, subscribe }: MovableWorkbenchOptions): Workbench {
  let place = path;
  /** Settles when the database is open again. */
  let moving: Promise<void> | undefined;
  const underWay = new Set<Promise<unknown>>();
  const openAt = (at: string): Session => open(at, relocate);
  let session = openAt(path);

  /** What goes wrong leaves the database where it was, open. */
  async function relocate(target: string, report: Report): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    moving = promise;
    try {
      await Promise.allSettled(underWay);
      await session.close();
      await bring(target, report);
    } finally {
      moving = undefined;
      resolve();
    }
  }

  async function bring(target: string, report: Report): Promise<void> {
    let how: 'renamed' | 'copied' | undefined;
    try {
      how = await bringDatabase(place, target, report);
      report('opening it there');
      session = openAt(target);
    } catch (error) {
      if (how !== undefined) bringBack(place, target, how);
      session = openAt(place);
      throw error;
    }
    report('clearing up');
    if (how === 'copied') removeMoved(place);
    report('done', 1);
    place = target;
  }

  /** Waits again where another move has begun by then. */
  async function invoke(route: string, input: unknown): Promise<unknown> {
    if (moving !== undefined) return moving.then(() => invoke(route, input));
    const answer = session.invoke(route, input);
    if (route === MOVE) return answer;
    underWay.add(answer);
    try {
      return await answer;
    } finally {
      underWay.delete(answer);
    }
  }

  async function close(): Promise<void> {
    return moving === undefined ? session.close() : moving.then(close);
  }

  return { invoke, subscribe, close };
}

/** Every event of the boundary: facts about what happened, never commands. */
import { z } from 'zod';
import { defineEvent, type EventDeclaration } from './route.ts';
import { databaseFaultSchema, databaseProgressSchema } from './database-shapes.ts';
import { settingsSchema } from './settings.ts';
import { deviceJobSchema } from './device-shapes.ts';
import { runProgressSchema, runSummarySchema } from './shapes.ts';

/** The most queued runs that an event names. */
export const MOST_QUEUED_TOLD = 200;

export const events = {
  /** A run reached a generation; at most 10 a second per run. */
  runProgress: defineEvent('run.progress', runProgressSchema),
  /** A run was created, or its status, name, tags, notes or star changed. */
  runChanged: defineEvent('run.changed', z.object({ run: runSummarySchema })),
  /** The queued runs, next first, after some of them came, went or changed places: the first `MOST_QUEUED_TOLD` of `total`. */
  queueChanged: defineEvent('queue.changed', z.object({ runIds: z.array(z.number()), total: z.number() })),
  /** Here or in another window of the same host. */
  settingsChanged: defineEvent('settings.changed', z.object({ settings: settingsSchema })),
  /** How far the check, backup, compaction or move under way is; at most 10 a second. */
  databaseProgress: defineEvent('database.progress', databaseProgressSchema),
  /** The file at the database's path is no longer the one that is open. */
  databaseLost: defineEvent('database.lost', databaseFaultSchema),
  /** Work on a device began, went on or ended; at most 10 a second. */
  deviceChanged: defineEvent('device.changed', z.object({ job: deviceJobSchema })),
  runDeleted: defineEvent('run.deleted', z.object({ runId: z.number() })),
} as const;

export type Events = typeof events;
type EventOf = Events[keyof Events];
export type EventName = EventOf['name'];
export type EventPayload<Name extends EventName> = z.output<Extract<EventOf, { name: Name }>['payload']>;
/** Any event with its payload. */
export type AnyEvent = {
  [Name in EventName]: { readonly name: Name; readonly payload: EventPayload<Name> };
}[EventName];

const byName: ReadonlyMap<string, EventDeclaration> = new Map(
  Object.values(events).map((event) => [event.name, event]),
);

/** The declaration of the event called `name`, or undefined. */
export function findEvent(name: string): EventDeclaration | undefined {
  return byName.get(name);
}

/** The one place where events are announced and listened to. */
import type { Logger } from 'pino';
import { findEvent, type AnyEvent } from '#shared/contract/events.ts';

export type Listener = (event: AnyEvent) => void;

export class EventHub {
  readonly #listeners = new Set<Listener>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Calls every listener. A payload that breaks the contract is a bug: it is logged and not passed on. */
  emit(event: AnyEvent): void {
    const checked = findEvent(event.name)?.payload.safeParse(event.payload);
    if (checked?.success !== true) {
      this.#log.error({ event: event.name, error: checked?.error }, 'an event breaks the contract');
      return;
    }
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#log.error({ event: event.name, err: error }, 'a listener failed');
      }
    }
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

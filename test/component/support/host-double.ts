/** A host in memory for component tests: answers routes with handlers a test gives, keeps what was asked, and sends events. */
import type { Transport } from '#shared/contract/client.ts';
import type { EventName, EventPayload } from '#shared/contract/events.ts';
import type { ParsedInput, RouteName, RouteOutput } from '#shared/contract/routes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { useTransport, type ConnectionState } from '#renderer/api/index.ts';

type HandlersOfTest = {
  [Name in RouteName]?: (input: ParsedInput<Name>) => RouteOutput<Name> | Promise<RouteOutput<Name>>;
};

export class HostDouble implements Transport {
  /** Every request in order. */
  readonly requests: { readonly route: string; readonly input: unknown }[] = [];
  readonly handlers: HandlersOfTest;
  readonly #listeners = new Set<(event: string, payload: unknown) => void>();
  #tellState: (state: ConnectionState) => void = () => {};

  constructor(handlers: HandlersOfTest = {}) {
    this.handlers = handlers;
  }

  /** Makes the renderer talk to this host. */
  install(): this {
    this.#tellState = useTransport(this);
    return this;
  }

  async invoke(route: string, input: unknown): Promise<unknown> {
    this.requests.push({ route, input });
    const handler = this.handlers[route as RouteName] as ((input: unknown) => unknown) | undefined;
    if (handler === undefined) throw new WorkbenchError('test.noHandler', `the test gave no handler for "${route}"`);
    return handler(input);
  }

  subscribe(listener: (event: string, payload: unknown) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lets the renderer believe that its connection is as given. */
  connection(state: ConnectionState): void {
    this.#tellState(state);
  }

  send<Name extends EventName>(name: Name, payload: EventPayload<Name>): void {
    for (const listener of this.#listeners) listener(name, payload);
  }

  /** The inputs of the requests to `route`. */
  asked(route: RouteName): unknown[] {
    return this.requests.filter((request) => request.route === route).map((request) => request.input);
  }
}

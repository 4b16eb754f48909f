/** The typed client of the boundary, over whatever transport a host gives: validates in both directions. */
import { parseDocument } from '../domain/parse.ts';
import { WorkbenchError } from '../domain/errors.ts';
import { findEvent, type EventName, type EventPayload } from './events.ts';
import { findRoute, type RouteInput, type RouteName, type RouteOutput } from './routes.ts';

/** What a host gives to its client: two channels, nothing else. */
export interface Transport {
  /** Rejects with a WorkbenchError. */
  invoke(route: string, input: unknown): Promise<unknown>;
  /** Calls `listener` for every event; returns the way to stop. */
  subscribe(listener: (event: string, payload: unknown) => void): () => void;
}

export interface Client {
  invoke<Name extends RouteName>(route: Name, input: RouteInput<Name>): Promise<RouteOutput<Name>>;
  on<Name extends EventName>(event: Name, listener: (payload: EventPayload<Name>) => void): () => void;
}

export function createClient(transport: Transport): Client {
  return {
    async invoke<Name extends RouteName>(name: Name, input: RouteInput<Name>) {
      const route = findRoute(name);
      if (route === undefined) throw new WorkbenchError('contract.unknownRoute', `there is no route "${name}"`);
      const parsed = parseDocument(route.input, input, 'input');
      return parseDocument(route.output, await transport.invoke(name, parsed), 'output') as RouteOutput<Name>;
    },
    on<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void) {
      const declaration = findEvent(name);
      return transport.subscribe((event, payload) => {
        if (event === name && declaration !== undefined)
          listener(parseDocument(declaration.payload, payload, 'event') as EventPayload<Name>);
      });
    },
  };
}

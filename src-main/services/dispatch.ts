/** Calls the handler of a route by name: validates what comes in and what goes out, and lets WorkbenchErrors out only (DESIGN §3). */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import { parseDocument } from '#shared/domain/parse.ts';
import { findRoute, routes, type Handlers } from '#shared/contract/routes.ts';

type AnyHandler = (input: unknown) => unknown;

/**
 * @param explain turns errors of the world outside (the database's) into WorkbenchErrors where it can
 * @returns a function that rejects with a WorkbenchError only
 */
export function createDispatcher(
  handlers: Handlers,
  log: Logger,
  explain: (error: unknown) => unknown,
): (route: string, input: unknown) => Promise<unknown> {
  const byName = new Map<string, AnyHandler>(
    Object.entries(handlers).map(([name, handler]) => [name, handler as AnyHandler]),
  ); // the route's schema proves the input
  return async (name, input) => {
    const route = findRoute(name);
    const handler = byName.get(name);
    if (route === undefined || handler === undefined) {
      throw new WorkbenchError('contract.unknownRoute', `there is no route "${name}"`, {
        hint: suggest(
          name,
          Object.values(routes).map((known) => known.name),
        ),
      });
    }
    const parsed = parseDocument(route.input, input, 'input');
    try {
      return route.output.parse(await handler(parsed));
    } catch (cause) {
      const error = explain(cause);
      if (error instanceof WorkbenchError) throw error;
      throw unexpected(name, error, log);
    }
  };
}

/** A bug: logged in full, reported with the id under which it is in the log. */
function unexpected(route: string, cause: unknown, log: Logger): WorkbenchError {
  const correlationId = randomUUID().slice(0, 8);
  log.error({ correlationId, route, err: cause }, 'unexpected error');
  return new WorkbenchError(
    'internal.unexpected',
    `something unexpected went wrong in ${route} (error ${correlationId})`,
    { hint: `the log has the details under ${correlationId}; please report it`, cause },
  );
}

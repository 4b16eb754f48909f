/** How a route and an event of the boundary are declared (DESIGN §3). */
import type { z } from 'zod';

export interface Route<
  Name extends string = string,
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> {
  readonly name: Name;
  readonly input: Input;
  readonly output: Output;
}

export interface EventDeclaration<Name extends string = string, Payload extends z.ZodType = z.ZodType> {
  readonly name: Name;
  readonly payload: Payload;
}

/** Declares a route: its name is `area.verb`; input and output are validated at both ends. */
export function defineRoute<const Name extends string, Input extends z.ZodType, Output extends z.ZodType>(
  name: Name,
  schemas: { input: Input; output: Output },
): Route<Name, Input, Output> {
  return { name, ...schemas };
}

/** Declares an event: a fact, named `area.pastParticiple` or `area.noun`. */
export function defineEvent<const Name extends string, Payload extends z.ZodType>(
  name: Name,
  payload: Payload,
): EventDeclaration<Name, Payload> {
  return { name, payload };
}

/** What MiniZinc says while Chuffed solves a model, one JSON object a line, as far as it matters here. */
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';

const messageSchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('solution'), output: z.looseObject({ dzn: z.string() }) }),
  z.looseObject({ type: z.literal('status'), status: z.string() }),
  z.looseObject({ type: z.literal('error'), message: z.string() }),
  z.looseObject({ type: z.literal('stderr'), value: z.string() }),
  /** Nothing more comes of this model. */
  z.looseObject({ type: z.literal('exit'), code: z.number(), message: z.string().optional() }),
  /** Its time was over, so that it was ended. */
  z.strictObject({ type: z.literal('limit') }),
]);
export type ChuffedMessage = z.output<typeof messageSchema>;

/** Undefined for what does not matter here: statistics, warnings. @throws WorkbenchError `cp.failed` for what is no message at all */
export function readChuffedMessage(text: string): ChuffedMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw chuffedFailed(`it says "${text.slice(0, 200)}"`);
  }
  return messageSchema.safeParse(value).data;
}

/** The value of each variable of a solution: lines of `name = number;`. */
export function valuesOf(dzn: string): ReadonlyMap<string, number> {
  return new Map(
    [...dzn.matchAll(/(\w+) = (-?\d+);/g)].map(([, name = '', value = '']): [string, number] => [name, Number(value)]),
  );
}

export function chuffedFailed(reason: string): WorkbenchError {
  return new WorkbenchError('cp.failed', `Chuffed failed: ${reason}`, {
    hint: 'what had been found before is kept; a smaller scenario, or less time for the solver, may do',
  });
}

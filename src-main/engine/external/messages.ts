/** The messages that a scheduler outside writes, one JSON object a line (DESIGN §19), and what is said of a line that is none. */
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';

/** Solutions in one message: a population of any size that is still recorded as one generation. */
const MOST_SOLUTIONS = 10_000;
const LONGEST_PROGRESS_TEXT = 500;
/** Characters of a wrong line that its error quotes. */
const QUOTED = 200;

/** A mapping file; what is wrong inside it is said in its score, so that the program can go on. */
const solutionShape = {
  mapping: z.record(z.string(), z.unknown()),
  /** What the program makes of it, ms. */
  makespanMs: z.number().min(0).optional(),
};
const solutionSchema = z.looseObject(solutionShape);
export type GivenSolution = z.output<typeof solutionSchema>;

const messageSchema = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('solution'), ...solutionShape }),
  z.strictObject({ type: z.literal('solutions'), solutions: z.array(solutionSchema).max(MOST_SOLUTIONS) }),
  z.strictObject({ type: z.literal('bound'), makespanMs: z.number().min(0) }),
  z.strictObject({
    type: z.literal('progress'),
    text: z.string().transform((text) => text.slice(0, LONGEST_PROGRESS_TEXT)),
    done: z.number().min(0).max(1).optional(),
  }),
  z.strictObject({ type: z.literal('done') }),
]);
export type Message = z.output<typeof messageSchema>;

/** @param number of the line, from 1 @throws WorkbenchError `external.badLine` */
export function parseMessage(text: string, number: number): Message {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badLine(text, number, 'not JSON');
  }
  const parsed = messageSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw badLine(text, number, path.length === 0 ? message : `at ${path.join('.')}: ${message}`);
}

function badLine(text: string, number: number, reason: string): WorkbenchError {
  const quoted = text.length > QUOTED ? `${text.slice(0, QUOTED)}… (${text.length} characters)` : text;
  return new WorkbenchError(
    'external.badLine',
    `line ${number} of what the external scheduler writes is no message (${reason}): "${quoted}"`,
    {
      hint:
        'it writes one JSON object a line: solution, solutions, bound, progress or done; anything else belongs on standard error. ' +
        'What it had found before is kept',
    },
  );
}

/** Asks the workbench and gives the answer as a value, errors included: the form in which it crosses to a renderer. */
import type { Answer } from '#shared/contract/messages.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { Workbench } from '../services/workbench.ts';

/** Never rejects. */
export async function answer(workbench: Pick<Workbench, 'invoke'>, route: string, input: unknown): Promise<Answer> {
  try {
    return { output: await workbench.invoke(route, input) };
  } catch (error) {
    return { error: payloadOf(error) };
  }
}

/** Any error in the form in which errors cross the boundary. */
export function payloadOf(error: unknown): Extract<Answer, { error: unknown }>['error'] {
  const known =
    error instanceof WorkbenchError
      ? error
      : new WorkbenchError(
          'internal.unexpected',
          `something unexpected went wrong: ${error instanceof Error ? error.message : String(error)}`,
          { hint: 'please report it' },
        );
  const { code, message, details, hint } = known.toPayload();
  return { code, message, hint, details: details.map((issue) => ({ ...issue, path: [...issue.path] })) };
}

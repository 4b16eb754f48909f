/** Any error in the shape that crosses processes. */
import { WorkbenchError, type ErrorPayload } from '#shared/domain/errors.ts';
import { isOutOfMemory, outOfMemory } from './out-of-memory.ts';

/**
 * A WorkbenchError as it is, memory that ran out as `internal.outOfMemory`; anything else as `internal.unexpected`, with its stack as the
 * hint for a report.
 * @param work what needed the memory
 */
export function errorPayloadOf(error: unknown, work = 'the search'): ErrorPayload {
  if (error instanceof WorkbenchError) return error.toPayload();
  if (isOutOfMemory(error)) return outOfMemory(work).toPayload();
  const message = error instanceof Error ? error.message : String(error);
  const at =
    error instanceof Error
      ? error.stack
          ?.split('\n')
          .slice(1, 4)
          .map((line) => line.trim())
          .join(' ')
      : undefined;
  return {
    code: 'internal.unexpected',
    message: `the run failed unexpectedly: ${message}`,
    details: [],
    hint: `please report this${at === undefined ? '' : `: ${at}`}`,
  };
}

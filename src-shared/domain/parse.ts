/** Parsing a document: runs a zod schema and reports whatever it found as Tessera's own precise issues. */
import type { z } from 'zod';
import { formatPath, WorkbenchError, type Issue } from './errors.ts';
import { issuesOf, MOST_ISSUES } from './zod-issues.ts';

/**
 * Parses `input` with `schema`.
 * @param what the document as a person calls it ("platform", "scenario").
 * @throws WorkbenchError `<what>.invalid` with one issue per offending field.
 */
export function parseDocument<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  what: string,
): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw invalid(what, issuesOf(result.error.issues, schema, input));
}

/** The error for a document with `issues`; the first one gives the message. */
export function invalid(what: string, issues: readonly Issue[]): WorkbenchError {
  const [first] = issues;
  const more =
    issues.length > 1 ? ` (and ${issues.length >= MOST_ISSUES ? 'at least ' : ''}${issues.length - 1} more)` : '';
  const where = first === undefined || first.path.length === 0 ? '' : `${formatPath(first.path)}: `;
  return new WorkbenchError(`${what}.invalid`, `${what}: ${where}${first?.message ?? 'is not valid'}${more}`, {
    hint: first?.hint ?? (first ? `expected ${first.expected}` : ''),
    path: first?.path ?? [],
    details: issues,
  });
}

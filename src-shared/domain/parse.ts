/** Parsing a document: runs a zod schema and turns whatever it found into Tessera's own precise issues. */
import type { z } from 'zod';
import { describeValue, formatPath, suggest, WorkbenchError, type Issue, type Path } from './errors.ts';

type ZodIssue = z.core.$ZodIssue;

/**
 * Parses `input` with `schema`.
 * @param what the document as a person calls it ("platform", "scenario").
 * @throws WorkbenchError `<what>.invalid` with one issue per offending field.
 */
export function parseDocument<Schema extends z.ZodType>(schema: Schema, input: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw invalid(what, issuesOf(result.error.issues, input));
}

/** The error for a document with `issues`; the first one gives the message. */
export function invalid(what: string, issues: readonly Issue[]): WorkbenchError {
  const [first] = issues;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const where = first === undefined || first.path.length === 0 ? '' : `${formatPath(first.path)}: `;
  return new WorkbenchError(`${what}.invalid`, `${what}: ${where}${first?.message ?? 'is not valid'}${more}`, {
    hint: first?.hint ?? (first ? `expected ${first.expected}` : ''),
    path: first?.path ?? [],
    details: issues,
  });
}

function issuesOf(zodIssues: readonly ZodIssue[], input: unknown): Issue[] {
  return zodIssues.flatMap((issue) => toIssues(issue, input, []));
}

function toIssues(issue: ZodIssue, input: unknown, base: Path): Issue[] {
  const path: Path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  const value = valueAt(input, path);
  const shown = describeValue(value);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `unknown field "${key}"`,
        value: describeValue(valueAt(input, [...path, key])),
        expected: 'no such field',
        hint: 'remove it, or check its spelling',
      }));
    case 'invalid_union': {
      const branch = mostSpecific(issue.errors);
      if (branch !== undefined) return branch.flatMap((inner) => toIssues(inner, input, path));
      return [{ path, message: `${shown} is not accepted here`, value: shown, expected: issue.message }];
    }
    case 'invalid_value': {
      const allowed = issue.values.map((candidate) => JSON.stringify(candidate)).join(', ');
      return [{
        path, message: `${shown} is not one of ${allowed}`, value: shown, expected: `one of ${allowed}`,
        ...(typeof value === 'string' ? { hint: suggest(value, issue.values.map(String)) } : {}),
      }];
    }
    case 'invalid_type': {
      const expected = issue.expected === 'number' || issue.expected === 'int' ? `a finite ${issue.expected === 'int' ? 'whole ' : ''}number` : withArticle(issue.expected);
      if (value === undefined) return [{ path, message: 'is missing', value: shown, expected, hint: `add ${expected}` }];
      return [{ path, message: `${shown} is not ${expected}`, value: shown, expected }];
    }
    case 'too_small':
      return [{ path, message: `${shown} is too small`, value: shown, expected: bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum) }];
    case 'too_big':
      return [{ path, message: `${shown} is too large`, value: shown, expected: bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum) }];
    case 'custom': {
      const parameters: Record<string, unknown> = issue.params ?? {};
      return [{
        path, message: issue.message, value: shown,
        expected: typeof parameters['expected'] === 'string' ? parameters['expected'] : 'another value',
        ...(typeof parameters['hint'] === 'string' ? { hint: parameters['hint'] } : {}),
      }];
    }
    default:
      return [{ path, message: `${shown} is not valid: ${issue.message}`, value: shown, expected: issue.message }];
  }
}

/** Of a union's branches, the one that got furthest into the value: the one the author meant. */
function mostSpecific(branches: readonly (readonly ZodIssue[])[]): readonly ZodIssue[] | undefined {
  const rank = (branch: readonly ZodIssue[]): number => {
    if (branch.some((issue) => issue.code === 'invalid_type' && issue.path.length === 0)) return 0;
    return 1 + Math.max(0, ...branch.map((issue) => issue.path.length));
  };
  let best: readonly ZodIssue[] | undefined;
  for (const branch of branches) {
    if (branch.length > 0 && rank(branch) > 0 && (best === undefined || rank(branch) > rank(best))) best = branch;
  }
  return best;
}

function bound(origin: string, comparison: string, limit: number | bigint): string {
  if (origin === 'string') return `${comparison} ${limit} characters`;
  if (origin === 'array' || origin === 'set' || origin === 'object') return `${comparison} ${limit} entries`;
  return limit === 0 && comparison === 'more than' ? 'a positive number' : `${comparison} ${limit}`;
}

function withArticle(noun: string): string {
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

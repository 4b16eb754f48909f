/** From zod's issues to Tessera's: the path, the value, what was expected, and what to do, in words for the author of a document. */
import type { z } from 'zod';
import { closest, describeValue, suggest, type Issue, type Path } from './errors.ts';
import { readingsOf } from './numerals.ts';
import { fieldsAt } from './schema-fields.ts';

type ZodIssue = z.core.$ZodIssue;

/** No more issues than this are reported for one document: nobody reads more, and a hostile one has hundreds of thousands. */
export const MOST_ISSUES = 100;

/**
 * What zod found in `input`, one issue per offending field, at most `MOST_ISSUES`. `schema` says which fields exist
 * where one is unknown.
 */
export function issuesOf(zodIssues: readonly ZodIssue[], schema: z.ZodType, input: unknown): Issue[] {
  const issues: Issue[] = [];
  for (const issue of zodIssues) {
    if (issues.length >= MOST_ISSUES) break;
    issues.push(...toIssues(issue, schema, input, []));
  }
  return issues.slice(0, MOST_ISSUES);
}

function toIssues(issue: ZodIssue, schema: z.ZodType, input: unknown, base: Path): Issue[] {
  const path: Path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  const value = valueAt(input, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys
        .slice(0, MOST_ISSUES)
        .map((key) => unknownField(key, [...path, key], fieldsAt(schema, path), valueAt(input, [...path, key])));
    case 'invalid_union': {
      const branch = mostSpecific(issue.errors);
      if (branch !== undefined)
        return branch.slice(0, MOST_ISSUES).flatMap((inner) => toIssues(inner, schema, input, path));
      if (issue.errors.some((errors) => errors.some(wantsNumber)) && isDoubtful(value))
        return [doubtful(path, value, 'a finite number')];
      return [
        wrong(
          path,
          value,
          issue.errors.flatMap((errors) => errors.slice(0, 1).map(expectationOf)).join(' or ') || 'another value',
        ),
      ];
    }
    case 'invalid_value': {
      const hint =
        typeof value === 'string' && issue.values.length > 1 ? suggest(value, issue.values.map(String)) : undefined;
      return [wrong(path, value, expectationOf(issue), hint)];
    }
    case 'invalid_type': {
      if (wantsNumber(issue) && isDoubtful(value)) return [doubtful(path, value, expectationOf(issue))];
      const quotedNumber =
        typeof value === 'string' && wantsNumber(issue) && value.trim() !== '' && Number.isFinite(Number(value));
      return [
        wrong(path, value, expectationOf(issue), quotedNumber ? `write ${Number(value)} without quotes` : undefined),
      ];
    }
    case 'too_small':
    case 'too_big':
      return [
        { ...wrong(path, value, expectationOf(issue)), message: `${describeValue(value)} ${sizeComplaint(issue)}` },
      ];
    case 'invalid_format':
      return [
        {
          ...wrong(path, value, expectationOf(issue)),
          message: `${describeValue(value)} is not accepted: expected ${expectationOf(issue)}`,
        },
      ];
    case 'invalid_key': {
      const key = String(path[path.length - 1] ?? '');
      const expected = issue.issues.map(expectationOf).join(' and ');
      return [
        {
          path,
          message: `"${key}" is not accepted as a key: expected ${expected}`,
          value: describeValue(key),
          expected,
          hint: `rename the key to ${expected}`,
        },
      ];
    }
    case 'custom': {
      const given = (name: string): string | undefined =>
        typeof issue.params?.[name] === 'string' ? issue.params[name] : undefined;
      const expected = given('expected') ?? 'another value';
      return [
        {
          path,
          message: issue.message,
          value: given('value') ?? describeValue(value),
          expected,
          hint: given('hint') ?? `expected ${expected}`,
        },
      ];
    }
    default:
      return [
        { ...wrong(path, value, issue.message), message: `${describeValue(value)} is not valid: ${issue.message}` },
      ];
  }
}

function wantsNumber(issue: ZodIssue): boolean {
  return issue.code === 'invalid_type' && (issue.expected === 'number' || issue.expected === 'int');
}

/** Whether a text may be two numbers, one with decimals and one with thousands. */
function isDoubtful(value: unknown): value is string {
  return typeof value === 'string' && readingsOf(value).length > 1;
}

/** A text that may be two numbers: "4.000". */
function doubtful(path: Path, value: string, expected: string): Issue {
  const [fraction, whole] = readingsOf(value)
    .map((reading) => reading.value)
    .toSorted((a, b) => Math.abs(a) - Math.abs(b));
  // A fraction with exactly three decimals needs a fourth to be told from thousands.
  const hint = value.trim().endsWith('0')
    ? 'write it without a separator of thousands'
    : `write it without a separator of thousands, as ${whole}, or with one more decimal, as ${fraction}0`;
  return {
    path,
    message: `${describeValue(value)} may be ${whole} or ${fraction}`,
    value: describeValue(value),
    expected,
    hint,
  };
}

/** A value of the wrong kind, or one that is missing. */
function wrong(path: Path, value: unknown, expected: string, hint?: string): Issue {
  if (value === undefined) {
    const name = path.at(-1);
    // A value that is the only one possible says nothing without its field: "schemaVersion": 1.
    const isLiteral = typeof name === 'string' && /^["\d-]|^(true|false)$/.test(expected);
    return {
      path,
      message: 'is missing',
      value: 'undefined',
      expected,
      hint: isLiteral ? `add ${JSON.stringify(name)}: ${expected}` : `add ${expected}`,
    };
  }
  return {
    path,
    message: `${describeValue(value)} is not ${expected}`,
    value: describeValue(value),
    expected,
    hint: hint ?? `use ${expected}`,
  };
}

function unknownField(key: string, path: Path, fields: readonly string[], value: unknown): Issue {
  const meant = closest(key, fields);
  return {
    path,
    message: `unknown field "${key}"`,
    value: describeValue(value),
    expected: fields.length > 0 ? `one of ${fields.map((field) => `"${field}"`).join(', ')}` : 'no such field',
    hint: meant === undefined ? 'remove it' : `did you mean "${meant}"?`,
  };
}

/** What an issue's place should hold, as it continues "expected …". */
function expectationOf(issue: ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return (
        typeNames[issue.expected] ?? (/^[aeiou]/.test(issue.expected) ? `an ${issue.expected}` : `a ${issue.expected}`)
      );
    case 'invalid_value': {
      const allowed = issue.values.map((candidate) => JSON.stringify(candidate));
      return allowed.length === 1 ? allowed.join('') : `one of ${allowed.join(', ')}`;
    }
    case 'too_small':
      return bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    default:
      return issue.message;
  }
}

const typeNames: Readonly<Record<string, string>> = {
  number: 'a finite number',
  int: 'a whole number',
  string: 'a string',
  record: 'an object',
  object: 'an object',
  array: 'an array',
};

function bound(origin: string, comparison: string, limit: number | bigint): string {
  if (origin === 'string')
    return Number(limit) === 1 && comparison === 'at least'
      ? 'a string that is not empty'
      : `${comparison} ${limit} characters`;
  if (origin === 'array' || origin === 'set' || origin === 'object')
    return `${comparison} ${limit} ${Number(limit) === 1 ? 'entry' : 'entries'}`;
  if (comparison === 'at least' && limit > 0 && limit < 1) return `a positive number of at least ${limit}`;
  return Number(limit) === 0 && comparison === 'more than'
    ? 'a positive number'
    : `a number of ${comparison} ${limit}`.replace('of more than', 'above').replace('of less than', 'below');
}

function sizeComplaint(issue: Extract<ZodIssue, { code: 'too_small' | 'too_big' }>): string {
  if (issue.origin === 'string') return issue.code === 'too_small' ? 'is too short' : 'is too long';
  if (issue.origin === 'array' || issue.origin === 'object')
    return issue.code === 'too_small' ? 'has too few entries' : 'has too many entries';
  return issue.code === 'too_small' ? 'is too small' : 'is too large';
}

/** Of a union's branches, the one that got furthest into the value: the one the author meant. Undefined when none took the value's kind. */
function mostSpecific(branches: readonly (readonly ZodIssue[])[]): readonly ZodIssue[] | undefined {
  const depth = (branch: readonly ZodIssue[]): number => {
    if (
      branch.some(
        (issue) => issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value'),
      )
    )
      return 0;
    return 1 + Math.max(0, ...branch.map((issue) => issue.path.length));
  };
  let best: readonly ZodIssue[] | undefined;
  for (const branch of branches) {
    if (branch.length > 0 && depth(branch) > 0 && (best === undefined || depth(branch) > depth(best))) best = branch;
  }
  return best;
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

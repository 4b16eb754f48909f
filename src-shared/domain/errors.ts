/** The one error type that crosses rooms, processes and hosts: what was wrong, where, and what to do. */

export type Path = readonly (string | number)[];

/** One thing wrong with a document or an input. */
export interface Issue {
  /** Where, from the document's root, e.g. `['layers', 3, 'executionTimeMs', 'npu']`. */
  readonly path: Path;
  /** What is wrong, in a sentence that names the value. */
  readonly message: string;
  /** The offending value, shortened to something printable. */
  readonly value?: string;
  /** What was expected instead. */
  readonly expected: string;
  /** What to do about it, where there is something to say. */
  readonly hint?: string;
}

/** The shape in which an error crosses the boundary (DESIGN §3). */
export interface ErrorPayload {
  readonly code: string;
  readonly message: string;
  readonly details: readonly Issue[];
  readonly hint: string;
  /** Where in what was given; only when there is such a place. */
  readonly path?: Path;
}

export interface WorkbenchErrorOptions {
  readonly hint?: string;
  readonly path?: Path;
  readonly details?: readonly Issue[];
  readonly cause?: unknown;
}

/** Characters of one sentence of an error: names and values from a file may be of any length. */
const LONGEST_TEXT = 2000;
/** Issues that one error carries. */
const MOST_DETAILS = 1000;

function bounded(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text;
}

function boundedIssue(issue: Issue): Issue {
  const { path, message, value, expected, hint } = issue;
  const texts = [message, value ?? '', expected, hint ?? '', ...path.filter((part) => typeof part === 'string')];
  if (texts.every((text) => text.length <= LONGEST_TEXT)) return issue;
  return {
    ...issue,
    path: path.map((part) => (typeof part === 'string' ? bounded(part) : part)),
    message: bounded(message),
    expected: bounded(expected),
    ...(value === undefined ? {} : { value: bounded(value) }),
    ...(hint === undefined ? {} : { hint: bounded(hint) }),
  };
}

/**
 * An error a person can act on. `code` is `area.reason`; `message` says what was wrong with what was
 * given; `hint` says what to do.
 */
export class WorkbenchError extends Error {
  readonly code: string;
  readonly hint: string;
  readonly path: Path;
  readonly details: readonly Issue[];

  constructor(code: string, message: string, options: WorkbenchErrorOptions = {}) {
    super(bounded(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'WorkbenchError';
    this.code = code;
    this.hint = bounded(options.hint ?? '');
    this.path = (options.path ?? []).map((part) => (typeof part === 'string' ? bounded(part) : part));
    this.details = (options.details ?? []).slice(0, MOST_DETAILS).map(boundedIssue);
  }

  toPayload(): ErrorPayload {
    const { code, message, details, hint, path } = this;
    return { code, message, details, hint, ...(path.length === 0 ? {} : { path }) };
  }

  static fromPayload(payload: ErrorPayload): WorkbenchError {
    return new WorkbenchError(payload.code, payload.message, payload);
  }

  /** Where it is, for a person: "budget.evaluations"; empty where the message says it, as it does of places in files. */
  get place(): string {
    const isInFile = !/^\w+$/.test(String(this.path[0]));
    const text = this.path.length < 2 || isInFile ? '' : formatPath(this.path);
    return this.message.includes(text) ? '' : text;
  }
}

/** `layers[3].executionTimeMs.npu` for `['layers', 3, 'executionTimeMs', 'npu']`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[A-Za-z_$][\w$]*$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}

/** A value as a person would quote it, at most 80 characters. */
export function describeValue(value: unknown): string {
  const text =
    typeof value === 'string'
      ? JSON.stringify(value)
      : typeof value === 'number' || value === undefined || value === null || typeof value === 'boolean'
        ? String(value)
        : Array.isArray(value)
          ? `an array of ${value.length}`
          : typeof value === 'object'
            ? 'an object'
            : typeof value;
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** Pairs of letters that are compared to find out what was meant: more would keep everybody waiting for a hint. */
const MOST_COMPARISONS = 2_000_000;

/**
 * The candidate closest to `given` by edit distance, when it is close enough to be what was meant; else the one it
 * abbreviates. Of very many only the first are looked at.
 */
export function closest(given: string, candidates: Iterable<string>): string | undefined {
  const known = [...candidates];
  return nearest(given, known) ?? abbreviated(given, known);
}

function nearest(given: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(given.length / 3)) + 1;
  let comparisons = 0;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - given.length) >= bestDistance) continue; // it needs as many insertions at least
    comparisons += candidate.length * given.length;
    if (comparisons > MOST_COMPARISONS) break;
    const distance = editDistance(given.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Fewer letters are in too many names. */
const SHORTEST_ABBREVIATION = 3;

/** Of very many candidates only so many are looked at. */
const MOST_ABBREVIATED = 10_000;

/** The shortest candidate that begins like `given` and has its letters in their order ("popsize" → "populationSize"); undefined where two are as short. */
function abbreviated(given: string, candidates: readonly string[]): string | undefined {
  const letters = lettersOf(given);
  if (letters.length < SHORTEST_ABBREVIATION) return undefined;
  const fitting = candidates
    .slice(0, MOST_ABBREVIATED)
    .filter((candidate) => isAbbreviation(letters, lettersOf(candidate)))
    .sort((a, b) => a.length - b.length);
  return fitting.length > 1 && fitting[0].length === fitting[1].length ? undefined : fitting[0];
}

function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function isAbbreviation(short: string, long: string): boolean {
  if (short[0] !== long[0]) return false;
  let at = 0;
  for (const letter of long) if (letter === short[at]) at++;
  return at === short.length;
}

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours, O(|a|·|b|). */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let distance = Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        distance = Math.min(distance, (beforePrevious[j - 2] ?? 0) + 1);
      current.push(distance);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** `did you mean "x"?`, or the list of what exists when nothing is close. */
export function suggest(given: string, candidates: readonly string[]): string {
  const best = closest(given, candidates);
  if (best !== undefined) return `did you mean "${best}"?`;
  if (candidates.length === 0) return 'there is none yet';
  const shown = candidates
    .slice(0, 8)
    .map((candidate) => `"${candidate}"`)
    .join(', ');
  return `known: ${shown}${candidates.length > 8 ? `, … (${candidates.length} in all)` : ''}`;
}

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
}

export interface WorkbenchErrorOptions {
  readonly hint?: string;
  readonly path?: Path;
  readonly details?: readonly Issue[];
  readonly cause?: unknown;
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
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'WorkbenchError';
    this.code = code;
    this.hint = options.hint ?? '';
    this.path = options.path ?? [];
    this.details = options.details ?? [];
  }

  toPayload(): ErrorPayload {
    return { code: this.code, message: this.message, details: this.details, hint: this.hint };
  }

  static fromPayload(payload: ErrorPayload): WorkbenchError {
    return new WorkbenchError(payload.code, payload.message, { hint: payload.hint, details: payload.details });
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
    typeof value === 'string' ? JSON.stringify(value)
    : typeof value === 'number' || value === undefined || value === null || typeof value === 'boolean' ? String(value)
    : Array.isArray(value) ? `an array of ${value.length}`
    : typeof value === 'object' ? 'an object'
    : typeof value;
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** The candidate closest to `given` by edit distance, when it is close enough to be what was meant. */
export function closest(given: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(given.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(given.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
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
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) distance = Math.min(distance, (beforePrevious[j - 2] ?? 0) + 1);
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
  const shown = candidates.slice(0, 8).map((candidate) => `"${candidate}"`).join(', ');
  return `known: ${shown}${candidates.length > 8 ? `, … (${candidates.length} in all)` : ''}`;
}

/** However a document is broken, parsing ends in the document or in an error that says where and what; nothing else comes out. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import { arbitraryScenario } from '#test/fixtures/random-scenario.ts';
import { WorkbenchError, type Path } from '#shared/domain/errors.ts';
import { emptyLibrary, parseScenario, resolveScenario } from '#shared/domain/scenario.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { referenceMetrics } from '#shared/scheduling/npu-first.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Every place in a document, the root included. */
function placesOf(value: Json, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([key, inner]) =>
      placesOf(inner, [...path, Array.isArray(value) ? Number(key) : key]),
    ),
  ];
}

/** `value` with the place at `path` replaced by `replacement`, or removed when that is undefined. */
function replaced(value: unknown, [part, ...rest]: Path, replacement: unknown): unknown {
  if (part === undefined) return replacement;
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value as object);
  const changed = entries
    .map(([key, inner]) => [key, key === part ? replaced(inner, rest, replacement) : inner] as const)
    .filter(([, inner]) => inner !== undefined);
  return Array.isArray(value) ? changed.map(([, inner]) => inner) : Object.fromEntries(changed);
}

/** What a mistake or a broken file may put anywhere. */
const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1,
    0,
    1e308,
    5e-324,
    0.5,
    '',
    ' ',
    'cpu',
    'l0',
    '__proto__',
    'constructor',
    true,
    [],
    {},
    [[]],
    [null],
    new Date(0),
    10n,
  ),
  fc.integer(),
  fc.double(),
  fc.string(),
  fc.jsonValue(),
);

const documentAndMutation = arbitraryScenario()
  .map((scenario) => JSON.parse(JSON.stringify(scenario)) as Json)
  .chain((document) =>
    fc.record({ document: fc.constant(document), path: fc.constantFrom(...placesOf(document)), replacement: junk }),
  );

/** The error with which a scenario is refused on its way to a schedule, or undefined. Anything else that is thrown passes through. */
function refusalOf(input: unknown): WorkbenchError | undefined {
  try {
    referenceMetrics(compileProblem(resolveScenario(parseScenario(input), emptyLibrary)));
    return undefined;
  } catch (error) {
    if (error instanceof WorkbenchError) return error;
    throw error;
  }
}

/** What an error leaves unsaid. */
function flawsOf(error: WorkbenchError): string[] {
  const flaws: string[] = [];
  if (!/^(scenario\.(invalid|unknownPlatform|unknownNetwork)|problem\.tooLarge)$/.test(error.code))
    flaws.push(`code ${error.code}`);
  if (error.message === '' || error.hint === '') flaws.push('no message or hint');
  if (error.code === 'scenario.invalid' && error.details.length === 0) flaws.push('no details');
  for (const { message, expected, hint, value } of error.details) {
    if (/Invalid|undefined is not|\[object/.test(message)) flaws.push(`message "${message}"`);
    if (expected === '' || /Invalid/.test(expected)) flaws.push(`expected "${expected}"`);
    if (hint === undefined || hint === '' || value === undefined) flaws.push(`no hint or value for "${message}"`);
  }
  return flaws;
}

describe('a scenario document with anything anywhere', () => {
  it('is accepted and can be simulated, or is refused with what is wrong at which place', () => {
    let refused = 0;
    const property = fc.property(documentAndMutation, ({ document, path, replacement }) => {
      const refusal = refusalOf(replaced(document, path, replacement));
      if (refusal !== undefined) refused++;
      expect(refusal === undefined ? [] : flawsOf(refusal)).toEqual([]);
    });
    fc.assert(property, { numRuns: 1500 });
    expect(refused).toBeGreaterThan(500);
  });

  it('is not changed by being parsed', () => {
    const property = fc.property(documentAndMutation, ({ document, path, replacement }) => {
      const input = replaced(document, path, replacement);
      const before = structuredClone(input);
      refusalOf(input);
      expect(input).toEqual(before);
    });
    fc.assert(property, { numRuns: 200 });
  });
});

describe('a parsed scenario', () => {
  it('is a scenario document itself, and parses to the same', () => {
    const property = fc.property(arbitraryScenario(), (scenario) => {
      expect(resolveScenario(parseScenario(JSON.parse(JSON.stringify(scenario))), emptyLibrary)).toEqual(scenario);
    });
    fc.assert(property, { numRuns: 200 });
  });
});

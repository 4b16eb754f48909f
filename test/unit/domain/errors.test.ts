/** How errors are worded: paths, values, and suggestions of what was meant. */
import { describe, expect, it } from 'vitest';
import { closest, describeValue, formatPath, suggest, WorkbenchError } from '#shared/domain/errors.ts';

describe('suggestions', () => {
  it.each([
    ['one letter wrong', 'resnet5', 'resnet50'],
    ['two letters swapped', 'sede', 'seed'],
    ['another case', 'RESNET50', 'resnet50'],
    ['the same', 'seed', 'seed'],
  ])('find %s', (_, given, meant) => {
    expect(closest(given, ['ga', 'seed', 'resnet50', 'mobilenet'])).toBe(meant);
  });

  it('know abbreviations that can mean one thing only', () => {
    expect(closest('popsize', ['populationSize', 'generations', 'selection'])).toBe('populationSize');
    expect(closest('mut_rate', ['mutation', 'mutationRate', 'mutatedGenes'])).toBe('mutationRate');
    expect(closest('exe', ['executionTimeMs', 'executedTimeMs'])).toBe('executedTimeMs');
    expect(closest('abc', ['alphabetic', 'alphabetac'])).toBeUndefined();
    expect(closest('ps', ['populationSize'])).toBeUndefined();
  });

  it('are not made when nothing is close: what there is is listed instead', () => {
    expect(closest('xyz', ['seed', 'options'])).toBeUndefined();
    expect(suggest('xyz', ['seed', 'options'])).toBe('known: "seed", "options"');
    expect(
      suggest(
        'xyz',
        Array.from({ length: 20 }, (_, index) => `abc${index}`),
      ),
    ).toMatch(/^known: "abc0", .*, … \(20 in all\)$/);
    expect(suggest('xyz', [])).toBe('there is none yet');
  });
});

it('a path reads like the expression that reaches the field', () => {
  expect(formatPath(['layers', 3, 'executionTimeMs', 'npu'])).toBe('layers[3].executionTimeMs.npu');
  expect(formatPath(['transferMs', 'cpu>npu'])).toBe('transferMs["cpu>npu"]');
  expect(formatPath([])).toBe('');
});

it.each([
  ['text', '"text"'],
  [3.5, '3.5'],
  [Number.NaN, 'NaN'],
  [null, 'null'],
  [undefined, 'undefined'],
  [[1, 2], 'an array of 2'],
  [{ a: 1 }, 'an object'],
  ['x'.repeat(200), `"${'x'.repeat(76)}…`],
])('%j is shown as %s', (value, shown) => {
  expect(describeValue(value)).toBe(shown);
});

it('an error survives crossing a boundary as its payload', () => {
  const error = new WorkbenchError('scenario.invalid', 'scenario: id: is missing', {
    hint: 'add a string',
    details: [{ path: ['id'], message: 'is missing', expected: 'a string' }],
    path: ['scenarios', 2, 'id'],
  });
  const payload = JSON.parse(JSON.stringify(error.toPayload()));
  expect(WorkbenchError.fromPayload(payload).toPayload()).toEqual(error.toPayload());
});

it.each([
  [['budget', 'evaluations'], 'budget.evaluations'],
  [['layers', 3], 'layers[3]'],
  // The request as a whole, or what the message says already.
  [['runId'], ''],
  [[], ''],
  [['scenario', 'id'], ''],
  [['broken.json', 1, 2], ''],
])('an error at %j is at "%s" for a person', (path, place) => {
  expect(new WorkbenchError('a.b', 'scenario.id is missing', { path }).place).toBe(place);
});

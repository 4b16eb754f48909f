/** The registry of schedulers: lookup, options with precise errors, and the descriptions that forms are made from. */
import { describe, expect, test } from 'vitest';
import { schedulerSummarySchema } from '#shared/contract/shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { describeSchedulers, findScheduler, parseOptions, schedulers } from '#main/engine/schedulers/index.ts';

function errorOf(action: () => unknown): WorkbenchError {
  try {
    action();
  } catch (error) {
    if (error instanceof WorkbenchError) return error;
    throw error;
  }
  throw new Error('expected a WorkbenchError');
}

describe('findScheduler', () => {
  test('finds every scheduler by its id', () => {
    for (const scheduler of schedulers) expect(findScheduler(scheduler.id)).toBe(scheduler);
    expect(new Set(schedulers.map(({ id }) => id)).size).toBe(schedulers.length);
  });

  test('says what may have been meant by an unknown id', () => {
    const error = errorOf(() => findScheduler('npu-first'));
    expect(error.code).toBe('scheduler.unknown');
    expect(error.message).toContain('"npu-first"');
    expect(error.hint).toBe('did you mean "npu_first"?');
  });
});

describe('parseOptions', () => {
  const ga = findScheduler('ga');

  test('fills in every default', () => {
    expect(parseOptions(ga, {})).toMatchObject({
      populationSize: 200,
      generations: 200,
      selection: 'tournament',
      crossover: 'uniform',
      mutation: 'bit_flip',
      weights: { throughput: 1, normalise: true },
    });
    expect(parseOptions(ga, {})).toHaveProperty('genes', { priorities: false, cores: true, frequencies: true });
    expect(parseOptions(ga, { weights: { energy: 3 } }).weights).toMatchObject({ throughput: 1, energy: 3 });
  });

  test.each([
    [{ populationSize: 1 }, ['options', 'populationSize'], 'at least 2'],
    [{ populationSize: 10.5 }, ['options', 'populationSize'], 'whole number'],
    [{ mutationRate: 1.5 }, ['options', 'mutationRate'], 'at most 1'],
    [{ mutationRate: Number.NaN }, ['options', 'mutationRate'], 'a finite number'],
    [{ selection: 'turnament' }, ['options', 'selection'], 'one of "tournament", "roulette", "rank"'],
    [{ weights: { energy: -1 } }, ['options', 'weights', 'energy'], 'at least 0'],
    [{ weights: { power: 1 } }, ['options', 'weights', 'power'], '"energy"'],
    [{ popSize: 10 }, ['options', 'popSize'], '"populationSize"'],
    [{ populationSize: 10, eliteSize: 10 }, ['options', 'eliteSize'], 'less than populationSize'],
  ])('rejects %j at the offending field', (options, path, expected) => {
    const error = errorOf(() => parseOptions(ga, options));
    expect(error.code).toBe('scheduler.invalid');
    expect(error.details[0]?.path).toEqual(path);
    expect(error.details[0]?.expected).toContain(expected);
  });

  test('hints at the spelling of a misspelt operator', () => {
    expect(errorOf(() => parseOptions(ga, { mutation: 'gausian' })).hint).toBe('did you mean "gaussian"?');
  });
});

describe('describeSchedulers', () => {
  type JsonSchema = {
    readonly type?: string;
    readonly title?: string;
    readonly description?: string;
    readonly default?: unknown;
    readonly isBasic?: boolean;
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
  };

  /** Every option, nested ones included, by its dotted name. */
  function optionsOf(schema: JsonSchema, prefix = ''): [string, JsonSchema][] {
    return Object.entries(schema.properties ?? {}).flatMap(([name, option]) => [
      [`${prefix}${name}`, option] as [string, JsonSchema],
      ...optionsOf(option, `${prefix}${name}.`),
    ]);
  }

  test('fits the contract and crosses the boundary as it is', () => {
    for (const summary of describeSchedulers()) {
      expect(schedulerSummarySchema.parse(summary)).toEqual(summary);
      expect(structuredClone(summary)).toEqual(summary);
    }
  });

  test('gives every option a title, a description and a default, so that a form can be made from it', () => {
    for (const { id, optionsSchema } of describeSchedulers()) {
      const options = optionsOf(optionsSchema as JsonSchema);
      expect(options.length).toBeGreaterThan(0);
      for (const [name, option] of options) {
        expect(option.title, `${id}: title of ${name}`).toBeTruthy();
        expect(option.description, `${id}: description of ${name}`).toBeTruthy();
        expect(option, `${id}: default of ${name}`).toHaveProperty('default');
      }
    }
  });

  test('marks a few options of each scheduler as basic, so that a form need not begin with all of them', () => {
    for (const { id, optionsSchema } of describeSchedulers()) {
      const basic = optionsOf(optionsSchema as JsonSchema)
        .filter(([, option]) => option.isBasic === true)
        .map(([name]) => name);
      expect(basic.length, `${id}: basic options`).toBeGreaterThan(0);
      expect(basic.length, `${id}: ${basic.join(', ')}`).toBeLessThanOrEqual(8);
    }
  });

  test('states ranges and choices', () => {
    const ga = describeSchedulers().find(({ id }) => id === 'ga');
    expect(ga?.optionsSchema).toMatchObject({
      properties: {
        populationSize: { type: 'integer', minimum: 2, maximum: 10_000 },
        mutation: { enum: ['bit_flip', 'swap', 'gaussian', 'adaptive'] },
      },
    });
  });
});

/** The options form: fields from a JSON Schema, what differs from the defaults, and what is wrong with a value beside it. */
import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import {
  defaultsOf,
  fieldsOf,
  leavesOf,
  problemOf,
  valueAt,
  withValue,
  type LeafField,
} from '#renderer/components/options-schema.ts';
import OptionsForm from '#renderer/features/new-run/OptionsForm.vue';
import { estimateEvaluations } from '#renderer/recorded/run-estimate.ts';
import { optionProblems } from '#renderer/features/new-run/form-input.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { gaSummary } from './support/run-fixtures.ts';

const fields = fieldsOf(gaSummary.optionsSchema);
const leaf = (name: string): LeafField => {
  const found = leavesOf(fields).find((field) => field.path.join('.') === name);
  if (found === undefined) throw new Error(`no field ${name}`);
  return found;
};

describe('the schema', () => {
  it('becomes one field per property, groups opened', () => {
    expect(leavesOf(fields).map((field) => `${field.path.join('.')}:${field.kind}`)).toEqual([
      'populationSize:number',
      'generations:number',
      'selection:choice',
      'mutationRate:number',
      'eliteSize:number',
      'heuristicSeeding:switch',
      'weights.throughput:number',
      'weights.energy:number',
      'weights.latency:number',
      'weights.penalty:number',
      'weights.normalise:switch',
    ]);
  });

  it('gives the defaults as one object', () => {
    expect(defaultsOf(gaSummary.optionsSchema)).toMatchObject({
      populationSize: 100,
      selection: 'tournament',
      weights: { throughput: 1, normalise: true },
    });
  });

  it('takes an option of an unknown kind as JSON instead of hiding it', () => {
    expect(fieldsOf({ properties: { groups: { type: 'array', default: [1, 2] } } })).toMatchObject([
      { kind: 'json', title: 'Groups', defaultValue: [1, 2] },
    ]);
  });

  it('takes a list of some choices for a choice of several, and holds it to their number', () => {
    const [objectives] = leavesOf(
      fieldsOf({
        properties: {
          objectives: {
            type: 'array',
            items: { type: 'string', enum: ['a', 'b', 'c'] },
            minItems: 1,
            maxItems: 2,
            default: ['a'],
          },
        },
      }),
    );
    expect(objectives).toMatchObject({ kind: 'choices', choices: ['a', 'b', 'c'], defaultValue: ['a'] });
    expect(problemOf(objectives!, ['b', 'a'])).toBeUndefined();
    expect(problemOf(objectives!, [])).toContain('at least 1');
    expect(problemOf(objectives!, ['a', 'b', 'c'])).toContain('at most 2');
    expect(problemOf(objectives!, ['x'])).toContain('some of a, b, c');
  });
});

describe('values', () => {
  it('are replaced along their path, and leave no empty group behind', () => {
    const changed = withValue({}, ['weights', 'energy'], 2);
    expect(changed).toEqual({ weights: { energy: 2 } });
    expect(valueAt(changed, ['weights', 'energy'])).toBe(2);
    expect(withValue(changed, ['weights', 'energy'], undefined)).toEqual({});
  });

  it.each([
    ['populationSize', 1, 'at least 2'],
    ['populationSize', 2.5, 'whole number'],
    ['mutationRate', 1.5, 'at most 1'],
    ['selection', 'magic', 'one of tournament, roulette'],
  ])('say what is wrong: %s = %s', (name, value, expected) => {
    expect(problemOf(leaf(name), value)).toContain(expected);
  });

  it('are fine inside their bounds, and when they are the default', () => {
    expect(problemOf(leaf('mutationRate'), 1)).toBeUndefined();
    expect(problemOf(leaf('mutationRate'), undefined)).toBeUndefined();
  });
});

describe('the form', () => {
  const show = (options: Record<string, unknown>, problems = new Map<string, string>()) =>
    mount(OptionsForm, { props: { fields, options, problems }, attachTo: document.body });

  it('shows the defaults and reports what differs from them', async () => {
    const form = show({});
    const input = form.find<HTMLInputElement>('input[inputmode="numeric"]');
    expect(input.element.value).toBe('100');
    await input.setValue('60');
    await input.trigger('blur');
    expect(form.emitted('change')?.at(-1)).toEqual([{ populationSize: 60 }]);
    form.unmount();
  });

  it('takes a value that equals the default for no difference', async () => {
    const form = show({ populationSize: 60 });
    const input = form.find<HTMLInputElement>('input[inputmode="numeric"]');
    await input.setValue('100');
    await input.trigger('blur');
    expect(form.emitted('change')?.at(-1)).toEqual([{}]);
    form.unmount();
  });

  it('puts one option back, or all', async () => {
    const form = show({ populationSize: 60, weights: { energy: 2 } });
    await form.find('button[aria-label="Reset to 100"]').trigger('click');
    expect(form.emitted('change')?.at(-1)).toEqual([{ weights: { energy: 2 } }]);
    await form.find('.reset-all').trigger('click');
    expect(form.emitted('change')?.at(-1)).toEqual([{}]);
    form.unmount();
  });

  describe('with basic options', () => {
    const some = fieldsOf({
      properties: {
        budget: { type: 'integer', default: 5, title: 'Budget', isBasic: true },
        depth: { type: 'integer', default: 2, title: 'Depth' },
        goals: {
          type: 'object',
          title: 'Goals',
          properties: {
            speed: { type: 'number', default: 1, title: 'Speed', isBasic: true },
            order: { type: 'number', default: 0, title: 'Order' },
          },
        },
      },
    });
    const mountWith = (options: Record<string, unknown>, problems = new Map<string, string>()) =>
      mount(OptionsForm, { props: { fields: some, options, problems }, attachTo: document.body });
    const labelsIn = (selector: string, form: ReturnType<typeof mountWith>): string[] =>
      form.findAll(`${selector} > fieldset label`).map((label) => label.text());

    it('shows those first and the others on request, each in its group', () => {
      const form = mountWith({});
      expect(labelsIn('div.part', form)).toEqual(['Budget', 'Speed']);
      expect(labelsIn('details', form)).toEqual(['Depth', 'Order']);
      expect(form.find('summary').text()).toBe('More options (2)');
      expect(form.find('details').element.open).toBe(false);
      form.unmount();
    });

    it('opens the others when one of them differs from its default or is wrong, also later', async () => {
      const changed = mountWith({ goals: { order: 3 } });
      expect(changed.find('details').element.open).toBe(true);
      expect(changed.find('summary').text()).toBe('More options (2), 1 changed');
      changed.unmount();
      const form = mountWith({ budget: 7 }, new Map([['budget', 'is too small']]));
      expect(form.find('details').element.open).toBe(false);
      await form.setProps({ problems: new Map([['depth', 'is too small']]) });
      expect(form.find('details').element.open).toBe(true);
      form.unmount();
    });

    it('hides nothing of a scheduler that calls no option basic', () => {
      const form = show({});
      expect(form.find('details').exists()).toBe(false);
      expect(form.findAll('.option-row')).toHaveLength(leavesOf(fields).length);
      form.unmount();
    });
  });

  it('shows a problem beside its field instead of the description', () => {
    const form = show({ populationSize: 1 }, new Map([['populationSize', 'must be at least 2']]));
    const row = form.findAll('.option-row')[0];
    expect(row?.find('[role="alert"]').text()).toBe('Must be at least 2');
    expect(row?.text()).not.toContain('Genomes per generation');
    form.unmount();
  });
});

it('finds the field of each complaint of the host', () => {
  const error = new WorkbenchError('scheduler.invalid', 'scheduler: …', {
    details: [
      { path: ['configuration', 'options', 'weights', 'energy'], message: '-1 is too small', expected: 'at least 0' },
      { path: ['seed'], message: 'is missing', expected: 'a number' },
    ],
  });
  expect(optionProblems(error)).toEqual([['weights.energy', '-1 is too small; expected at least 0']]);
});

it('counts the evaluations: the elite is scored once', () => {
  expect(estimateEvaluations({ populationSize: 100, generations: 3, eliteSize: 10 })).toBe(100 + 2 * 90);
  expect(estimateEvaluations({ neighbours: 20, generations: 5 })).toBe(100);
  expect(estimateEvaluations({})).toBeUndefined();
});

describe('a list of texts', () => {
  const [command] = leavesOf(
    fieldsOf({ properties: { command: { type: 'array', items: { type: 'string' }, maxItems: 3, default: [] } } }),
  );

  it('is edited with one on each line', async () => {
    const form = mount(OptionsForm, { props: { fields: [command], options: {}, problems: new Map() } });
    const area = form.find('textarea');
    await area.setValue('python3\nmine.py\n');
    expect(form.emitted('change')?.at(-1)).toEqual([{ command: ['python3', 'mine.py'] }]);
    await form.setProps({ options: { command: ['python3', 'mine.py'] } });
    expect(area.element.value).toBe('python3\nmine.py\n');
    await form.setProps({ options: { command: ['node'] } });
    expect(area.element.value).toBe('node');
  });

  it('says what is wrong with it', () => {
    expect(problemOf(command, ['a', 'b'])).toBeUndefined();
    expect(problemOf(command, ['a', 'b', 'c', 'd'])).toBe('must be at most 3 lines');
    expect(problemOf(command, 'a')).toBe('must be a list of texts');
  });
});

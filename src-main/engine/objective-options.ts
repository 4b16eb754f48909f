/** The options of the searches with several objectives, and what has to hold of them together. */
import { z } from 'zod';
import { objectiveNames, type ObjectiveName } from './objectives.ts';
import { BASIC, onceValid } from './options.ts';

interface ObjectiveOptions {
  readonly objectives: readonly ObjectiveName[];
  readonly constraints: 'domination' | 'ignore';
}

type Refinement = [(options: ObjectiveOptions) => boolean, Exclude<Parameters<z.ZodType['refine']>[1], undefined>];

/** @param objectives the default; where it is empty, none need be chosen, and the fitness is the goal then */
export const objectiveOptionsWith = ({ objectives }: { readonly objectives: ObjectiveName[] }) => ({
  objectives: z
    .array(z.enum(objectiveNames))
    .min(objectives.length === 0 ? 0 : 1)
    .max(objectiveNames.length)
    .default(objectives)
    .meta({
      ...BASIC,
      title: 'Objectives',
      description:
        'What is traded off: throughput is maximised, all others are minimised. The response of each application is one ' +
        'objective for every application, its ' +
        `latency${objectives.length === 0 ? '. None: a single schedule of highest fitness' : ''}`,
    }),
  constraints: z.enum(['domination', 'ignore']).default('domination').meta({
    title: 'Constraints',
    description:
      'domination: whatever violates less is better, whatever the objectives; ignore: violations do not count',
  }),
});

export const objectiveOptions = objectiveOptionsWith({ objectives: ['makespanMs', 'energyMJ'] });

/** To be spread into `refine`. */
export const eachObjectiveOnce: Refinement = [
  ({ objectives }) => new Set(objectives).size === objectives.length,
  {
    ...onceValid,
    path: ['objectives'],
    message: 'an objective is named twice',
    params: { expected: 'each objective once', hint: 'remove the repetition' },
  },
];

/** To be spread into `refine`. */
export const violationIsOneOrTheOther: Refinement = [
  ({ objectives, constraints }) => constraints === 'ignore' || !objectives.includes('constraintViolation'),
  {
    ...onceValid,
    path: ['constraints'],
    message: 'constraintViolation is an objective, so it cannot come before all objectives as well',
    params: { expected: '"ignore" with this objective', hint: 'set constraints to "ignore", or remove the objective' },
  },
];

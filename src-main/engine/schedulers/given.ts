/** A schedule that was given, as it is: simulated and recorded, so that it can be shown, compared and searched on from. */
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { genesSchemaWith, subgraphsSchema, weightsSchema } from '../options.ts';
import { givenProposal } from '../given-start.ts';
import type { Scheduler, Search, SearchMeans } from '../search.ts';

const optionsSchema = z.strictObject({
  genes: genesSchemaWith({ priorities: true }),
  subgraphs: subgraphsSchema,
  weights: weightsSchema,
});

const stateSchema = z.strictObject({ done: z.boolean() });

export const given: Scheduler<z.output<typeof optionsSchema>> = {
  id: 'given',
  name: 'Given schedule',
  description:
    'Searches nothing: records the schedule that it is given, such as the plan of a compiler, to be compared with others',
  source: 'The schedule of a person, or of another program',
  optionsSchema,
  takesStart: true,
  needsStart: true,
  mostEvaluations: () => 1,
  create: (_space, _options, _random, _evaluator, means) => givenSearch(means, false),
  restore: (_space, _options, _random, state, _chromosomes, _evaluator, means) =>
    givenSearch(means, stateSchema.parse(state).done),
};

function givenSearch({ start }: SearchMeans = {}, done: boolean): Search {
  return {
    plannedGenerations: 1,
    get stopReason() {
      return done ? 'generations' : undefined;
    },
    ask() {
      if (start === undefined) throw needsStart('given');
      return [givenProposal(start)];
    },
    tell(scored) {
      done = true;
      return { members: scored };
    },
    saveState: () => ({ done }),
  };
}

/** The error for a scheduler that is nothing without a schedule to begin with. */
export function needsStart(id: string): WorkbenchError {
  return new WorkbenchError('start.needed', `"${id}" needs a schedule`, {
    hint: 'give one: --start with a file or a run on the command line, "From a file" in the window',
    path: ['start'],
  });
}

/** Constraint programming: schedules of our own first, then a solver that looks for something shorter than the best of them, or proves that there is nothing. */
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { CP_SAT_PROGRAM, DEFAULT_PYTHON, LONGEST_COMMAND } from '#shared/domain/external-command.ts';
import { FittestSearch } from '../automatic/fittest-search.ts';
import { ChuffedSearch } from '../cp/chuffed-search.ts';
import { CpSatSearch } from '../cp/cp-sat-search.ts';
import { AfterStart } from '../given-start.ts';
import { BASIC, genesSchemaWith, makespanWeightsSchema, subgraphsSchema } from '../options.ts';
import type { Random } from '../random.ts';
import type { SchedulingSpace } from '../scheduling-space.ts';
import type { Scheduler, SearchMeans } from '../search.ts';

const optionsSchema = z.strictObject({
  solver: z
    .enum(['chuffed', 'cp_sat'])
    .default('chuffed')
    .meta({
      ...BASIC,
      title: 'Solver',
      description:
        'chuffed: of the npm package minizinc; cp_sat: of OR-Tools, in a Python on this machine that has the package ortools ("tessera doctor" says which)',
    }),
  solverS: z
    .number()
    .min(1)
    .max(1_000_000)
    .default(60)
    .meta({
      ...BASIC,
      title: 'Time for the solver',
      description: 'Chuffed may take so long for a model, CP-SAT in all (s)',
    }),
  ownGenerations: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(25)
    .meta({
      ...BASIC,
      title: 'Generations before it',
      description: 'Generations of the search of "auto", whose best is what the solver has to beat (generations)',
    }),
  python: z.string().min(1).max(LONGEST_COMMAND).default(DEFAULT_PYTHON).meta({
    title: 'Python',
    description: 'The interpreter for cp_sat: a name or a path; it is started only once somebody has confirmed it',
  }),
  mostJobs: z.int().min(1).max(2000).default(200).meta({
    title: 'Layers at most',
    description: 'A scenario with more layers over all instances is not handed to Chuffed (layers)',
  }),
  genes: genesSchemaWith({ priorities: true }),
  subgraphs: subgraphsSchema,
  weights: makespanWeightsSchema,
});
type CpOptions = z.output<typeof optionsSchema>;

/** Tabu runs of a generation, as in `auto`. */
const TABU_RUNS = 16;

export const cp: Scheduler<CpOptions> = {
  id: 'cp',
  name: 'Constraint programming (CP)',
  description:
    'Shortest schedules and their proof by a constraint solver, which begins where the search of "auto" has ended; for up to a hundred layers or so',
  source:
    'Lazy clause generation: Ohrimenko, Stuckey & Codish, Constraints 14 (2009); solver Chuffed, or CP-SAT of OR-Tools; ' +
    'model in rounded times and refused critical paths: ours',
  optionsSchema,
  endsByProof: true,
  takesStart: true,
  create(space, options, random, _evaluator, means = {}) {
    const { search } = searchWith(space, options, random, means);
    return means.start === undefined ? search : new AfterStart(search, means.start);
  },
  restore(space, options, random, state, chromosomes, _evaluator, means = {}) {
    const { search, own } = searchWith(space, options, random, { ...means, start: undefined });
    search.continueFrom(state, chromosomes, (saved) => own.continueFrom(saved, chromosomes));
    return search;
  },
};

function searchWith(
  space: SchedulingSpace,
  options: CpOptions,
  random: Random,
  { start, pool, correspondent, seed = 1 }: SearchMeans,
): { readonly search: ChuffedSearch | CpSatSearch; readonly own: FittestSearch } {
  if (correspondent === undefined)
    throw new WorkbenchError('cp.unavailable', 'no solver can be started from here', {
      hint: 'run it as a search of its own: "tessera run", or New run in the window',
    });
  const { solver, solverS, ownGenerations, python, mostJobs, weights } = options;
  const own = new FittestSearch(
    space,
    { generations: ownGenerations, horizon: 0, weights, tabuRuns: TABU_RUNS },
    random,
    { start, pool },
  );
  const limitMs = solverS * 1000;
  if (solver === 'chuffed')
    return { own, search: new ChuffedSearch(space.problem, own, { limitMs, mostJobs }, correspondent) };
  const command = [python, CP_SAT_PROGRAM];
  return { own, search: new CpSatSearch(space, own, { command, limitMs, weights, seed }, correspondent) };
}

/** Options that several schedulers share, with the titles and units that forms show. */
import { z } from 'zod';

export { genesSchema, genesSchemaWith, subgraphsAtLaunches, subgraphsSchema } from '#shared/domain/scheduler.ts';

/** In the meta of the few options that one chooses first: forms show these, and the others on request. */
export const BASIC = { isBasic: true } as const;

const weight = (title: string, value: number, description: string) =>
  z.number().min(0).max(1_000_000).default(value).meta({ title, description });

/**
 * Weights of the fitness (DESIGN §6): wt·thr/thr₀ − we·energy/energy₀ − wl·latency/latency₀ − penalty·violation, with the
 * defaults a scheduler wants.
 */
export const weightsWith = (defaults: {
  readonly throughput: number;
  readonly energy: number;
  readonly latency: number;
  readonly penalty: number;
}) =>
  z
    .strictObject({
      throughput: weight(
        'Throughput',
        defaults.throughput,
        'Weight of application instances per second (no unit)',
      ).meta(BASIC),
      energy: weight('Energy', defaults.energy, 'Weight of energy (no unit)').meta(BASIC),
      latency: weight('Latency', defaults.latency, 'Weight of the latency, the mean response time (no unit)').meta(
        BASIC,
      ),
      penalty: weight(
        'Penalty',
        defaults.penalty,
        'Weight of constraint violations: utilisation above its limit, overrun deadlines (no unit)',
      ),
      normalise: z.boolean().default(true).meta({
        title: 'Normalise',
        description:
          'Measure each term relative to the NPU-first schedule of the same scenario; off: the raw sum of 1/s, mJ and ms',
      }),
    })
    .prefault({})
    .meta({
      title: 'Fitness weights',
      description: 'What the search optimises: throughput up, energy, latency and violations down',
    });

export const weightsSchema = weightsWith({ throughput: 1, energy: 0.5, latency: 0.5, penalty: 2 });

/** For searches of trade-offs, which the weights do not guide. */
export const weightsBesideObjectives = weightsSchema.meta({
  title: 'Fitness weights',
  description:
    'Not what is searched for: that is the objectives. By these weights one of the trade-offs is called the best, in ' +
    'lists, overviews and charts: throughput up, energy, latency and violations down',
});

/** For schedulers made to minimise the makespan: throughput alone is best where the makespan is least. */
export const makespanWeightsSchema = weightsWith({ throughput: 1, energy: 0, latency: 0, penalty: 0 });

export const populationSizeSchema = z
  .int()
  .min(2)
  .max(10_000)
  .default(200)
  .meta({ title: 'Population size', description: 'Genomes per generation (genomes)', ...BASIC });

export const generationsSchema = z
  .int()
  .min(1)
  .max(100_000)
  .default(200)
  .meta({
    title: 'Generations',
    description: 'Generations to compute, the initial one included (generations)',
    ...BASIC,
  });

/** A probability, 0 … 1. */
export const rateSchema = (title: string, value: number, description: string) =>
  z.number().min(0).max(1).default(value).meta({ title, description });

/**
 * For checks of one option against another: what follows from a value that is wrong by itself is not a second fault.
 */
export const onceValid = {
  when: ({ issues }: { readonly issues: readonly unknown[] }): boolean => issues.length === 0,
};

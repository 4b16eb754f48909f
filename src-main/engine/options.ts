/** Options that several schedulers share, with the titles and units that forms show. */
import { z } from 'zod';

export { genesSchema, genesSchemaWith } from '#shared/domain/scheduler.ts';

const weight = (title: string, value: number, description: string) => z.number().min(0).max(1_000_000).default(value).meta({ title, description });

/**
 * Weights of the fitness (DESIGN §6): wt·thr/thr₀ − we·energy/energy₀ − wl·latency/latency₀ − penalty·violation, with the
 * defaults a scheduler wants.
 */
const weightsWith = (defaults: { readonly throughput: number; readonly energy: number; readonly latency: number; readonly penalty: number }) =>
  z
    .strictObject({
      throughput: weight('Throughput', defaults.throughput, 'Weight of application instances per second (no unit)'),
      energy: weight('Energy', defaults.energy, 'Weight of energy (no unit)'),
      latency: weight('Latency', defaults.latency, 'Weight of the mean response time (no unit)'),
      penalty: weight('Penalty', defaults.penalty, 'Weight of constraint violations: utilisation above its limit, overrun deadlines (no unit)'),
      normalise: z.boolean().default(true).meta({ title: 'Normalise', description: 'Measure each term relative to the NPU-first schedule of the same scenario; off: the raw sum of 1/s, mJ and ms' }),
    })
    .prefault({})
    .meta({ title: 'Fitness weights', description: 'What the search optimises: throughput up, energy, latency and violations down' });

export const weightsSchema = weightsWith({ throughput: 1, energy: 0.5, latency: 0.5, penalty: 2 });

/** For schedulers made to minimise the makespan: throughput alone is best where the makespan is least. */
export const makespanWeightsSchema = weightsWith({ throughput: 1, energy: 0, latency: 0, penalty: 0 });

export const populationSizeSchema = z.int().min(2).max(10_000).default(200).meta({ title: 'Population size', description: 'Genomes per generation (genomes)' });

export const generationsSchema = z.int().min(1).max(100_000).default(200).meta({ title: 'Generations', description: 'Generations to compute, the initial one included (generations)' });

/** A probability, 0 … 1. */
export const rateSchema = (title: string, value: number, description: string) => z.number().min(0).max(1).default(value).meta({ title, description });

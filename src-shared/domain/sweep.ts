/** The sweep document: a family of runs, every scenario with every scheduler, every combination of varied options and every seed. */
import { z } from 'zod';
import { WorkbenchError } from './errors.ts';
import { parseDocument } from './parse.ts';
import { seedSchema, type SchedulerConfiguration } from './scheduler.ts';

/** The most runs of one sweep. */
export const MOST_RUNS = 2000;

const variedValue = z.union([z.number(), z.string(), z.boolean()]);

export const sweepSchema = z.strictObject({
  schemaVersion: z.literal(1).default(1),
  name: z.string().min(1).max(200),
  scenarios: z.array(z.union([z.string().min(1), z.record(z.string(), z.unknown())])).min(1).describe('Ids of scenarios, or scenario documents'),
  schedulers: z
    .array(z.strictObject({
      scheduler: z.string().min(1),
      options: z.record(z.string(), z.unknown()).default({}).describe('The same in all of its runs'),
      vary: z.record(z.string(), z.array(variedValue).min(1)).default({}).describe('By path of an option ("populationSize", "weights.energy"): the values to try'),
    }))
    .min(1),
  seeds: z.union([z.array(seedSchema).min(1), z.strictObject({ from: seedSchema.default(1), count: z.int().min(1).max(MOST_RUNS) })]).default({ from: 1, count: 1 }),
});
export type SweepDocument = z.output<typeof sweepSchema>;

/** One value of a varied option. */
export type VariedValue = z.output<typeof variedValue>;

/** One run of a sweep. */
export interface SweepPoint {
  readonly scenario: SweepDocument['scenarios'][number];
  readonly configuration: SchedulerConfiguration;
  /** Values of the varied options, by path. */
  readonly varied: Readonly<Record<string, VariedValue>>;
}

/** Parses a sweep. @throws WorkbenchError `sweep.invalid` */
export function parseSweep(input: unknown): SweepDocument {
  return parseDocument(sweepSchema, input, 'sweep');
}

/** How many runs a sweep has. */
export function countRuns(sweep: SweepDocument): number {
  const combinations = sweep.schedulers.reduce((sum, { vary }) => sum + Object.values(vary).reduce((product, values) => product * values.length, 1), 0);
  return sweep.scenarios.length * combinations * seedsOf(sweep).length;
}

/**
 * Every run of a sweep: by scenario, scheduler, combination (the last path varies fastest), seed.
 * @throws WorkbenchError `sweep.tooLarge`
 */
export function expandSweep(sweep: SweepDocument): SweepPoint[] {
  const count = countRuns(sweep);
  if (count > MOST_RUNS) throw new WorkbenchError('sweep.tooLarge', `this sweep has ${count} runs, at most ${MOST_RUNS} are possible`, { hint: 'take fewer seeds or values' });
  return sweep.scenarios.flatMap((scenario) =>
    sweep.schedulers.flatMap(({ scheduler, options, vary }) =>
      combinationsOf(vary).flatMap((varied) =>
        seedsOf(sweep).map((seed) => ({ scenario, varied, configuration: { scheduler, seed, options: withValues(options, varied) } })))));
}

function seedsOf({ seeds }: SweepDocument): readonly number[] {
  return Array.isArray(seeds) ? [...new Set(seeds)] : Array.from({ length: seeds.count }, (_, i) => (seeds.from + i) % 2 ** 32);
}

function combinationsOf(vary: Readonly<Record<string, readonly VariedValue[]>>): Record<string, VariedValue>[] {
  return Object.entries(vary).reduce<Record<string, VariedValue>[]>((all, [path, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [path]: value }))), [{}]);
}

/** `options` with each value put at its path; what lies on the way is copied. */
function withValues(options: Readonly<Record<string, unknown>>, values: Readonly<Record<string, VariedValue>>): Record<string, unknown> {
  const changed: Record<string, unknown> = { ...options };
  for (const [path, value] of Object.entries(values)) {
    const names = path.split('.');
    let at = changed;
    for (const name of names.slice(0, -1)) {
      const inner = at[name];
      const next: Record<string, unknown> = typeof inner === 'object' && inner !== null ? { ...inner } : {};
      at[name] = next;
      at = next;
    }
    at[names[names.length - 1]] = value;
  }
  return changed;
}

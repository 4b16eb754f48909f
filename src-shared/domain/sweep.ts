/**
 * The sweep document: a family of runs, every scenario with every scheduler, every combination of varied options (or some of them, drawn at
 * random) and every seed, each within the same budget where one is given.
 */
import { z } from 'zod';
import { listOf, tableOf } from './bounded.ts';
import { longText, nameSchema } from './common.ts';
import { WorkbenchError } from './errors.ts';
import { parseDocument } from './parse.ts';
import { seedSchema, type SchedulerConfiguration } from './scheduler.ts';

/** The most runs of one sweep. */
export const MOST_RUNS = 2000;

const variedValue = z.union([z.number(), longText, z.boolean()]);

export const sweepSchema = z.strictObject({
  schemaVersion: z.literal(1).default(1),
  name: z.string().min(1).max(200),
  scenarios: listOf(z.union([nameSchema, tableOf(z.string(), z.unknown(), 1000)]), MOST_RUNS)
    .min(1)
    .describe('Ids of scenarios, or scenario documents'),
  schedulers: listOf(
    z.strictObject({
      scheduler: nameSchema,
      options: tableOf(z.string(), z.unknown(), 1000).default({}).describe('The same in all of its runs'),
      vary: tableOf(nameSchema, listOf(variedValue, MOST_RUNS).min(1), 100)
        .default({})
        .describe('By path of an option ("populationSize", "weights.energy"): the values to try'),
    }),
    MOST_RUNS,
  ).min(1),
  budget: z
    .strictObject({ evaluations: z.int().min(1).max(1e9).describe('Genomes that each run scores at most') })
    .optional()
    .describe('The same for every run, in place of its own number of generations'),
  sample: z
    .strictObject({
      count: z.int().min(1).max(MOST_RUNS).describe('Combinations of each scheduler'),
      seed: seedSchema.default(1).describe('Of the draw'),
    })
    .optional()
    .describe('Draws combinations at random, none twice, instead of trying all'),
  seeds: z
    .union([
      listOf(seedSchema, MOST_RUNS).min(1),
      z.strictObject({ from: seedSchema.default(1), count: z.int().min(1).max(MOST_RUNS) }),
    ])
    .default({ from: 1, count: 1 }),
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
  const combinations = sweep.schedulers.reduce(
    (sum, { vary }) => sum + Math.min(gridSize(vary), sweep.sample?.count ?? Number.POSITIVE_INFINITY),
    0,
  );
  return sweep.scenarios.length * combinations * seedsOf(sweep).length;
}

/**
 * Every run of a sweep: by scenario, scheduler, combination (the last path varies fastest), seed. The budget is not in the options yet:
 * what it means for them depends on the scheduler's defaults.
 * @throws WorkbenchError `sweep.tooLarge`
 */
export function expandSweep(sweep: SweepDocument): SweepPoint[] {
  const count = countRuns(sweep);
  if (count > MOST_RUNS)
    throw new WorkbenchError('sweep.tooLarge', `this sweep has ${count} runs, at most ${MOST_RUNS} are possible`, {
      hint: 'take fewer seeds or values, or a sample of the combinations',
    });
  return sweep.scenarios.flatMap((scenario) =>
    sweep.schedulers.flatMap(({ scheduler, options, vary }) =>
      drawnFrom(vary, sweep.sample).flatMap((varied) =>
        seedsOf(sweep).map((seed) => ({
          scenario,
          varied,
          configuration: { scheduler, seed, options: withValues(options, varied) },
        })),
      ),
    ),
  );
}

function seedsOf({ seeds }: SweepDocument): readonly number[] {
  return Array.isArray(seeds)
    ? [...new Set(seeds)]
    : Array.from({ length: seeds.count }, (_, i) => (seeds.from + i) % 2 ** 32);
}

type Vary = Readonly<Record<string, readonly VariedValue[]>>;

/** How many combinations there are. */
function gridSize(vary: Vary): number {
  return Object.values(vary).reduce((product, values) => product * values.length, 1);
}

/** All combinations, or those drawn, in the order of the grid. */
function drawnFrom(vary: Vary, sample: SweepDocument['sample']): Record<string, VariedValue>[] {
  const size = gridSize(vary);
  if (sample === undefined || sample.count >= size)
    return Array.from({ length: size }, (_, place) => combinationAt(vary, place));
  if (size > Number.MAX_SAFE_INTEGER)
    throw new WorkbenchError(
      'sweep.gridTooLarge',
      `the varied options have ${size} combinations, more than can be drawn from`,
      { hint: 'take fewer options or values' },
    );
  return drawPlaces(size, sample.count, sample.seed).map((place) => combinationAt(vary, place));
}

/** The combination at `place` of the grid: its digits, with as many values as each path has; the last path varies fastest. */
function combinationAt(vary: Vary, place: number): Record<string, VariedValue> {
  let rest = place;
  const digits = Object.entries(vary)
    .toReversed()
    .map(([path, values]): [string, VariedValue] => {
      const digit = rest % values.length;
      rest = (rest - digit) / values.length;
      return [path, values[digit]];
    });
  return Object.fromEntries(digits.toReversed());
}

/** `count` different places below `size`, each choice as likely as any other (Floyd's algorithm; Bentley and Floyd 1987), ascending. */
function drawPlaces(size: number, count: number, seed: number): number[] {
  const below = drawer(seed);
  const drawn = new Set<number>();
  for (let last = size - count; last < size; last++) {
    const place = below(last + 1);
    drawn.add(drawn.has(place) ? last : place);
  }
  return [...drawn].sort((a, b) => a - b);
}

/** Whole numbers below a bound, evenly: 53 bits of SplitMix32 (integers only), draws beyond the last multiple of the bound left out. */
function drawer(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  const word = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  return (bound) => {
    const limit = 2 ** 53 - (2 ** 53 % bound);
    for (;;) {
      const drawn = (word() >>> 11) * 2 ** 32 + word();
      if (drawn < limit) return drawn % bound;
    }
  };
}

/** `options` with each value put at its path; what lies on the way is copied. */
function withValues(
  options: Readonly<Record<string, unknown>>,
  values: Readonly<Record<string, VariedValue>>,
): Record<string, unknown> {
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

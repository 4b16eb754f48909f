/** The registry of schedulers: what there is, by id, with its options checked and described. */
import { z } from 'zod';
import type { SchedulerSummary } from '#shared/contract/shapes.ts';
import { suggest, WorkbenchError } from '#shared/domain/errors.ts';
import { parseDocument } from '#shared/domain/parse.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import type { Scheduler, SearchOptions } from '../search.ts';
import { annealing } from './annealing.ts';
import { bestMapping } from './best-mapping.ts';
import { exhaustive } from './exhaustive.ts';
import { ga } from './ga.ts';
import { heft } from './heft.ts';
import { hillClimb } from './hill-climb.ts';
import { milp } from './milp.ts';
import { nsga2 } from './nsga2.ts';
import { npuFirst } from './npu-first.ts';
import { npuOnly } from './npu-only.ts';
import { peft } from './peft.ts';
import { prism } from './prism.ts';
import { randomSearch } from './random-search.ts';
import { staticType } from './static-type.ts';

/** Every scheduler, in the order in which lists show them. */
export const schedulers: readonly Scheduler[] = [ga, nsga2, annealing, hillClimb, prism, heft, peft, bestMapping, npuFirst, npuOnly, staticType, randomSearch, exhaustive, milp];

/** The scheduler with this id. @throws WorkbenchError `scheduler.unknown` */
export function findScheduler(id: string): Scheduler {
  const found = schedulers.find((scheduler) => scheduler.id === id);
  if (found !== undefined) return found;
  throw new WorkbenchError('scheduler.unknown', `there is no scheduler "${id}"`, { hint: suggest(id, schedulers.map((scheduler) => scheduler.id)), path: ['scheduler'] });
}

/** Loads what the scheduler `id` needs, if anything: to be awaited before a run of it is made. @throws WorkbenchError `scheduler.unknown` */
export async function prepareScheduler(id: string): Promise<void> {
  await findScheduler(id).prepare?.();
}

/**
 * The options of `scheduler` with every default filled in.
 * @throws WorkbenchError `scheduler.invalid`, with paths from the configuration's root (`options.populationSize`)
 */
export function parseOptions<Options extends SearchOptions>(scheduler: Scheduler<Options>, options: unknown): Options {
  return parseDocument(z.object({ options: scheduler.optionsSchema }), { options }, 'scheduler').options;
}

/** `configuration` with every default filled in: what is recorded of a run. @throws WorkbenchError `scheduler.unknown`, `scheduler.invalid` */
export function completeConfiguration(configuration: SchedulerConfiguration): SchedulerConfiguration {
  return { ...configuration, options: { ...parseOptions(findScheduler(configuration.scheduler), configuration.options) } };
}

/** Every scheduler with the JSON Schema of its options as a person gives them: what has a default may be left out. */
export function describeSchedulers(): SchedulerSummary[] {
  return schedulers.map(({ id, name, description, source, optionsSchema }) => ({ id, name, description, source, optionsSchema: jsonSchemaOf(optionsSchema) }));
}

function jsonSchemaOf(schema: z.ZodType): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  // zod adds functions under "~standard", which cannot cross the boundary
  return { $schema, ...JSON.parse(JSON.stringify(rest)) };
}

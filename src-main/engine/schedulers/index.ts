/** The registry of schedulers: what there is, by id, with its options checked and described. */
import { z } from 'zod';
import type { SchedulerSummary } from '#shared/contract/shapes.ts';
import { suggest, WorkbenchError, type Issue } from '#shared/domain/errors.ts';
import { parseDocument } from '#shared/domain/parse.ts';
import type { SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import type { SearchSpace } from '../search-space.ts';
import type { Scheduler, SearchOptions } from '../search.ts';
import { annealing } from './annealing.ts';
import { archiveSearch } from './archive-search.ts';
import { auto } from './auto.ts';
import { bestMapping } from './best-mapping.ts';
import { cp } from './cp.ts';
import { criticalPath } from './critical-path.ts';
import { exhaustive } from './exhaustive.ts';
import { external } from './external.ts';
import { ga } from './ga.ts';
import { heft } from './heft.ts';
import { given, needsStart } from './given.ts';
import { hillClimb } from './hill-climb.ts';
import { milp } from './milp.ts';
import { nsga2 } from './nsga2.ts';
import { npuFirst } from './npu-first.ts';
import { npuOnly } from './npu-only.ts';
import { partitionTuner } from './partition-tuner.ts';
import { peft } from './peft.ts';
import { prism } from './prism.ts';
import { puzzle } from './puzzle.ts';
import { randomSearch } from './random-search.ts';
import { staticType } from './static-type.ts';
import { balanced, fastest } from './whole-network-rules.ts';

/** Every scheduler, in the order in which lists show them. */
export const schedulers: readonly Scheduler[] = [
  auto,
  ga,
  nsga2,
  archiveSearch,
  puzzle,
  annealing,
  criticalPath,
  hillClimb,
  prism,
  partitionTuner,
  heft,
  peft,
  bestMapping,
  balanced,
  fastest,
  npuFirst,
  npuOnly,
  staticType,
  randomSearch,
  exhaustive,
  milp,
  cp,
  given,
  external,
];

/** Those of them that need nothing of the person's, no program and no schedule, and no solver in a thread of its own. */
export const ownSchedulers = schedulers.filter(
  (scheduler) => scheduler.id !== external.id && scheduler.id !== cp.id && scheduler.needsStart !== true,
);

/** Those of them that search any space with a layout of genes. */
export const spaceSchedulers: readonly Scheduler<SearchOptions, SearchSpace>[] = [
  ga,
  nsga2,
  annealing,
  hillClimb,
  randomSearch,
];

/** The scheduler with this id. @throws WorkbenchError `scheduler.unknown` */
export function findScheduler(id: string): Scheduler {
  const found = schedulers.find((scheduler) => scheduler.id === id);
  if (found !== undefined) return found;
  throw new WorkbenchError('scheduler.unknown', `there is no scheduler "${id}"`, {
    hint: suggest(
      id,
      schedulers.map((scheduler) => scheduler.id),
    ),
    path: ['scheduler'],
  });
}

/** The scheduler with this id, for a space that need not be scheduling. @throws WorkbenchError `scheduler.unknown`, `scheduler.otherSpace` */
export function findSpaceScheduler(id: string): Scheduler<SearchOptions, SearchSpace> {
  const found = spaceSchedulers.find((scheduler) => scheduler.id === id);
  if (found !== undefined) return found;
  throw new WorkbenchError(
    'scheduler.otherSpace',
    `"${findScheduler(id).id}" makes schedules and can search nothing else`,
    {
      hint: `use ${spaceSchedulers.map((scheduler) => scheduler.id).join(', ')}`,
      path: ['scheduler'],
    },
  );
}

/** Refuses a start for a scheduler that cannot begin with a given schedule. */
export function takesNoStart(id: string): WorkbenchError {
  const able = schedulers.filter(({ takesStart }) => takesStart === true).map((scheduler) => scheduler.id);
  return new WorkbenchError('start.unsupported', `"${id}" cannot begin with a given schedule`, {
    hint: `use ${able.join(', ')}, or leave the start out`,
    path: ['start'],
  });
}

/** Loads what the scheduler `id` needs, if anything: to be awaited before a run of it is made. @throws WorkbenchError `scheduler.unknown` */
export async function prepareScheduler(id: string): Promise<void> {
  await findScheduler(id).prepare?.();
}

/**
 * The options of `scheduler` with every default filled in.
 * @throws WorkbenchError `scheduler.invalid`, with paths from the configuration's root (`options.populationSize`)
 */
export function parseOptions<Options extends SearchOptions>(
  scheduler: Pick<Scheduler<Options>, 'id' | 'optionsSchema'>,
  options: unknown,
): Options {
  try {
    return parseDocument(z.object({ options: scheduler.optionsSchema }), { options }, 'scheduler').options;
  } catch (error) {
    throw error instanceof WorkbenchError ? withKnownOptions(error, scheduler) : error;
  }
}

/** For an option that resembles none at its place: the one it is elsewhere ("energy": "weights.energy"), or all there are. */
function withKnownOptions(error: WorkbenchError, scheduler: Pick<Scheduler, 'id' | 'optionsSchema'>): WorkbenchError {
  const keys = optionKeys(jsonSchemaOf(scheduler.optionsSchema));
  const details = error.details.map((issue): Issue => {
    if (issue.hint !== 'remove it') return issue;
    const name = String(issue.path.at(-1));
    const elsewhere = keys.filter((key) => key.endsWith(`.${name}`));
    return {
      ...issue,
      hint:
        elsewhere.length > 0
          ? `did you mean ${elsewhere.map((key) => `"${key}"`).join(' or ')}?`
          : keys.length > 0
            ? `remove it; ${scheduler.id} has ${keys.join(', ')}`
            : `remove it; ${scheduler.id} has no options`,
    };
  });
  return new WorkbenchError(error.code, error.message, {
    hint: details[0]?.hint ?? error.hint,
    path: error.path,
    details,
    cause: error,
  });
}

/** Keys as `--set` takes them: "populationSize", "weights.energy". */
function optionKeys(schema: Record<string, unknown>, prefix = ''): string[] {
  const properties = schema['properties'];
  if (typeof properties !== 'object' || properties === null) return [];
  return Object.entries(properties).flatMap(([name, option]: [string, unknown]) => {
    const inner = typeof option === 'object' && option !== null ? optionKeys({ ...option }, `${prefix}${name}.`) : [];
    return inner.length > 0 ? inner : [prefix + name];
  });
}

/**
 * `configuration` with every default filled in: what is recorded of a run. What a start executes as one stays so where nothing else is chosen.
 * @throws WorkbenchError `scheduler.unknown`, `scheduler.invalid`, `start.unsupported`, `start.needed`
 */
export function completeConfiguration(configuration: SchedulerConfiguration): SchedulerConfiguration {
  const { start } = configuration;
  const scheduler = findScheduler(configuration.scheduler);
  if (start !== undefined && scheduler.takesStart !== true) throw takesNoStart(scheduler.id);
  if (start === undefined && scheduler.needsStart === true) throw needsStart(scheduler.id);
  const isJoined = start?.subgraphs !== undefined && start.subgraphs.length > 0;
  const joined = { subgraphs: 'start', ...configuration.options };
  // A scheduler that decides subgraphs itself has no such choice.
  const options = isJoined && scheduler.optionsSchema.safeParse(joined).success ? joined : configuration.options;
  return { ...configuration, options: { ...parseOptions(scheduler, options) } };
}

/**
 * The most genomes that a run scores, where the time it takes is little more than that of scoring them; undefined: not known before.
 * @throws WorkbenchError as `completeConfiguration`
 */
export function mostEvaluations(configuration: SchedulerConfiguration): number | undefined {
  const scheduler = findScheduler(configuration.scheduler);
  const most = scheduler.mostEvaluations?.(parseOptions(scheduler, configuration.options));
  return most === undefined ? undefined : Math.min(most, configuration.stop?.evaluations ?? most);
}

/** Every scheduler with the JSON Schema of its options as a person gives them: what has a default may be left out. */
export function describeSchedulers(): SchedulerSummary[] {
  return schedulers.map(({ id, name, description, source, optionsSchema }) => ({
    id,
    name,
    description,
    source,
    optionsSchema: jsonSchemaOf(optionsSchema),
  }));
}

function jsonSchemaOf(schema: z.ZodType): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  // zod adds functions under "~standard", which cannot cross the boundary
  return { $schema, ...JSON.parse(JSON.stringify(rest)) };
}

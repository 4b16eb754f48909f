/** Whether two compiled problems are the same, whatever their documents are called: schedules of the same problem can be compared. */
import type { Problem } from './problem.ts';
import type { ProcessorModel } from './problem-model.ts';

export interface ProblemDifference {
  /** The first thing in which they differ, for a sentence: "the time of camera/conv1 on npu". */
  readonly what: string;
  /** Its value in each of the two, for a sentence; undefined where a value says nothing to a person. */
  readonly values?: readonly [string, string];
}

/** The first difference that a schedule could feel; names, descriptions and sources are none. Undefined where there is none. O(size of the problems). */
export function problemDifference(a: Problem, b: Problem): ProblemDifference | undefined {
  const inProcessors = valuesDiffer('the processors', idsOf(a.processors), idsOf(b.processors));
  if (inProcessors !== undefined) return inProcessors;
  for (const [index, processor] of a.processors.entries()) {
    if (figuresOf(processor) !== figuresOf(b.processors[index])) return { what: `the figures of ${processor.id}` };
  }
  return (
    valuesDiffer('the applications', idsOf(a.scenario.applications), idsOf(b.scenario.applications)) ??
    firstOf(a.scenario.applications, (application, index) => {
      const other = b.scenario.applications[index];
      return (
        valuesDiffer(
          `the instances of ${application.id}`,
          a.applicationInstances[index],
          b.applicationInstances[index],
        ) ??
        valuesDiffer(`the start of ${application.id}`, ms(application.startTimeMs), ms(other.startTimeMs)) ??
        valuesDiffer(`the period of ${application.id}`, ms(application.periodMs), ms(other.periodMs)) ??
        valuesDiffer(`what ${application.id} comes after`, afterOf(application), afterOf(other)) ??
        valuesDiffer(`late instances of ${application.id}`, application.late ?? 'run', other.late ?? 'run') ??
        valuesDiffer(
          `the instances per release of ${application.id}`,
          application.instancesPerRelease ?? 1,
          other.instancesPerRelease ?? 1,
        ) ??
        valuesDiffer(`the deadline of ${application.id}`, ms(application.deadlineMs), ms(other.deadlineMs)) ??
        valuesDiffer(`the priority of ${application.id}`, application.priority, other.priority)
      );
    }) ??
    inLayers(a, b) ??
    valuesDiffer('the dispatch tick', ms(a.dispatchTickMs), ms(b.dispatchTickMs)) ??
    (a.contendedLinks === b.contendedLinks &&
    isSame(a.linkEnergyPJPerByte, b.linkEnergyPJPerByte) &&
    isSame(a.firstHop, b.firstHop) &&
    isSame(a.hopChannel, b.hopChannel)
      ? undefined
      : { what: 'the interconnect' })
  );
}

/** Layers, their times and priorities, dependencies and transfers. */
function inLayers(a: Problem, b: Problem): ProblemDifference | undefined {
  if (a.tasks.length !== b.tasks.length || a.tasks.some(({ id }, index) => id !== b.tasks[index].id))
    return { what: 'the layers' };
  const processors = a.processors.length;
  for (let index = 0; index < a.baseTimeMs.length; index++) {
    if (Object.is(a.baseTimeMs[index], b.baseTimeMs[index])) continue;
    const what = `the time of ${a.tasks[Math.floor(index / processors)].id} on ${a.processors[index % processors].id}`;
    return { what, values: [ms(a.baseTimeMs[index]), ms(b.baseTimeMs[index])] };
  }
  if (!isSame(a.layerPriority, b.layerPriority)) return { what: 'the priorities of layers' };
  if (!isSame(a.consumerFirstEdge, b.consumerFirstEdge) || !isSame(a.edgeProducer, b.edgeProducer))
    return { what: 'the dependencies of layers' };
  return isSame(a.transferMs, b.transferMs) && isSame(a.edgeBytes, b.edgeBytes)
    ? undefined
    : { what: 'the transfers between layers' };
}

function afterOf({ after }: Problem['scenario']['applications'][number]): string {
  return after === undefined ? 'nothing' : `${after.application}, every ${after.every}`;
}

function idsOf(things: readonly { readonly id: string }[]): string {
  return things.map(({ id }) => id).join(', ');
}

/** Everything of a processor but what it is called. */
function figuresOf(processor: ProcessorModel): string {
  return JSON.stringify({ ...processor, name: undefined });
}

/** A time as a sentence has it; null or NaN: there is none. */
function ms(value: number | null): string {
  return value === null || Number.isNaN(value) ? 'none' : `${value} ms`;
}

function valuesDiffer(what: string, a: string | number, b: string | number): ProblemDifference | undefined {
  return a === b ? undefined : { what, values: [String(a), String(b)] };
}

function firstOf<Item>(
  items: readonly Item[],
  differenceOf: (item: Item, index: number) => ProblemDifference | undefined,
): ProblemDifference | undefined {
  for (const [index, item] of items.entries()) {
    const difference = differenceOf(item, index);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isSame(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (!Object.is(a[index], b[index])) return false;
  return true;
}

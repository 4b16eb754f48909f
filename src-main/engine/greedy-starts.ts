/** Greedy schedules over a grid of configurations and of how much energy counts: where a search for trade-offs starts. */
import { encodeAssignment, type Assignment } from '#shared/scheduling/decode.ts';
import { isSearched } from '#shared/scheduling/genome-layout.ts';
import { PRIORITY_LEVELS } from '#shared/scheduling/genome-segments.ts';
import { canRun, taskDurationMs, type Problem, type ProcessingElement } from '#shared/scheduling/problem.ts';
import { topologicalOrder } from '#shared/scheduling/topological-order.ts';

/** Shares of the way from the lowest to the highest operating point, and from the first to the last core arrangement. */
const OPERATING_LEVELS = [1, 0.75, 0.5, 0.25, 0];
const CORE_LEVELS = [1, 0.5, 0];
/** How much a task's energy counts against its finish: 0 is the fastest. */
const ENERGY_WEIGHTS = [0, 0.25, 0.5, 1, 2, 4];

/** The size of the grid. */
export const MOST_GREEDY_STARTS = OPERATING_LEVELS.length * CORE_LEVELS.length * ENERGY_WEIGHTS.length;

/**
 * Up to `count` genomes, spread over the whole grid, each only once: for every operating level, core level and weight λ a list schedule
 * of one instance of each application, tasks by falling upward rank (Topcuoglu et al. 2002), each on the element with the least
 * finish + λ · (energy of the task above idling) / (standing power of the device). Both terms are times (ms): energy over standing
 * power is how long the device could stand idle for it. Decisions without a gene stay at their defaults.
 */
export function greedyGenomes(problem: Problem, count = MOST_GREEDY_STARTS): Uint8Array[] {
  const operatingLevels = isSearched(problem.layout, 'operatingPoint') ? OPERATING_LEVELS : [undefined];
  const coreLevels = isSearched(problem.layout, 'arrangement') ? CORE_LEVELS : [undefined];
  const genomes: Uint8Array[] = [];
  const known = new Set<string>();
  for (const operating of operatingLevels) {
    for (const cores of coreLevels) {
      const configuration = configurationAt(problem, operating, cores);
      for (const weight of ENERGY_WEIGHTS) {
        const genes = encodeAssignment(problem, listSchedule(problem, configuration, weight));
        const key = genes.join();
        if (!known.has(key)) genomes.push(genes);
        known.add(key);
      }
    }
  }
  if (genomes.length <= count) return genomes;
  return Array.from({ length: count }, (_, index) => genomes[Math.floor((index * genomes.length) / count)]);
}

type Configuration = Pick<Assignment, 'arrangement' | 'operatingPoint'>;

/** @param operating, cores 0 … 1, undefined for the default */
function configurationAt(
  { processors }: Problem,
  operating: number | undefined,
  cores: number | undefined,
): Configuration {
  const arrangement = Int32Array.from(processors, ({ arrangements, defaultArrangement }) =>
    cores === undefined ? defaultArrangement : Math.round(cores * (arrangements.length - 1)),
  );
  return {
    arrangement,
    operatingPoint: Int32Array.from(processors, (processor, index) =>
      Math.min(
        operating === undefined
          ? processor.nominalPoint
          : Math.round(operating * (processor.operatingPoints.length - 1)),
        processor.highestPoint[arrangement[index]],
      ),
    ),
  };
}

/** An element that is switched on, with what a task costs there. */
interface Place {
  readonly pe: ProcessingElement;
  /** Until when each unit is taken, ms. */
  readonly freeMs: Float64Array;
  /** [T] ms, NaN where the task cannot run. */
  readonly durationMs: Float64Array;
  /** Power above idling while it works, over the standing power of the device. */
  readonly relativePower: number;
}

function listSchedule(problem: Problem, configuration: Configuration, energyWeight: number): Assignment {
  const { tasks, processors, transferMs, edgeProducer, consumerFirstEdge } = problem;
  const places = placesOf(problem, configuration);
  const ranks = upwardRanks(problem, places);
  const peOfTask = new Int32Array(tasks.length);
  const finishMs = new Float64Array(tasks.length);
  const count = processors.length;
  const order = topologicalOrder(problem).sort((a, b) => ranks[b] - ranks[a]);
  for (const task of order) {
    let chosen: Place | undefined;
    let least = Number.POSITIVE_INFINITY;
    let finish = 0;
    for (const place of places) {
      const duration = place.durationMs[task];
      if (Number.isNaN(duration)) continue;
      let start = problem.scenario.applications[tasks[task].application].startTimeMs;
      for (let edge = consumerFirstEdge[task]; edge < consumerFirstEdge[task + 1]; edge++) {
        const producer = edgeProducer[edge];
        const from = problem.pes[peOfTask[producer]].processor;
        start = Math.max(start, finishMs[producer] + transferMs[(edge * count + from) * count + place.pe.processor]);
      }
      const end = Math.max(start, Math.min(...place.freeMs)) + duration;
      const cost = end + energyWeight * place.relativePower * duration;
      if (cost >= least) continue;
      least = cost;
      chosen = place;
      finish = end;
    }
    if (chosen === undefined) throw new Error(`task ${task} can run on no element that is switched on`);
    peOfTask[task] = chosen.pe.index;
    finishMs[task] = finish;
    chosen.freeMs[chosen.freeMs.indexOf(Math.min(...chosen.freeMs))] = finish;
  }
  if (problem.layout.offsetOf.priority === undefined) return { ...configuration, peOfTask };
  const taskPriority = new Uint8Array(tasks.length);
  order.forEach((task, position) => {
    taskPriority[task] = PRIORITY_LEVELS - 1 - Math.floor((position * PRIORITY_LEVELS) / order.length);
  });
  return { ...configuration, peOfTask, taskPriority };
}

function placesOf(problem: Problem, { arrangement, operatingPoint }: Configuration): Place[] {
  let standingPowerMW = 0;
  for (const { index, idlePowerMW, offPowerMW, coreCount, operatingPoints, arrangements } of problem.processors) {
    const { activeCores } = arrangements[arrangement[index]];
    standingPowerMW +=
      idlePowerMW * activeCores +
      offPowerMW * (coreCount - activeCores) +
      operatingPoints[operatingPoint[index]].clusterPowerMW;
  }
  return problem.pes.flatMap((pe): Place[] => {
    const processor = problem.processors[pe.processor];
    const isPooled = processor.dispatch === 'pooled';
    const { groups } = processor.arrangements[arrangement[pe.processor]];
    if (!isPooled && pe.indexInProcessor >= groups.length) return [];
    const point = operatingPoint[pe.processor];
    const groupSize = isPooled ? 1 : groups[pe.indexInProcessor];
    const power = (processor.operatingPoints[point].activePowerMW - processor.idlePowerMW) * groupSize;
    return [
      {
        pe,
        freeMs: new Float64Array(pe.units),
        durationMs: Float64Array.from(problem.tasks, ({ index }) =>
          canRun(problem, index, pe.processor)
            ? taskDurationMs(problem, index, pe.processor, point, groupSize)
            : Number.NaN,
        ),
        relativePower: standingPowerMW > 0 ? Math.max(0, power) / standingPowerMW : 0,
      },
    ];
  });
}

/** [T] mean time over the places, and the longest way to the end with the mean transfers between the processors that can run both ends, ms. */
function upwardRanks(problem: Problem, places: readonly Place[]): Float64Array {
  const { producerFirstEdge, outgoingEdge, edgeConsumer, tasks } = problem;
  const ranks = new Float64Array(tasks.length);
  for (const task of topologicalOrder(problem).toReversed()) {
    let longest = 0;
    for (let i = producerFirstEdge[task]; i < producerFirstEdge[task + 1]; i++) {
      const edge = outgoingEdge[i];
      longest = Math.max(longest, meanTransferMs(problem, edge, places) + ranks[edgeConsumer[edge]]);
    }
    const times = places.map(({ durationMs }) => durationMs[task]).filter((time) => !Number.isNaN(time));
    ranks[task] = times.reduce((sum, time) => sum + time, 0) / times.length + longest;
  }
  return ranks;
}

function meanTransferMs(problem: Problem, edge: number, places: readonly Place[]): number {
  const count = problem.processors.length;
  const processorsOf = (task: number): number[] =>
    places.flatMap(({ pe, durationMs }) => (Number.isNaN(durationMs[task]) ? [] : [pe.processor]));
  const [from, to] = [processorsOf(problem.edgeProducer[edge]), processorsOf(problem.edgeConsumer[edge])];
  let sum = 0;
  for (const p of from) for (const q of to) sum += problem.transferMs[(edge * count + p) * count + q];
  return sum / (from.length * to.length);
}

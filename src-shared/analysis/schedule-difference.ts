/** How two schedules of the same applications differ: which layers moved where, and what each processor gained or lost. */
import { memberShares } from '../scheduling/member-shares.ts';
import type { Problem } from '../scheduling/problem.ts';
import type { Timeline } from '../scheduling/simulate.ts';
import { layerIdsOf } from '../scheduling/solution.ts';

/** One schedule: the problem it solves and what the simulator made of it. */
export interface ScheduledProblem {
  readonly problem: Problem;
  readonly peOfTask: ArrayLike<number>;
  readonly timeline: Pick<Timeline, 'pe' | 'startMs' | 'endMs'>;
}

/** A layer that both schedules have. Times are summed over its instances; a layer of a subgraph has its share of that one's. */
export interface LayerChange {
  /** "application/layer". */
  readonly layer: string;
  /** Ids of the processing elements. */
  readonly fromPe: string;
  readonly toPe: string;
  /** Time the layer takes, after − before, ms; negative is faster. */
  readonly durationChangeMs: number;
  /** When its first instance ends, after − before, ms; negative is earlier. */
  readonly endChangeMs: number;
}

export interface ProcessorChange {
  /** Processor id. */
  readonly processor: string;
  readonly busyBeforeMs: number;
  readonly busyAfterMs: number;
  /** Layers that arrived from, and that left to, other processors. */
  readonly arrived: number;
  readonly left: number;
}

export interface ScheduleDifference {
  /** Layers on another processing element, the largest change of time first. */
  readonly moved: readonly LayerChange[];
  /** Layers that only one of the two has. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
  /** Layers that both have and that stayed. */
  readonly stayed: number;
  /** Every processor of either platform, in the order of the first. */
  readonly processors: readonly ProcessorChange[];
  /** After − before, ms. */
  readonly makespanChangeMs: number;
}

/**
 * What changed from `before` to `after`. Layers are identified by "application/layer", processing elements and
 * processors by id.
 */
export function scheduleDifference(before: ScheduledProblem, after: ScheduledProblem): ScheduleDifference {
  const first = layersOf(before);
  const second = layersOf(after);
  const moved: LayerChange[] = [];
  let stayed = 0;
  for (const [layer, was] of first) {
    const is = second.get(layer);
    if (is === undefined) continue;
    if (was.pe === is.pe) stayed++;
    else
      moved.push({
        layer,
        fromPe: was.pe,
        toPe: is.pe,
        durationChangeMs: is.busyMs - was.busyMs,
        endChangeMs: is.firstEndMs - was.firstEndMs,
      });
  }
  moved.sort((a, b) => Math.abs(b.durationChangeMs) - Math.abs(a.durationChangeMs) || (a.layer < b.layer ? -1 : 1));
  const onlyBefore = [...first.keys()].filter((layer) => !second.has(layer));
  const onlyAfter = [...second.keys()].filter((layer) => !first.has(layer));

  const processors = new Map<string, { busyBeforeMs: number; busyAfterMs: number; arrived: number; left: number }>();
  const of = (id: string) => {
    const known = processors.get(id) ?? { busyBeforeMs: 0, busyAfterMs: 0, arrived: 0, left: 0 };
    processors.set(id, known);
    return known;
  };
  for (const { problem } of [before, after]) for (const processor of problem.processors) of(processor.id);
  for (const { processor, busyMs } of first.values()) of(processor).busyBeforeMs += busyMs;
  for (const [layer, { processor, busyMs }] of second) {
    of(processor).busyAfterMs += busyMs;
    const was = first.get(layer)?.processor;
    if (was === undefined || was === processor) continue;
    of(processor).arrived++;
    of(was).left++;
  }
  return {
    moved,
    onlyBefore,
    onlyAfter,
    stayed,
    processors: [...processors].map(([processor, change]) => ({ processor, ...change })),
    makespanChangeMs: makespanOf(after) - makespanOf(before),
  };
}

interface PlacedLayer {
  readonly pe: string;
  readonly processor: string;
  /** Over all instances. */
  busyMs: number;
  firstEndMs: number;
}

function layersOf({ problem, peOfTask, timeline }: ScheduledProblem): Map<string, PlacedLayer> {
  const layers = new Map<string, PlacedLayer>();
  problem.jobTask.forEach((task, job) => {
    const isDropped = Number.isNaN(timeline.startMs[job]);
    const pe = problem.pes[peOfTask[task]];
    const shares = memberShares(problem.tasks[task], pe.processor);
    layerIdsOf(problem, problem.tasks[task]).forEach((id, member) => {
      const known = layers.get(id) ?? {
        pe: pe.id,
        processor: problem.processors[pe.processor].id,
        busyMs: 0,
        firstEndMs: Number.POSITIVE_INFINITY,
      };
      if (!isDropped) {
        known.busyMs += (timeline.endMs[job] - timeline.startMs[job]) * (shares[member] ?? 1);
        known.firstEndMs = Math.min(known.firstEndMs, timeline.endMs[job]);
      }
      layers.set(id, known);
    });
  });
  return layers;
}

function makespanOf({ timeline }: ScheduledProblem): number {
  let latest = 0;
  for (const end of timeline.endMs) if (end > latest) latest = end;
  return latest;
}

/** Random task graphs for the benchmarks, after Topcuoglu, Hariri & Wu (2002), section 5.1: the generator behind the HEFT results. */
import { emptyLibrary, parseScenario, resolveScenario, type ResolvedScenario } from '#shared/domain/scenario.ts';
import type { LayerInput } from './types.ts';

export interface TaskGraphParameters {
  /** Number of tasks, v. */
  readonly tasks: number;
  /** Shape α: mean height √v / α, mean width α·√v. */
  readonly shape: number;
  /** Largest number of successors of a task. */
  readonly outDegree: number;
  /** Mean transfer time over mean execution time. */
  readonly communicationToComputation: number;
  /** Range β of execution times over processors: w̄ᵢ × (1 − β/2 … 1 + β/2). */
  readonly heterogeneity: number;
  /** w̄_DAG: execution times average between 0 and twice this, ms. */
  readonly meanTimeMs: number;
}

export const defaultParameters: TaskGraphParameters = {
  tasks: 60,
  shape: 1,
  outDegree: 3,
  communicationToComputation: 0.5,
  heterogeneity: 1,
  meanTimeMs: 2,
};

const BANDWIDTH_MBPS = 4000;

/** A scenario of one application with that task graph, on 4 pinned CPU cores, a GPU and an NPU. `nextInt(n)` gives 0 … n − 1. */
export function randomScenario(parameters: TaskGraphParameters, nextInt: (n: number) => number): ResolvedScenario {
  const fraction = (): number => nextInt(1 << 24) / (1 << 24);
  const levels = levelsOf(parameters, nextInt);
  const layers: LayerInput[] = [];
  const firstOfLevel: number[] = [];
  levels.forEach((width, level) => {
    firstOfLevel.push(layers.length);
    for (let i = 0; i < width; i++) {
      const mean = fraction() * 2 * parameters.meanTimeMs + 0.01;
      const time = (): number => mean * (1 - parameters.heterogeneity / 2 + parameters.heterogeneity * fraction());
      layers.push({
        id: `t${layers.length}`,
        op: 'Task',
        executionTimeMs: { cpu: time(), gpu: time(), npu: time() },
        dependencies: level === 0 ? [] : [`t${firstOfLevel[level - 1] + nextInt(levels[level - 1])}`],
        // bytes whose transfer takes CCR × the mean time: ms × MB/s × 1000 = bytes
        outputBytes: Math.round(parameters.communicationToComputation * mean * BANDWIDTH_MBPS * 1000),
      });
    }
  });
  addEdges(layers, firstOfLevel, parameters.outDegree, nextInt);
  return resolveScenario(
    parseScenario({
      schemaVersion: 1,
      id: `random-${parameters.tasks}`,
      platform: {
        schemaVersion: 1,
        id: 'bench',
        processors: [
          {
            id: 'cpu',
            kind: 'cpu',
            coreCount: 4,
            idlePowerMW: 40,
            operatingPoints: [{ frequencyMHz: 2000, activePowerMW: 500, clusterPowerMW: 60 }],
          },
          { id: 'gpu', kind: 'gpu', idlePowerMW: 60, operatingPoints: [{ frequencyMHz: 700, activePowerMW: 1500 }] },
          { id: 'npu', kind: 'npu', idlePowerMW: 30, operatingPoints: [{ frequencyMHz: 900, activePowerMW: 1000 }] },
        ],
        interconnect: { default: { latencyMs: 0.02, bandwidthMBps: BANDWIDTH_MBPS, energyPJPerByte: 20 } },
      },
      applications: [{ id: 'a', network: { schemaVersion: 1, id: 'graph', layers } }],
    }),
    emptyLibrary,
  );
}

/** Widths of the levels: uniform between 1 and twice the mean width, together exactly `tasks`. */
function levelsOf({ tasks, shape }: TaskGraphParameters, nextInt: (n: number) => number): number[] {
  const meanWidth = Math.max(1, Math.round(shape * Math.sqrt(tasks)));
  const levels: number[] = [];
  for (let left = tasks; left > 0;) {
    const width = Math.min(left, 1 + nextInt(2 * meanWidth - 1));
    levels.push(width);
    left -= width;
  }
  return levels;
}

/** Further successors for each task, in the next levels, up to `outDegree` in all. */
function addEdges(
  layers: readonly LayerInput[],
  firstOfLevel: readonly number[],
  outDegree: number,
  nextInt: (n: number) => number,
): void {
  firstOfLevel.slice(0, -1).forEach((first, level) => {
    const next = firstOfLevel[level + 1];
    const beyond = Math.min(layers.length, firstOfLevel[level + 3] ?? layers.length);
    for (let producer = first; producer < next; producer++) {
      for (let edge = nextInt(outDegree); edge > 0; edge--) {
        const { dependencies } = layers[next + nextInt(beyond - next)];
        if (!dependencies.includes(`t${producer}`)) dependencies.push(`t${producer}`);
      }
    }
  });
}

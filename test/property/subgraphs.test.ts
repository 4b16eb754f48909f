/** Any partition of any scenario: the kernel has the bits of the reference, and the schedule is the one that the layers' own documents ask for. */
import { expect, test } from 'vitest';
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { coarsen } from '#shared/scheduling/coarsen.ts';
import { decodeGenome, defaultAssignment, encodeAssignment } from '#shared/scheduling/decode.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import { cutsOfPartition, partitionOfCuts } from '#shared/scheduling/partition-cuts.ts';
import { compileProblem, type Problem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { describeAssignment, readMapping } from '#shared/scheduling/solution.ts';
import { noExactTimes, type ExactTimes } from '#shared/scheduling/subgraph-times.ts';
import { connectedParts, cycleOf, layersAlone, namesOfPartition, setsOf } from '#shared/scheduling/subgraphs.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import {
  arbitraryGeneSelection,
  arbitraryPartition,
  arbitraryScenario,
  withCallTimes,
  type ScenarioShape,
} from '#test/fixtures/random-scenario.ts';

const bits = (values: ArrayLike<number>): string[] =>
  Array.from(new BigUint64Array(Float64Array.from(values).buffer), (word) => word.toString(16));

/** Profiles that know the time of every third set of layers, by their names alone. */
const someTimes: ExactTimes = {
  ...noExactTimes,
  of: (_, layers, { id }) => {
    const hash = `${layers.join()}${id}`.split('').reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
    return hash % 3 === 0 ? { timeMs: (hash % 17) / 8, source: 'measured' } : undefined;
  },
};

interface Case {
  readonly scenario: ResolvedScenario;
  readonly problem: Problem;
  readonly genes: Uint8Array;
}

function arbitraryCase(shape: ScenarioShape = {}, exact: ExactTimes = noExactTimes): fc.Arbitrary<Case> {
  return fc
    .tuple(arbitraryScenario(shape).chain(withCallTimes), arbitraryGeneSelection)
    .chain(([scenario, selection]) =>
      arbitraryPartition(scenario).map((partition) => ({ scenario, selection, partition })),
    )
    .map(({ scenario, selection, partition }) => {
      try {
        return { scenario, problem: compileProblem(scenario, selection, partition, exact) };
      } catch {
        // a subgraph that no processor can run: then every layer alone
        return { scenario, problem: compileProblem(scenario, selection, layersAlone(scenario), exact) };
      }
    })
    .chain(({ scenario, problem }) =>
      fc
        .tuple(...problem.layout.loci.map(({ cardinality }) => fc.integer({ min: 0, max: cardinality - 1 })))
        .map((genes) => ({ scenario, problem, genes: Uint8Array.from(genes) })),
    );
}

test('gives the bits of the reference on any partition, with launches, borders and times of wholes', () => {
  let joined = 0;
  fc.assert(
    fc.property(arbitraryCase(), ({ problem, genes }) => {
      joined += Number(problem.tasks.some(({ members }) => members !== undefined));
      expect(bits(createKernel(problem).evaluate(genes))).toEqual(bits(createEvaluator(problem).evaluate(genes)));
    }),
    { numRuns: 800 },
  );
  expect(joined).toBeGreaterThan(200);
});

test('gives the bits of the reference where sets of layers were measured', () => {
  fc.assert(
    fc.property(arbitraryCase({}, someTimes), ({ problem, genes }) => {
      expect(bits(createKernel(problem).evaluate(genes))).toEqual(bits(createEvaluator(problem).evaluate(genes)));
    }),
    { numRuns: 400 },
  );
});

test('any cuts are a partition into connected subgraphs that do not wait for each other, and it has cuts of its own', () => {
  fc.assert(
    fc.property(
      arbitraryScenario().chain((scenario) =>
        arbitraryPartition(scenario).map((partition) => ({ scenario, partition })),
      ),
      ({ scenario, partition }) => {
        scenario.applications.forEach(({ network }, application) => {
          const leaderOf = partition[application]!;
          expect(cycleOf(network, leaderOf)).toBeUndefined();
          for (const layers of setsOf(leaderOf)) expect(connectedParts(network, layers)).toEqual([layers]);
          expect(partitionOfCuts(network, cutsOfPartition(network, leaderOf))).toEqual(leaderOf);
        });
      },
    ),
    { numRuns: 600 },
  );
});

/** What each layer has to wait for by the documents: the end of each call that feeds its own, and the transfer of what is sent. */
function readinessByLayers(
  { scenario, problem }: Case,
  assignment: ReturnType<typeof decodeGenome>,
  endMs: Float64Array,
) {
  const layers = compileProblem(
    { ...scenario, platform: withoutCalls(scenario.platform) },
    undefined,
    layersAlone(scenario),
  );
  const count = layers.processors.length;
  const taskOf = new Map(
    problem.tasks.flatMap((task) => {
      const { id } = scenario.applications[task.application]!;
      const names = task.members?.map((member) => `${id}/${member.id}`) ?? [task.id];
      return names.map((name) => [name, task.index] as const);
    }),
  );
  const ready = Float64Array.from(problem.jobReleaseMs);
  problem.jobTask.forEach((task, job) => {
    const first = problem.jobFirstOfInstance[job]!;
    const firstTask = problem.jobTask[first]!;
    const to = problem.pes[assignment.peOfTask[task]!]!.processor;
    const most = new Map<number, { bytes: number; edge: number }>();
    layers.tasks
      .filter(({ id }) => taskOf.get(id) === task)
      .forEach(({ index }) => {
        for (let edge = layers.consumerFirstEdge[index]!; edge < layers.consumerFirstEdge[index + 1]!; edge++) {
          const producer = layers.edgeProducer[edge]!;
          if (taskOf.get(layers.tasks[producer]!.id) === task) continue;
          const bytes = layers.edgeBytes[edge]!;
          if (bytes > (most.get(producer)?.bytes ?? -1)) most.set(producer, { bytes, edge });
        }
      });
    for (const [producer, { edge }] of most) {
      const call = taskOf.get(layers.tasks[producer]!.id)!;
      const from = problem.pes[assignment.peOfTask[call]!]!.processor;
      const transferMs = from === to ? 0 : layers.transferMs[(edge * count + from) * count + to]!;
      ready[job] = Math.max(ready[job]!, endMs[first + call - firstTask]! + transferMs);
    }
  });
  return ready;
}

function withoutCalls(platform: ResolvedScenario['platform']): ResolvedScenario['platform'] {
  return {
    ...platform,
    processors: platform.processors.map((processor) => ({ ...processor, launchMs: 0, borderMsPerMB: 0 })),
  };
}

test('a subgraph is ready when every input of every layer has arrived', () => {
  fc.assert(
    fc.property(arbitraryCase({ interconnect: 'latency', dispatchTickMs: 0 }), (given) => {
      const assignment = decodeGenome(given.problem, given.genes);
      const { readyMs, endMs } = simulate(given.problem, assignment);
      expect(readyMs).toEqual(readinessByLayers(given, assignment, endMs));
    }),
    { numRuns: 300 },
  );
});

test('every layer alone, compiled as subgraphs of one, is the scenario as it is, to the bit', () => {
  fc.assert(
    fc.property(arbitraryScenario(), arbitraryGeneSelection, fc.nat(), (scenario, selection, seed) => {
      const plain = compileProblem(scenario, selection);
      const alone = compileProblem(coarsen(scenario, layersAlone(scenario), noExactTimes).scenario, selection);
      const genes = Uint8Array.from(plain.layout.loci, ({ cardinality }, locus) => (seed + 7 * locus) % cardinality);
      expect(alone.layout.length).toBe(plain.layout.length);
      expect(bits(createEvaluator(alone).evaluate(genes))).toEqual(bits(createEvaluator(plain).evaluate(genes)));
    }),
    { numRuns: 400 },
  );
});

test('on one unit, joining by sums changes nothing', () => {
  // eighths of a ms: their sums are exact in any order
  const chain = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(chain, fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 8, maxLength: 8 }), (times, cuts) => {
      const network = times.reduce(
        (built, time, index) =>
          built.withLayer(`l${index}`, { cpu: time / 8 }, { dependencies: index === 0 ? [] : [`l${index - 1}`] }),
        aNetwork(),
      );
      const scenario = aScenario().on(aPlatform()).running(network, { instances: 2, periodMs: 3 }).build();
      const partition = [partitionOfCuts(scenario.applications[0]!.network, cuts)];
      const metricsOf = (problem: Problem) =>
        createEvaluator(problem).evaluate(
          encodeAssignment(problem, defaultAssignment(problem, new Int32Array(problem.tasks.length))),
        );
      // the order of two instances on one unit may differ, the work and its end may not
      const [joined, alone] = [compileProblem(scenario, undefined, partition), compileProblem(scenario)].map(metricsOf);
      expect(joined![0]).toBe(alone![0]);
    }),
    { numRuns: 200 },
  );
});

test('a mapping file keeps the subgraphs of a schedule', () => {
  fc.assert(
    fc.property(arbitraryCase(), ({ scenario, problem, genes }) => {
      const assignment = decodeGenome(problem, genes);
      const file = JSON.parse(JSON.stringify(describeAssignment(problem, assignment)));
      const read = readMapping(scenario, file);
      expect(namesOfPartition(scenario, read.problem.partition)).toEqual(namesOfPartition(scenario, problem.partition));
      expect(read.assignment.peOfTask).toEqual(assignment.peOfTask);
      expect(bits(simulate(read.problem, read.assignment).endMs)).toEqual(bits(simulate(problem, assignment).endMs));
    }),
    { numRuns: 200 },
  );
});

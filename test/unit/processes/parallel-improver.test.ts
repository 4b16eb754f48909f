/** Starts and children improved on several threads: the same run whatever their number, paused, killed and continued; none without need. */
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import type { ErrorPayload } from '#shared/domain/errors.ts';
import { genesOf } from '#shared/domain/scheduler.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { referenceMetrics } from '#shared/scheduling/npu-first.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { descents, Improver, tabuRuns } from '#main/engine/improvement/improvement.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { createRun, parseRunState, restoreRun, type RunOptions, type SearchRun } from '#main/engine/run-search.ts';
import { entryPath } from '#main/processes/entries.ts';
import { HelpingThreads } from '#main/processes/helping-threads.ts';
import { ParallelImprover } from '#main/processes/parallel-improver.ts';
import { allocateSharedImprovements, SharedImprovements } from '#main/processes/shared-improvements.ts';
import { aNetwork, aPlatform, aScenario } from '#test/fixtures/builders.ts';
import { recordsOf } from '#test/fixtures/chromosomes.ts';

function scenarioOf(periodMs?: number): ResolvedScenario {
  let network = aNetwork();
  for (let layer = 0; layer < 12; layer++) {
    const dependencies = layer < 2 ? [] : [{ layer: `l${layer - 1 - (layer % 2)}`, bytes: 20_000 }];
    network = network.withLayer(`l${layer}`, { cpu: 5 + (layer % 3), gpu: 3 + (layer % 4), npu: 2 }, { dependencies });
  }
  return aScenario()
    .on(aPlatform().withCores(2).withGpu().withNpu())
    .running(network, periodMs === undefined ? {} : { periodMs, instances: 4 })
    .build();
}

const options = { generations: 8, genes: { priorities: true } };
const configuration = { scheduler: 'auto', seed: 5, options };
const weights = { throughput: 1, energy: 0, latency: 0, penalty: 2, normalise: true };
const genes = genesOf({ options });

/** How a run is made with so many threads, and the pool of the run last made. */
function withThreads(scenario: ResolvedScenario, threads: number) {
  let pool: ParallelImprover | undefined;
  const failed = vi.fn<(error: ErrorPayload) => void>();
  const runOptions: RunOptions = {
    createEvaluator: createKernel,
    createPool(problem, ownWeights, reference) {
      pool = new ParallelImprover({
        improver: new Improver(problem, ownWeights, reference),
        tasks: problem.tasks.length,
        threads,
        worthHelpersMs: -1,
        now: () => performance.now(),
        callHelpers(memory, wanted) {
          const task = { scenario, genes, weights: ownWeights, memory, threads: wanted };
          const helpers = new HelpingThreads(task, failed, entryPath('improvement-worker'));
          onTestFinished(() => helpers.end());
        },
      });
      return pool;
    },
  };
  return { runOptions, failed, helpers: () => pool?.helpers ?? 0 };
}

/** The generations from where the run is; helpers are waited for after the first one of several islands. */
async function generationsOf(run: SearchRun, helpers: () => number, wanted: number): Promise<GenerationRecord[]> {
  const generations: GenerationRecord[] = [];
  for (let generation = run.step(); generation !== undefined; generation = run.step()) {
    generations.push(generation);
    while (generations.length === 2 && helpers() < wanted) await wait(5);
  }
  return generations;
}

describe.each([
  ['tabu runs', scenarioOf()],
  ['descents', scenarioOf(15)],
])('%s', (_, scenario) => {
  const alone = createRun(scenario, configuration, { createEvaluator: createKernel });
  const whole: GenerationRecord[] = [];
  for (let generation = alone.step(); generation !== undefined; generation = alone.step()) whole.push(generation);

  test.each([1, 2, 4])('give the same run on %d threads', async (threads) => {
    const { runOptions, helpers, failed } = withThreads(scenario, threads);
    const run = createRun(scenario, configuration, runOptions);
    expect(await generationsOf(run, helpers, threads - 1)).toEqual(whole);
    expect(helpers()).toBe(threads - 1);
    expect(failed).not.toHaveBeenCalled();
  });

  test.each([
    [2, 4],
    [4, 1],
    [1, 2],
  ])('give the same run when it is killed on %d threads and continued on %d', async (before, after) => {
    const first = createRun(scenario, configuration, withThreads(scenario, before).runOptions);
    const records = whole.slice(0, 3).map(() => first.step()!);
    expect(records).toEqual(whole.slice(0, 3));
    const state = parseRunState(JSON.parse(JSON.stringify(first.saveState())));
    const { runOptions, helpers } = withThreads(scenario, after);
    const chromosomes = records.flatMap(({ newChromosomes }) => recordsOf(newChromosomes));
    const second = restoreRun(scenario, configuration, state, chromosomes, runOptions);
    expect(await generationsOf(second, helpers, after - 1)).toEqual(whole.slice(3));
  });
});

test('what a request gives does not depend on what its thread improved before', () => {
  const problem = compileProblem(scenarioOf(), genes);
  const improver = (): Improver => new Improver(problem, weights, referenceMetrics(problem));
  const used = improver();
  const starts = [0, 1, 2, 3].map((start) => ({ start, parents: [], patience: 20, bestMs: Infinity, seed: 7 + start }));
  const first = tabuRuns(used, starts);
  expect(first).toEqual(starts.map((start) => tabuRuns(improver(), [start])[0]));
  const children = [
    { start: undefined, parents: [first[0]!.plan, first[1]!.plan], patience: 15, bestMs: 30, seed: 1 },
    { start: undefined, parents: [first[2]!.plan], patience: 15, bestMs: 30, seed: 2 },
  ];
  expect(tabuRuns(used, children)).toEqual(children.map((child) => tabuRuns(improver(), [child])[0]));
});

test('a round that is too large for the shared memory is improved by the thread that asks', () => {
  const problem = compileProblem(scenarioOf(), genes);
  const reference = referenceMetrics(problem);
  const shared = new SharedImprovements(allocateSharedImprovements(1, 1), new Improver(problem, weights, reference));
  const requests = [0, 1].map((start) => ({ start, parents: [], patience: 5, bestMs: Infinity, seed: start }));
  expect(tabuRuns(shared, requests)).toEqual(tabuRuns(new Improver(problem, weights, reference), requests));
  expect(() => descents(shared, [])).not.toThrow();
});

test('one thread, or a search that is over soon, calls no helpers', () => {
  const problem = compileProblem(scenarioOf(), genes);
  const callHelpers = vi.fn<(memory: unknown, threads: number) => void>();
  const improverWith = (threads: number, worthHelpersMs: number): ParallelImprover =>
    new ParallelImprover({
      improver: new Improver(problem, weights, referenceMetrics(problem)),
      tasks: problem.tasks.length,
      threads,
      worthHelpersMs,
      now: () => 0,
      callHelpers,
    });
  const requests = [0, 1].map((start) => ({ start, parents: [], patience: 5, bestMs: Infinity, seed: start }));
  tabuRuns(improverWith(1, -1), requests);
  tabuRuns(improverWith(8, 1), requests);
  tabuRuns(improverWith(8, -1), requests.slice(1));
  expect(callHelpers).toHaveBeenCalledTimes(1);
  expect(callHelpers.mock.calls[0]![1]).toBe(4);
});

/** Evaluating on several threads: the same bits whatever their number, no thread without need, and no silence when one dies. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { Random } from '#main/engine/random.ts';
import { createRun, type SearchRun } from '#main/engine/run-search.ts';
import { entryPath } from '#main/processes/entries.ts';
import { HelpingThreads } from '#main/processes/helping-threads.ts';
import { ParallelEvaluator, type ParallelEvaluatorOptions } from '#main/processes/parallel-evaluator.ts';
import type { RunEvent } from '#main/processes/protocol.ts';
import { RunSession } from '#main/processes/run-session.ts';
import type { SharedBatchMemory } from '#main/processes/shared-batch.ts';
import type { ErrorPayload } from '#shared/domain/errors.ts';
import { defaultGenes } from '#shared/domain/scheduler.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import { HEADLINE_METRIC_COUNT } from '#shared/domain/metrics.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { aSmallScenario } from '../../fixtures/builders.ts';
import { aFolder } from '../../fixtures/record.ts';

const scenario = aSmallScenario().build();
const problem = compileProblem(scenario);
const random = new Random(3);
const genomes = Array.from({ length: 5000 }, () =>
  Uint8Array.from(problem.layout.loci, ({ alleles }) => alleles[random.nextInt(alleles.length)]),
);
const reference = createEvaluator(problem);

const noCall = vi.fn<(memory: SharedBatchMemory, threads: number) => void>();
const evaluatorWith = (options: Partial<ParallelEvaluatorOptions>): ParallelEvaluator =>
  new ParallelEvaluator(problem, {
    kernel: createKernel(problem),
    threads: 2,
    callHelpers: noCall,
    now: () => performance.now(),
    ...options,
  });

/** One that shares every batch of several genomes, with helpers that have begun. */
async function anEvaluatorOn(threads: number): Promise<ParallelEvaluator> {
  const failed = vi.fn<(error: ErrorPayload) => void>();
  const evaluator = evaluatorWith({
    threads,
    worthSharingMs: 1e-9,
    worthHelpersMs: 0,
    callHelpers(memory) {
      const started = new HelpingThreads(
        { scenario, genes: defaultGenes, memory, threads },
        failed,
        entryPath('evaluation-worker'),
      );
      onTestFinished(() => started.end());
    },
  });
  evaluator.evaluateBatch(genomes, 0, 20, new Float64Array(20 * HEADLINE_METRIC_COUNT));
  while (evaluator.helpers < threads - 1) await wait(5);
  expect(failed).not.toHaveBeenCalled();
  return evaluator;
}

describe('the metrics of a batch', () => {
  it.each([2, 3])('on %d threads are those of the reference simulator to the last bit', async (threads) => {
    const evaluator = await anEvaluatorOn(threads);
    for (const [first, count] of [
      [0, 5000],
      [17, 1],
      [17, 2],
      [100, 63],
      [100, 64],
      [100, 65],
      [0, 5000],
    ] as const) {
      const out = new Float64Array(count * HEADLINE_METRIC_COUNT).fill(Number.NaN);
      evaluator.evaluateBatch(genomes, first, count, out);
      for (let i = 0; i < count; i++) {
        expect(out.subarray(i * HEADLINE_METRIC_COUNT, (i + 1) * HEADLINE_METRIC_COUNT)).toEqual(
          reference.evaluate(genomes[first + i]!),
        );
      }
    }
  });

  it('are right through thousands of small batches, whichever thread is late', async () => {
    const evaluator = await anEvaluatorOn(3);
    const kernel = createKernel(problem);
    const out = new Float64Array(40 * HEADLINE_METRIC_COUNT);
    const expected = new Float64Array(40 * HEADLINE_METRIC_COUNT);
    for (let round = 0; round < 3000; round++) {
      const count = 2 + (round % 39);
      const first = (round * 31) % 4900;
      evaluator.evaluateBatch(genomes, first, count, out);
      kernel.evaluateBatch(genomes, first, count, expected);
      expect(Buffer.compare(Buffer.from(out.buffer, 0, count * 40), Buffer.from(expected.buffer, 0, count * 40))).toBe(
        0,
      );
    }
  });
});

describe('a search', () => {
  it.each(['ga', 'nsga2', 'random'])('%s: gives the same generations on 1, 2 and 3 threads', async (scheduler) => {
    const configuration = { scheduler, seed: 5, options: { populationSize: 60, generations: 40 } };
    const generationsOf = (run: SearchRun) => {
      const generations = [];
      for (let generation = run.step(); generation !== undefined; generation = run.step()) generations.push(generation);
      return generations;
    };
    const alone = generationsOf(createRun(scenario, configuration));
    for (const threads of [1, 2, 3]) {
      const evaluator = threads === 1 ? createKernel(problem) : await anEvaluatorOn(threads);
      expect(generationsOf(createRun(scenario, configuration, { createEvaluator: () => evaluator }))).toEqual(alone);
    }
  });
});

describe('helpers', () => {
  /** A clock on which each look takes so long that a batch, two looks, seems to take that time. */
  const clockOf = (batchMs: number) => {
    let time = 0;
    return () => (time += batchMs);
  };

  it('are not called for batches that are done sooner than a thread wakes up', () => {
    const callHelpers = vi.fn<(memory: SharedBatchMemory, threads: number) => void>();
    const evaluator = evaluatorWith({ callHelpers, now: clockOf(0.05) });
    for (let i = 0; i < 10_000; i++)
      evaluator.evaluateBatch(genomes, 0, 4, new Float64Array(4 * HEADLINE_METRIC_COUNT));
    expect(callHelpers).not.toHaveBeenCalled();
  });

  it('are called once, when batches worth sharing have taken as long as it takes to start them', () => {
    const callHelpers = vi.fn<(memory: SharedBatchMemory, threads: number) => void>();
    const evaluator = evaluatorWith({ callHelpers, now: clockOf(1) });
    const out = new Float64Array(4 * HEADLINE_METRIC_COUNT);
    for (let i = 0; i < 30; i++) evaluator.evaluateBatch(genomes, 0, 4, out);
    expect(callHelpers).not.toHaveBeenCalled();
    for (let i = 0; i < 100; i++) evaluator.evaluateBatch(genomes, 0, 4, out);
    expect(callHelpers).toHaveBeenCalledOnce();
  });

  it('are no more than find something to do', () => {
    const callHelpers = vi.fn<(memory: SharedBatchMemory, threads: number) => void>();
    const evaluator = evaluatorWith({ callHelpers, threads: 16, now: clockOf(0.4) });
    while (callHelpers.mock.calls.length === 0)
      evaluator.evaluateBatch(genomes, 0, 4, new Float64Array(4 * HEADLINE_METRIC_COUNT));
    expect(callHelpers.mock.calls[0]![1]).toBe(4);
  });

  it('that die are told of once, with the reason', async () => {
    const entry = join(aFolder(), 'dying.mjs');
    writeFileSync(entry, 'process.exit(7);\n');
    const told: ErrorPayload[] = [];
    const { promise: failed, resolve } = Promise.withResolvers<void>();
    const evaluator = evaluatorWith({
      worthSharingMs: 1e-9,
      worthHelpersMs: 0,
      threads: 3,
      callHelpers(memory) {
        const started = new HelpingThreads(
          { scenario, genes: defaultGenes, memory, threads: 3 },
          (error) => {
            told.push(error);
            resolve();
          },
          entry,
        );
        onTestFinished(() => started.end());
      },
    });
    evaluator.evaluateBatch(genomes, 0, 20, new Float64Array(20 * HEADLINE_METRIC_COUNT));
    await failed;
    await wait(50);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({ message: expect.stringContaining('a helping thread ended with code 7') });
  });

  it('that cannot begin tell why', async () => {
    const { promise: told, resolve } = Promise.withResolvers<ErrorPayload>();
    const evaluator = evaluatorWith({
      worthSharingMs: 1e-9,
      worthHelpersMs: 0,
      callHelpers(memory) {
        const unrunnable = { ...scenario, platform: { ...scenario.platform, processors: [] } };
        const started = new HelpingThreads(
          { scenario: unrunnable, genes: defaultGenes, memory, threads: 2 },
          resolve,
          entryPath('evaluation-worker'),
        );
        onTestFinished(() => started.end());
      },
    });
    evaluator.evaluateBatch(genomes, 0, 20, new Float64Array(20 * HEADLINE_METRIC_COUNT));
    expect(await told).toMatchObject({ code: 'problem.unrunnable' });
  });
});

describe('a run', () => {
  /** Enough work for helpers to be called: some milliseconds a generation. */
  const long = {
    ...scenario,
    applications: scenario.applications.map((application) => ({ ...application, periodMs: 1, instances: 20 })),
  };
  const configuration = { scheduler: 'random', seed: 1, options: { populationSize: 200, generations: 100_000 } };

  /** Runs until it is over; returns what it told last. */
  function lastEventOf(
    threads: number,
    evaluationEntry: string | undefined,
    onProgress: (session: RunSession) => void,
  ): Promise<RunEvent> {
    return new Promise((resolve) => {
      const events: RunEvent[] = [];
      const session: RunSession = new RunSession(
        { type: 'start', runId: 1, scenario: long, configuration, sink: undefined, resume: false },
        {
          sink: undefined,
          threads,
          send: async (event) => {
            events.push(event);
            if (event.type === 'progress') onProgress(session);
          },
          onOver: () => resolve(events.at(-1)!),
          entries: evaluationEntry === undefined ? {} : { evaluation: evaluationEntry },
        },
      );
    });
  }

  it('fails with the reason when an evaluation thread dies with genomes in its hands', async () => {
    const entry = join(aFolder(), 'dying.mjs');
    // takes the whole of the next batch (words 1 and 2: the batch's end, and what is claimed) and ends
    writeFileSync(
      entry,
      `
      import { workerData } from 'node:worker_threads';
      const control = new Int32Array(workerData.memory.control);
      Atomics.add(control, 4, 1);
      for (let claimed = 0; Atomics.load(control, 1) === claimed || Atomics.compareExchange(control, 2, claimed, control[1]) !== claimed; claimed = Atomics.load(control, 2));
      process.exit(7);
    `,
    );
    expect(await lastEventOf(2, entry, () => {})).toMatchObject({
      type: 'failed',
      error: { message: expect.stringContaining('a helping thread ended with code 7') },
    });
  });

  it('can be cancelled while several threads evaluate', async () => {
    let reports = 0;
    const last = await lastEventOf(3, undefined, (session) => {
      if (++reports === 5) session.obey({ type: 'cancel' });
    });
    expect(last).toMatchObject({
      type: 'finished',
      outcome: { status: 'cancelled', best: { fitness: expect.any(Number) } },
    });
  });
});

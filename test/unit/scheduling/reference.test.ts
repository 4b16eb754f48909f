/** The NPU-first schedule, and the fitness that is measured against it (DESIGN §6). */
import { describe, expect, it } from 'vitest';
import { aNetwork, aPlatform, aScenario, aSmallScenario } from '#test/fixtures/builders.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import { decodeGenome, encodeAssignment } from '#shared/scheduling/decode.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import { headlineVector } from '#shared/domain/metrics.ts';
import { npuFirstAssignment, referenceMetrics } from '#shared/scheduling/npu-first.ts';
import { fitnessOf, type FitnessWeights } from '#shared/scheduling/objectives.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { describeAssignment } from '#shared/scheduling/solution.ts';

const npuFirst = (problem: Problem) => describeAssignment(problem, npuFirstAssignment(problem));

describe('the NPU-first schedule', () => {
  it('sends each layer to an NPU that can run it, else to a DSP, a GPU, a CPU', () => {
    const network = aNetwork()
      .withLayer('all', { cpu: 1, gpu: 1, npu: 9, dsp: 1 })
      .withLayer('noNpu', { cpu: 1, gpu: 1, dsp: 9 })
      .withLayer('noDsp', { cpu: 1, gpu: 9 })
      .withLayer('cpuOnly', { cpu: 1 })
      .withLayer('unsupported', { cpu: 1, gpu: 9, npu: 1 }, { op: 'Softmax' });
    const platform = aPlatform()
      .withGpu()
      .withProcessor({ id: 'dsp', kind: 'dsp' })
      .withNpu({ supportedOps: ['Conv'] });
    expect(npuFirst(aScenario().on(platform).running(network).problem()).mapping).toEqual({
      'a/all': 'npu',
      'a/noNpu': 'dsp',
      'a/noDsp': 'gpu',
      'a/cpuOnly': 'cpu',
      'a/unsupported': 'gpu',
    });
  });

  it('shares layers among several elements of that kind by the work they have so far, the lowest-numbered first', () => {
    // 4 → cpu:0; 1 → cpu:1; 2 → cpu:1 (1 < 4); 2 → cpu:1 (3 < 4); 1 → cpu:0 (4 < 5)
    const network = aNetwork()
      .withLayer('p', { cpu: 4 })
      .withLayer('q', { cpu: 1 })
      .withLayer('r', { cpu: 2 })
      .withLayer('s', { cpu: 2 })
      .withLayer('t', { cpu: 1 });
    expect(npuFirst(aScenario().on(aPlatform().withCores(2)).running(network).problem()).mapping).toEqual({
      'a/p': 'cpu:0',
      'a/q': 'cpu:1',
      'a/r': 'cpu:1',
      'a/s': 'cpu:1',
      'a/t': 'cpu:0',
    });
  });

  it('runs all cores, or the first core configuration, at the operating point closest to nominal within the caps', () => {
    const points = [{ frequencyMHz: 500 }, { frequencyMHz: 1000 }, { frequencyMHz: 2000 }];
    const platform = aPlatform()
      .withCores(2, { operatingPoints: points })
      .withCap('cpu', 2, 1500)
      .withNpu({ operatingPoints: points, nominalFrequencyMHz: 900 });
    expect(
      npuFirst(
        aScenario()
          .on(platform)
          .running(aNetwork().withLayer('x', { npu: 1 }))
          .problem(),
      ),
    ).toMatchObject({ activeCores: { cpu: 2 }, frequencies: { cpu: 1000, npu: 1000 } });
    const grouped = aPlatform().withCores(4, { coreConfigurations: [[2, 2], [4]], groupSpeedup: { 2: 1.5, 4: 3 } });
    expect(
      npuFirst(
        aScenario()
          .on(grouped)
          .running(aNetwork().withLayer('x', { cpu: 1 }).withLayer('y', { cpu: 1 }))
          .problem(),
      ),
    ).toMatchObject({ coreConfigurations: { cpu: [2, 2] }, mapping: { 'a/x': 'cpu:0', 'a/y': 'cpu:1' } });
  });

  it('is the same schedule when it is taken through a genome', () => {
    const problem = aSmallScenario().problem();
    const assignment = decodeGenome(problem, encodeAssignment(problem, npuFirstAssignment(problem)));
    expect(computeMetrics(problem, assignment, simulate(problem, assignment))).toEqual(referenceMetrics(problem));
  });
});

describe('fitness', () => {
  const weights: FitnessWeights = { throughput: 1, energy: 1, latency: 1, penalty: 1, normalise: true };
  const reference = { makespanMs: 20, throughputPerS: 100, energyMJ: 50, latencyMs: 8, constraintViolation: 0 };
  /** makespan, throughput, energy, latency, violation */
  const metrics = Float64Array.from([10, 200, 25, 2, 0.5]);

  it('is wt·thr/thr₀ − we·energy/energy₀ − wl·latency/latency₀ − penalty·violation', () => {
    expect(fitnessOf(metrics, reference, { ...weights, throughput: 2, energy: 3, latency: 4, penalty: 10 })).toBe(
      2 * 2 - 3 * 0.5 - 4 * 0.25 - 10 * 0.5,
    );
  });

  it('is −1 with equal weights for the reference itself', () => {
    expect(fitnessOf(Float64Array.from([20, 100, 50, 8, 0]), reference, weights)).toBe(1 - 1 - 1);
  });

  it('is the raw sum with normalise false', () => {
    expect(fitnessOf(metrics, reference, { ...weights, normalise: false })).toBe(200 - 25 - 2 - 0.5);
  });

  it('does not divide by a reference of zero', () => {
    // a platform without power figures: the energy of both is zero
    expect(fitnessOf(Float64Array.from([10, 200, 0, 2, 0]), { ...reference, energyMJ: 0 }, weights)).toBe(2 - 0 - 0.25);
  });
});

describe('the evaluator', () => {
  it('gives the headline metrics of the decoded genome, each time in an array of its own', () => {
    const problem = aSmallScenario().problem();
    const evaluator = createEvaluator(problem);
    const genes = encodeAssignment(problem, npuFirstAssignment(problem));
    const first = evaluator.evaluate(genes);
    evaluator.evaluate(genes.map(() => 0));
    expect(first).toEqual(headlineVector(referenceMetrics(problem)));
  });
});

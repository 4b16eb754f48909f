/** Metrics recomputed from the timeline by other means agree, for random schedules. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { describe, expect, it } from 'vitest';
import { arbitraryProblemAndGenes } from '#test/fixtures/random-scenario.ts';
import { executionsOf, integratePower, transfersOf, type Execution } from '#test/fixtures/schedule-oracle.ts';
import { decodeGenome } from '#shared/scheduling/decode.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import { computeMetrics } from '#shared/scheduling/metrics.ts';
import { headlineVector } from '#shared/domain/metrics.ts';
import { simulate } from '#shared/scheduling/simulate.ts';

const RUNS = 250;

/** Equal up to rounding, relative to their size. */
function expectClose(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
}

describe('metrics', () => {
  it('agree with what the timeline says', () => {
    fc.assert(
      fc.property(arbitraryProblemAndGenes(), ({ problem, genes }) => {
        const assignment = decodeGenome(problem, genes);
        const timeline = simulate(problem, assignment);
        const metrics = computeMetrics(problem, assignment, timeline);
        const executions = executionsOf(problem, timeline);
        const transfers = transfersOf(problem, executions);

        const makespanMs = Math.max(...executions.map(({ endMs }) => endMs));
        expect(metrics.makespanMs).toBe(makespanMs);
        const { energyMJ, peakPowerMW } = integratePower(problem, assignment, executions, transfers);
        expectClose(metrics.energyMJ, energyMJ);
        expectClose(metrics.peakPowerMW, peakPowerMW);

        const instances = Map.groupBy(executions, ({ application, instance }) => `${application}#${instance}`);
        const responses = [...instances.values()].map((layers) => ({
          application: layers[0]!.application,
          responseMs: responseOf(layers),
        }));
        expectClose(metrics.throughputPerS, makespanMs > 0 ? (1000 * responses.length) / makespanMs : 0);
        expectClose(metrics.latencyMs, mean(responses.map(({ responseMs }) => responseMs)));

        let violation = 0;
        for (const pe of problem.pes) {
          const busyMs = executions
            .filter(({ processor, element }) => processor === pe.processor && element === pe.indexInProcessor)
            .reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
          const { dispatch, coreCount, maxUtilization } = problem.scenario.platform.processors[pe.processor]!;
          const utilization = makespanMs > 0 ? busyMs / (makespanMs * (dispatch === 'pooled' ? coreCount : 1)) : 0;
          expectClose(metrics.utilization[pe.id]!, utilization);
          violation += Math.max(0, utilization - maxUtilization);
        }
        let misses = 0;
        problem.scenario.applications.forEach(({ id, deadlineMs }, index) => {
          const own = responses
            .filter(({ application }) => application === index)
            .map(({ responseMs }) => responseMs)
            .sort((a, b) => a - b);
          const late = own.filter((response) => response > (deadlineMs ?? Number.POSITIVE_INFINITY) * (1 + 1e-9));
          for (const response of late) violation += (response - deadlineMs!) / deadlineMs!;
          misses += late.length;
          const application = metrics.applications[id]!;
          expect(application).toMatchObject({ instances: own.length, deadlineMisses: late.length });
          expectClose(application.meanResponseMs, mean(own));
          expectClose(application.maxResponseMs, own.at(-1)!);
          // The median by its own definition: the middle one, or the mean of the two in the middle.
          expectClose(
            application.p50ResponseMs,
            (own[Math.floor((own.length - 1) / 2)]! + own[Math.ceil((own.length - 1) / 2)]!) / 2,
          );
          expect(application.p95ResponseMs).toBeGreaterThanOrEqual(application.p50ResponseMs);
          expect(application.p95ResponseMs).toBeLessThanOrEqual(application.maxResponseMs);
        });
        expect(metrics.deadlineMisses).toBe(misses);
        expectClose(metrics.constraintViolation, violation);
      }),
      { numRuns: RUNS },
    );
  });

  it('are the same to the last bit through the evaluator, in whatever order genomes are evaluated', () => {
    fc.assert(
      fc.property(arbitraryProblemAndGenes(), ({ problem, genes }) => {
        const assignment = decodeGenome(problem, genes);
        const expected = headlineVector(computeMetrics(problem, assignment, simulate(problem, assignment)));
        const evaluator = createEvaluator(problem);
        evaluator.evaluate(new Uint8Array(genes.length));
        expect(evaluator.evaluate(genes)).toEqual(expected);
        expect(evaluator.evaluate(genes)).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });
});

function responseOf(layers: readonly Execution[]): number {
  return Math.max(...layers.map(({ endMs }) => endMs)) - layers[0]!.releaseMs;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What Chuffed proves contradicts no schedule that trying out finds, and what it finds is at least as short. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { expect, test } from 'vitest';
import { leastMakespanMs } from '#test/fixtures/least-makespan.ts';
import { arbitraryScenario } from '#test/fixtures/random-scenario.ts';
import { solve } from '#test/fixtures/solver-run.ts';
import { metricIndex } from '#shared/domain/metrics.ts';
import { defaultsAreFastest } from '#shared/analysis/fastest-choices.ts';
import { provenBound } from '#shared/analysis/makespan-bound.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';

const genes = { priorities: true, cores: false, frequencies: false };

test('its bound is never above a schedule', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryScenario({}), async (scenario) => {
      const problem = compileProblem(scenario, genes);
      fc.pre(problem.jobTask.length <= 40 && defaultsAreFastest(problem));
      const { run } = await solve(scenario, { ownGenerations: 1, solverS: 5, genes });
      const bound = provenBound(problem, run.conclusion);
      const foundMs = run.best?.metrics[metricIndex.makespanMs] ?? Number.POSITIVE_INFINITY;
      const leastMs = Math.min(foundMs, leastMakespanMs(problem, 3000));
      expect(bound?.makespanMs ?? 0).toBeLessThanOrEqual(leastMs * (1 + 1e-9));
      expect(run.stopReason === 'exhausted' ? foundMs : leastMs).toBeLessThanOrEqual(leastMs * (1 + 1e-9));
    }),
    { numRuns: Number(process.env['CP_RUNS'] ?? 6) },
  );
}, 600_000);

/** The best known fronts are what they say: every schedule, simulated again, has its objectives, breaks no limit, and is beaten by none. */
import { describe, expect, test } from 'vitest';
import { dominates } from '#shared/analysis/pareto.ts';
import { headlineMetricNames } from '#shared/domain/metrics.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import {
  bestKnownFront,
  frontCases,
  frontGenes,
  hypervolumeRatio,
  mergedFront,
  nameOfCase,
  scenarioOf,
} from '../../bench/front-cases.ts';

describe.each(frontCases.map((each) => [nameOfCase(each), each] as const))('%s', (_, each) => {
  const front = bestKnownFront(each);

  test('every schedule has the objectives that stand beside it, and is feasible', () => {
    const evaluator = createEvaluator(compileProblem(scenarioOf(each), frontGenes));
    expect(front.length).toBeGreaterThan(20);
    for (const { objectives, genes } of front) {
      const metrics = evaluator.evaluate(genes);
      expect(each.objectives.map((name) => metrics[headlineMetricNames.indexOf(name)])).toEqual(objectives);
      expect(metrics[headlineMetricNames.indexOf('constraintViolation')]).toBe(0);
    }
  });

  test('none beats another, from the fastest to the thriftiest', () => {
    front.slice(1).forEach(({ objectives }, index) => {
      expect(objectives[0]).toBeGreaterThan(front[index]!.objectives[0]!);
      expect(front.some((other) => dominates(other.objectives, objectives))).toBe(false);
    });
  });

  test('is measured as 1, and as less without its ends', () => {
    expect(hypervolumeRatio(front, front)).toBeCloseTo(1, 12);
    expect(hypervolumeRatio(front.slice(1), front)).toBeLessThan(1);
    expect(mergedFront(front.slice(2), front.slice(0, 3)).map(({ objectives }) => objectives)).toEqual(
      front.map(({ objectives }) => objectives),
    );
  });
});

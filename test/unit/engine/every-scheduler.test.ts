/**
 * Every scheduler on every preset scenario, with a tiny budget: it reports progress, finishes within its plan, scores as the reference
 * simulator does, and can be continued.
 */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Chromosome } from '#shared/domain/generation.ts';
import { resolveScenario } from '#shared/domain/scenario.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { createRun, parseRunState, restoreRun } from '#main/engine/run-search.ts';
import { findScheduler, parseOptions, prepareScheduler, ownSchedulers } from '#main/engine/schedulers/index.ts';
import { obstacleToShop } from '#main/engine/critical-path/shop.ts';
import { loadPresets } from '#main/formats/presets.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { recordsOf } from '#test/fixtures/chromosomes.ts';

const presets = loadPresets(join(import.meta.dirname, '../../../resources'));
/** Options that keep a run short, as far as a scheduler knows them. */
const tiny = {
  populationSize: 10,
  generations: 6,
  moves: 4,
  walks: 2,
  neighbours: 10,
  maxPasses: 1,
  maxSchedules: 40,
  batchSize: 15,
  maxNodes: 5,
  islands: 2,
  localSearch: { best: 2, every: 2, neighbours: 3 },
};

beforeAll(() => prepareScheduler('milp'));

const configurationOf = (scheduler: string) => {
  const known = parseOptions(findScheduler(scheduler), {});
  return { scheduler, seed: 1, options: Object.fromEntries(Object.entries(tiny).filter(([name]) => name in known)) };
};

describe.each([...presets.scenarios.keys()])('scenario %s', (id) => {
  const scenario = resolveScenario(presets.scenarios.get(id)!, presets);

  const problem = compileProblem(scenario);
  const takes = (scheduler: string): boolean =>
    (scheduler !== 'critical_path' || obstacleToShop(problem) === undefined) &&
    (scheduler !== 'milp' || problem.streams === undefined);

  test.each(ownSchedulers.map((scheduler) => scheduler.id).filter((scheduler) => !takes(scheduler)))(
    '%s says that it does not take it, and which scheduler does',
    (scheduler) => {
      expect(() => createRun(scenario, configurationOf(scheduler))).toThrow(
        expect.objectContaining({
          code: expect.stringMatching(/^(?:criticalPath|milp)\.unsupported$/),
          hint: expect.stringContaining('"auto"'),
        }),
      );
    },
  );

  test.each(ownSchedulers.map((scheduler) => scheduler.id).filter(takes))(
    '%s finishes within its plan with the scores of the reference, also when continued',
    (scheduler) => {
      const configuration = configurationOf(scheduler);
      const run = createRun(scenario, configuration, { createEvaluator: createKernel });
      const chromosomes: Chromosome[] = [];
      let state = run.saveState();
      for (let generation = run.step(), index = 0; generation !== undefined; generation = run.step(), index++) {
        expect(generation.index).toBe(index);
        expect(generation.members.length).toBeGreaterThan(0);
        chromosomes.push(...recordsOf(generation.newChromosomes));
        if (index === 1) state = run.saveState();
      }
      expect(run.stopReason).toBeDefined();
      expect(run.generations).toBeGreaterThan(0);
      expect(run.generations).toBeLessThanOrEqual(run.plannedGenerations);
      const best = run.best!;
      expect(best.metrics).toEqual(createEvaluator(run.problem).evaluate(best.genes));
      expect(best.metrics.every((metric) => Number.isFinite(metric))).toBe(true);
      expect(best.metrics[0]).toBeGreaterThan(0);

      const continued = restoreRun(
        scenario,
        configuration,
        parseRunState(JSON.parse(JSON.stringify(state))),
        chromosomes,
        { createEvaluator: createKernel },
      );
      while (continued.step() !== undefined);
      expect(continued.saveState()).toEqual(run.saveState());
      expect(continued.best).toEqual(best);
    },
  );
});

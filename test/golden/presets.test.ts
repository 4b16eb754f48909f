/** Every scheduler but the exact one on every preset scenario: it finishes, can be continued, and its best schedule is what the reference simulator says it is. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveScenario } from '#shared/domain/scenario.ts';
import { createEvaluator } from '#shared/scheduling/evaluate.ts';
import type { ChromosomeRecord } from '#main/engine/generation.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { createRun, parseRunState, restoreRun } from '#main/engine/run-search.ts';
import { findScheduler, parseOptions, schedulers } from '#main/engine/schedulers/index.ts';
import { loadPresets } from '#main/formats/presets.ts';

const presets = loadPresets(join(import.meta.dirname, '../../resources'));

/** Options that keep a run short, as far as a scheduler knows them. */
const short = { populationSize: 10, generations: 6, neighbours: 10, maxPasses: 1, maxSchedules: 40, batchSize: 15 };

describe.each([...presets.scenarios.keys()])('scenario %s', (scenarioId) => {
  const scenario = resolveScenario(presets.scenarios.get(scenarioId)!, presets);

  // The exact search refuses scenarios of this size (test/unit/engine/every-scheduler.test.ts) and has small ones of its own (milp.test.ts).
  test.each(schedulers.map(({ id }) => id).filter((id) => id !== 'milp'))('%s: finishes within its plan, with the scores of the reference simulator, also when continued', (scheduler) => {
    const known = parseOptions(findScheduler(scheduler), {});
    const configuration = { scheduler, seed: 1, options: Object.fromEntries(Object.entries(short).filter(([name]) => name in known)) };
    const run = createRun(scenario, configuration, { createEvaluator: createKernel });
    const chromosomes: ChromosomeRecord[] = [];
    let state = run.saveState();
    for (let generation = run.step(); generation !== undefined; generation = run.step()) {
      chromosomes.push(...generation.newChromosomes);
      if (generation.index === 1) state = run.saveState();
    }
    expect(run.stopReason).toBeDefined();
    expect(run.generations).toBeGreaterThan(0);
    expect(run.generations).toBeLessThanOrEqual(run.plannedGenerations);
    const best = run.best!;
    expect(best.metrics).toEqual(createEvaluator(run.problem).evaluate(best.genes));
    expect(best.metrics.every((metric) => Number.isFinite(metric))).toBe(true);

    const continued = restoreRun(scenario, configuration, parseRunState(JSON.parse(JSON.stringify(state))), chromosomes, { createEvaluator: createKernel });
    while (continued.step() !== undefined);
    expect(continued.saveState()).toEqual(run.saveState());
    expect(continued.best).toEqual(best);
  });
});

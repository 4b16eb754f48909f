/** Every scheduler on every preset scenario, with a tiny budget: it reports progress, keeps within its plan, or says why it cannot. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { resolveScenario } from '#shared/domain/scenario.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { createRun } from '#main/engine/run-search.ts';
import { findScheduler, parseOptions, prepareScheduler, schedulers } from '#main/engine/schedulers/index.ts';
import { loadPresets } from '#main/formats/presets.ts';

const presets = loadPresets(join(import.meta.dirname, '../../../resources'));
const tiny = { populationSize: 6, generations: 3, moves: 4, walks: 2, neighbours: 4, maxPasses: 1, maxSchedules: 20, batchSize: 8, maxNodes: 5 };
const localSearch = { best: 2, every: 2, neighbours: 3 };

beforeAll(() => prepareScheduler('milp'));

/** What the exact search says of scenarios it cannot take. */
const refusals = ['milp.tooLarge', 'milp.unsupported'];

describe.each([...presets.scenarios.keys()])('scenario %s', (id) => {
  const scenario = resolveScenario(presets.scenarios.get(id)!, presets);

  test.each(schedulers.map((scheduler) => scheduler.id))('%s', (scheduler) => {
    const known = parseOptions(findScheduler(scheduler), {});
    const options = Object.fromEntries(Object.entries({ ...tiny, localSearch }).filter(([name]) => name in known));
    let outcome: string;
    try {
      const search = createRun(scenario, { scheduler, seed: 1, options }, { createEvaluator: createKernel });
      let generations = 0;
      for (let generation = search.step(); generation !== undefined && generations < 40; generation = search.step()) {
        expect(generation.index).toBe(generations++);
        expect(generation.members.length).toBeGreaterThan(0);
      }
      expect(generations).toBeLessThanOrEqual(search.plannedGenerations);
      expect(search.best!.metrics[0]).toBeGreaterThan(0);
      outcome = 'has run';
    } catch (error) {
      if (!(error instanceof WorkbenchError) || error.hint === '') throw error;
      outcome = error.code;
    }
    expect(scheduler === 'milp' ? ['has run', ...refusals] : ['has run']).toContain(outcome);
  });
});

/** PRISM's own case (Xception on GrAI, batch of 16, 4 NPUs, 2 CPUs), by mapping and priorities evolved under the same rules. */
import { resourcesDirectory } from '#main/hosts/toolbox.ts';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { createRun } from '#main/engine/run-search.ts';
import { loadPresets } from '#main/formats/presets.ts';
import { resolveScenario } from '#shared/domain/scenario.ts';
import type { BenchSection } from './types.ts';

/** Where the published hill climbing ends, µs (resources/data/prism/SOURCES.md). */
const PUBLISHED_US = 1_045_100.6650120077;
/** The 34 operations that only a CPU can do, in whole ticks on 2 CPUs, without head and tail of the pipeline, µs. */
const BOUND_US = 962_400;

export const publishedCaseSection: BenchSection = {
  name: 'prism',
  async run(size) {
    const presets = loadPresets(resourcesDirectory());
    const preset = presets.scenarios.get('prism-xception');
    if (preset === undefined) throw new Error('the preset of the published case is missing');
    const scenario = resolveScenario(preset, presets);
    const seeds = Array.from({ length: size === 'tiny' ? 1 : 10 }, (_, index) => index + 1);
    const rows: Record<string, string | number>[] = [];
    for (const seed of seeds) {
      const started = performance.now();
      const run = createRun(
        scenario,
        { scheduler: 'annealing', seed, options: size === 'tiny' ? { walks: 1, moves: 4, generations: 3 } : {} },
        { createEvaluator: createKernel },
      );
      while (run.step() !== undefined);
      const seconds = (performance.now() - started) / 1000;
      const makespanUs = 1000 * (run.best?.metrics[0] ?? Number.NaN);
      rows.push({
        seed,
        'makespan µs': makespanUs,
        'over the published': makespanUs / PUBLISHED_US,
        'over the bound': makespanUs / BOUND_US,
        evaluations: run.evaluations,
        s: seconds,
      });
    }
    return [
      {
        title: "PRISM's own case: annealing",
        note: `Xception on GrAI, 4 NPUs, 2 CPUs, batch of 16, ticks of 100 µs: "annealing" with its defaults, one thread. Published: ${PUBLISHED_US.toFixed(2)} µs by PRISM's hill climbing. Bound: the 34 operations for CPUs only, ${BOUND_US} µs.`,
        rows,
      },
    ];
  },
};

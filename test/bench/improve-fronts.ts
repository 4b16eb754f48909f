/**
 * `node test/bench/improve-fronts.ts [--only simple,multi] [--seeds 1,2,3] [--generations 400]`: searches for better schedules than the
 * best known fronts have, with archive_search, and puts what it finds into their files.
 */
import { parseArgs } from 'node:util';
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { createRun } from '#main/engine/run-search.ts';
import { recordsOf, type ChromosomeRecord } from '#test/fixtures/chromosomes.ts';
import {
  bestKnownFront,
  frontCases,
  frontGenes,
  frontOf,
  hypervolumeRatio,
  mergedFront,
  nameOfCase,
  scenarioOf,
  writeBestKnownFront,
} from './front-cases.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3' },
    generations: { type: 'string', default: '400' },
  },
});
const only = values.only?.split(',');
for (const each of frontCases.filter(({ scenarioId }) => only?.includes(scenarioId) ?? true)) {
  const scenario = scenarioOf(each);
  for (const seed of values.seeds.split(',').map(Number)) {
    const run = createRun(
      scenario,
      {
        scheduler: 'archive_search',
        seed,
        options: { objectives: each.objectives, generations: Number(values.generations), genes: frontGenes },
      },
      { createEvaluator: createKernel },
    );
    const found: ChromosomeRecord[] = [];
    for (let generation = run.step(); generation !== undefined; generation = run.step())
      found.push(...recordsOf(generation.newChromosomes));
    const before = bestKnownFront(each);
    const merged = mergedFront(before, frontOf(each, found));
    writeBestKnownFront(each, merged);
    const was = before.length === 0 ? 'none before' : `before ${hypervolumeRatio(before, merged).toFixed(5)} of it`;
    console.log(`${nameOfCase(each)}, seed ${seed}: ${merged.length} schedules, ${was}`);
  }
}

/** How much of the best known trade-offs the searches for several objectives find, after one second and after ten. */
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { createRun } from '#main/engine/run-search.ts';
import { recordsOf, type ChromosomeRecord } from '#test/fixtures/chromosomes.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import {
  bestKnownFront,
  frontCases,
  frontGenes,
  frontOf,
  hypervolumeRatio,
  nameOfCase,
  scenarioOf,
  type FrontCase,
  type FrontMember,
} from './front-cases.ts';
import type { BenchSection } from './types.ts';

interface Contender {
  readonly name: string;
  readonly scheduler: string;
  readonly options: Record<string, unknown>;
  /** Whether its course depends on how long it will be: then its length is found by a short run first. */
  readonly isPlanned: boolean;
}

const contenders: readonly Contender[] = [
  {
    name: 'nsga2 as published',
    scheduler: 'nsga2',
    options: { generations: 100_000, windowCrossover: 0, runMoves: false, greedyStarts: 0 },
    isPlanned: false,
  },
  { name: 'nsga2', scheduler: 'nsga2', options: { generations: 100_000 }, isPlanned: false },
  { name: 'archive_search', scheduler: 'archive_search', options: {}, isPlanned: true },
];
const SEEDS = [11, 12, 13];
/** Generations of the short run. */
const TRIAL = 40;

export const frontsSection: BenchSection = {
  name: 'fronts',
  async run(size) {
    const isTiny = size === 'tiny';
    const cases = isTiny ? frontCases.slice(0, 1) : frontCases;
    const limits = isTiny ? [0.1] : [1, 10];
    const seeds = isTiny ? SEEDS.slice(0, 1) : SEEDS;
    const rows = cases.map((each) => {
      const scenario = scenarioOf(each);
      const best = bestKnownFront(each);
      const row: Record<string, string | number> = { front: nameOfCase(each), 'best known schedules': best.length };
      for (const limit of limits) {
        for (const contender of contenders) {
          const ratios = seeds.map((seed) => hypervolumeRatio(searchFor(limit, contender, each, scenario, seed), best));
          row[`${contender.name} ${limit} s`] = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
        }
      }
      return row;
    });
    return [
      {
        title: 'Fronts: hypervolume over that of the best known front',
        note: `Mapping, priorities, cores and frequencies; feasible schedules only; both objectives scaled so that the best known front spans 0 … 1, reference point (1.1, 1.1). Mean of seeds ${seeds.join(', ')}, one thread, CPU time. Best known: test/bench/best-known/fronts, improved by "node test/bench/improve-fronts.ts"; a value above 1 has found better.`,
        rows,
      },
    ];
  },
};

/** The front that a contender has after `limitS` seconds of CPU time of this process. */
function searchFor(
  limitS: number,
  { scheduler, options, isPlanned }: Contender,
  of: FrontCase,
  scenario: ResolvedScenario,
  seed: number,
): FrontMember[] {
  const start = (generations?: number) =>
    createRun(
      scenario,
      {
        scheduler,
        seed,
        options: {
          objectives: of.objectives,
          genes: frontGenes,
          ...options,
          ...(generations === undefined ? {} : { generations }),
        },
      },
      { createEvaluator: createKernel },
    );
  let generations: number | undefined;
  if (isPlanned) {
    const trial = start(TRIAL);
    const began = cpuSeconds();
    while (trial.step() !== undefined);
    generations = Math.max(2, Math.floor((limitS * TRIAL) / (cpuSeconds() - began)));
  }
  const run = start(generations);
  const began = cpuSeconds();
  const found: ChromosomeRecord[] = [];
  for (let generation = run.step(); generation !== undefined; generation = run.step()) {
    found.push(...recordsOf(generation.newChromosomes));
    if (generations === undefined && cpuSeconds() - began >= limitS) break;
  }
  return frontOf(of, found);
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

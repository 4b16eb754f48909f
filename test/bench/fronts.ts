/** How much of the best known trade-offs the searches for several objectives find, after one second and after ten. */
import { recordsOf, type ChromosomeRecord } from '#test/fixtures/chromosomes.ts';
import {
  bestKnownFront,
  frontCases,
  frontGenes,
  frontOf,
  hypervolumeRatio,
  nameOfCase,
  scenarioOf,
} from './front-cases.ts';
import type { BenchSection, BenchTable } from './types.ts';
import { describeClocks, searchWithin, type Clocks } from './within-limit.ts';

interface Contender {
  readonly name: string;
  readonly scheduler: string;
  readonly options: Readonly<Record<string, unknown>>;
}

const contenders: readonly Contender[] = [
  {
    name: 'nsga2 as published',
    scheduler: 'nsga2',
    options: { windowCrossover: 0, runMoves: false, greedyStarts: 0 },
  },
  { name: 'nsga2', scheduler: 'nsga2', options: {} },
  { name: 'archive_search', scheduler: 'archive_search', options: {} },
  { name: 'auto', scheduler: 'auto', options: {} },
];
const SEEDS = [11, 12, 13];

/** `FRONT_SECONDS=1,10 npm run bench -- --only fronts` */
export const frontsSection: BenchSection = {
  name: 'fronts',
  async run(size) {
    const isTiny = size === 'tiny';
    const cases = isTiny ? frontCases.slice(0, 1) : frontCases;
    const limits = (isTiny ? '0.1' : (process.env['FRONT_SECONDS'] ?? '1,10')).split(',').map(Number);
    const seeds = isTiny ? SEEDS.slice(0, 1) : SEEDS;
    const tables: BenchTable[] = [];
    for (const limit of limits) {
      const clocks: Clocks[] = [];
      const all = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
      const rows: Record<string, string | number>[] = [];
      for (const each of cases) {
        const scenario = scenarioOf(each);
        const best = bestKnownFront(each);
        const row: Record<string, string | number> = { front: nameOfCase(each), 'best known schedules': best.length };
        for (const { name, scheduler, options } of contenders) {
          const ratios: number[] = [];
          for (const seed of seeds) {
            const found: ChromosomeRecord[] = [];
            clocks.push(
              await searchWithin(
                {
                  scenario,
                  scheduler,
                  seed,
                  options: { objectives: each.objectives, genes: frontGenes, ...options },
                  limitMs: limit * 1000,
                },
                ({ newChromosomes }) => found.push(...recordsOf(newChromosomes)),
              ),
            );
            ratios.push(hypervolumeRatio(frontOf(each, found), best));
          }
          all.get(name)?.push(...ratios);
          row[name] = mean(ratios);
          if (scheduler === 'auto') row['auto, worst'] = Math.min(...ratios);
        }
        rows.push(row);
      }
      rows.push({
        front: 'mean (worst)',
        'best known schedules': '',
        ...Object.fromEntries([...all].map(([name, ratios]) => [name, mean(ratios)])),
        'auto, worst': Math.min(...(all.get('auto') ?? [])),
      });
      tables.push({
        title: `Fronts: hypervolume over that of the best known front, ${limit} s of CPU`,
        note: `Mapping, priorities, cores and frequencies; feasible schedules only; both objectives scaled so that the best known front spans 0 … 1, reference point (1.1, 1.1). Mean of seeds ${seeds.join(', ')}, one thread, lengths and horizons as --time-limit sets them. ${describeClocks(clocks)} Best known: test/bench/best-known/fronts, improved by "node test/bench/improve-fronts.ts"; a value above 1 has found better.`,
        rows,
      });
    }
    return tables;
  },
};

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

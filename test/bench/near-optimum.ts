/**
 * The contest: every scheduler on every case with the same CPU time, against the best makespans that anyone has found (best-known/). A
 * better schedule that turns up is written there. `CONTEST_SEEDS=10 CONTEST_SECONDS=1,10 npm run bench -- --only contest`.
 */
import { createKernel } from '#main/engine/kernel/kernel.ts';
import { obstacleToShop } from '#main/engine/critical-path/shop.ts';
import { createRun } from '#main/engine/run-search.ts';
import { findScheduler, parseOptions, prepareScheduler } from '#main/engine/schedulers/index.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { metricIndex } from '#shared/domain/metrics.ts';
import { quickBound } from '#shared/analysis/makespan-bound.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { contestGenes } from './contest.ts';
import { contestCases, offerBestKnown, readBestKnown } from './contest-cases.ts';
import type { BenchSection, BenchTable } from './types.ts';

const searches = ['auto', 'ga', 'nsga2', 'annealing', 'hill_climb', 'random'];
const lists = ['heft', 'peft'];
const weights = { throughput: 1, energy: 0, latency: 0, penalty: 0 };

export const contestSection: BenchSection = {
  name: 'contest',
  async run(size) {
    const seeds = size === 'tiny' ? 1 : Number(process.env['CONTEST_SEEDS'] ?? 2);
    const budgets = (size === 'tiny' ? '0.05' : (process.env['CONTEST_SECONDS'] ?? '1,10')).split(',').map(Number);
    const cases = [...contestCases()].slice(0, size === 'tiny' ? 1 : undefined);
    const tables: BenchTable[] = [];
    for (const seconds of budgets) {
      const rows: Record<string, string | number>[] = [];
      for (const [name, scenario] of cases) {
        const found = new Map<string, number[]>();
        for (const scheduler of [...searches, ...lists]) {
          const own: number[] = [];
          for (let seed = 1; seed <= (lists.includes(scheduler) ? 1 : seeds); seed++)
            own.push(await searched(name, scenario, scheduler, seed, seconds, size !== 'tiny'));
          found.set(scheduler, own);
        }
        const bestMs = readBestKnown(name)?.makespanMs ?? Math.min(...[...found.values()].flat());
        const problem = compileProblem(scenario, contestGenes);
        const bound = quickBound(problem)?.makespanMs;
        rows.push({
          case: name,
          'best known ms': bestMs,
          'over its bound': bound === undefined ? '–' : bestMs / bound,
          'critical path': obstacleToShop(problem) === undefined ? 'yes' : 'no',
          ...Object.fromEntries(
            [...found].map(([scheduler, own]) => [scheduler, geometricMean(own.map((ms) => ms / bestMs))]),
          ),
          'auto, worst': Math.max(...(found.get('auto') ?? []).map((ms) => ms / bestMs)),
        });
      }
      const columns = [...searches, ...lists, 'auto, worst'];
      const summary = Object.fromEntries(
        columns.map((column) => {
          const values = rows.map((row) => Number(row[column]));
          return [column, column === 'auto, worst' ? Math.max(...values) : geometricMean(values)];
        }),
      );
      rows.push({
        case: 'geometric mean (worst)',
        'best known ms': '',
        'over its bound': '',
        'critical path': '',
        ...summary,
      });
      tables.push({
        title: `Contest: makespan over the best known, ${seconds} s of CPU`,
        note: `One thread, ${seeds} seeds, all cores, nominal frequencies, mapping and order searched for throughput alone. Best known schedules: test/bench/best-known, by any scheduler of ours so far. "critical path": whether auto uses critical-path search.`,
        rows,
      });
    }
    return tables;
  },
};

/** The shortest makespan within the CPU time, ms. */
async function searched(
  name: string,
  scenario: ResolvedScenario,
  scheduler: string,
  seed: number,
  seconds: number,
  isKept: boolean,
): Promise<number> {
  await prepareScheduler(scheduler);
  const known = parseOptions(findScheduler(scheduler), {});
  const wanted = { generations: scheduler === 'annealing' ? undefined : 100_000, genes: contestGenes, weights };
  const options = Object.fromEntries(
    Object.entries(wanted).filter(([option, value]) => option in known && value !== undefined),
  );
  const run = createRun(scenario, { scheduler, seed, options }, { createEvaluator: createKernel });
  const started = process.cpuUsage();
  const isOver = (): boolean => {
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1e6 >= seconds;
  };
  let makespanMs = Number.POSITIVE_INFINITY;
  let best: Uint8Array | undefined;
  for (let generation = run.step(); generation !== undefined; generation = run.step()) {
    const { ids, loci, genes, metrics, metricCount } = generation.newChromosomes;
    for (let i = 0; i < ids.length; i++) {
      const own = metrics[i * metricCount + metricIndex.makespanMs]!;
      if (own >= makespanMs) continue;
      makespanMs = own;
      best = genes.slice(i * loci, (i + 1) * loci);
    }
    if (isOver()) break;
  }
  if (isKept && best !== undefined) offerBestKnown(name, scenario, best, makespanMs);
  return makespanMs;
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

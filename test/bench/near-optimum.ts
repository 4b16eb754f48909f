/**
 * The contest: every scheduler on every case with the same CPU time, against the best makespans that anyone has found (best-known/). A
 * better schedule that turns up is written there. `CONTEST_SEEDS=10 CONTEST_SECONDS=1,10 CONTEST_CASES=simple,midap npm run bench -- --only contest`.
 */
import { obstacleToShop } from '#main/engine/critical-path/shop.ts';
import { thoroughBound } from '#main/engine/bounds/best-bound.ts';
import { loadSolver } from '#main/engine/milp/highs.ts';
import { findScheduler, parseOptions } from '#main/engine/schedulers/index.ts';
import { isProvenGap } from '#shared/analysis/makespan-bound.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { metricIndex } from '#shared/domain/metrics.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { contestGenes } from './contest.ts';
import { contestCases, offerBestKnown, readBestKnown } from './contest-cases.ts';
import { findPeers, peerMakespanMs, type Peer } from './peers.ts';
import type { BenchSection, BenchTable } from './types.ts';
import { describeClocks, searchWithin, type Clocks } from './within-limit.ts';

const searches = ['auto', 'critical_path', 'ga', 'nsga2', 'annealing', 'hill_climb', 'random'];
const lists = ['heft', 'peft'];
const weights = { throughput: 1, energy: 0, latency: 0, penalty: 0 };

/** The least makespan of one search. */
interface Found {
  readonly makespanMs: number;
  readonly clocks: Clocks;
}

export const contestSection: BenchSection = {
  name: 'contest',
  async run(size) {
    const isTiny = size === 'tiny';
    const seeds = isTiny ? 1 : Number(process.env['CONTEST_SEEDS'] ?? 2);
    const budgets = (isTiny ? '0.05' : (process.env['CONTEST_SECONDS'] ?? '1,10')).split(',').map(Number);
    const only = isTiny ? ['simple'] : process.env['CONTEST_CASES']?.split(',');
    const cases = [...contestCases()].filter(([name]) => only?.includes(name) ?? true);
    await loadSolver();
    // Of a tiny run every figure is thrown away: nothing that takes a Python seconds to load.
    const peers = isTiny ? [] : findPeers();
    const bounds = new Map<string, number>();
    const tables: BenchTable[] = [];
    for (const seconds of budgets) {
      const rows: Record<string, string | number>[] = [];
      const clocks: Clocks[] = [];
      for (const [name, scenario] of cases) {
        const problem = compileProblem(scenario, contestGenes);
        const isShop = obstacleToShop(problem) === undefined;
        const found = new Map<string, number[]>();
        for (const scheduler of [...searches, ...lists]) {
          const own: number[] = [];
          for (let seed = 1; seed <= (lists.includes(scheduler) ? 1 : seeds); seed++) {
            if (scheduler === 'critical_path' && !isShop) continue;
            const one = await searched(name, scenario, scheduler, seed, seconds, !isTiny);
            own.push(one.makespanMs);
            if (searches.includes(scheduler)) clocks.push(one.clocks);
          }
          found.set(scheduler, own);
        }
        for (const peer of peers) {
          const own: number[] = [];
          for (let seed = 1; seed <= seeds; seed++) own.push(await peerMakespanMs(peer, problem, seed, seconds));
          found.set(peer.name, own.every((ms) => Number.isFinite(ms)) ? own : []);
        }
        const bestMs = readBestKnown(name)?.makespanMs ?? Math.min(...[...found.values()].flat());
        if (!bounds.has(name)) bounds.set(name, thoroughBound(problem, bestMs)?.makespanMs ?? 0);
        const boundMs = bounds.get(name) ?? 0;
        const ofAuto = found.get('auto') ?? [];
        rows.push({
          case: name,
          'best known ms': bestMs,
          'bound ms': boundMs,
          'gap %': Math.max(0, bestMs / boundMs - 1) * 100,
          ...Object.fromEntries(
            [...found].map(([scheduler, own]) => [
              scheduler,
              own.length === 0 ? '–' : geometricMean(own.map((ms) => ms / bestMs)),
            ]),
          ),
          'auto, worst': Math.max(...ofAuto.map((ms) => ms / bestMs)),
          'auto, proven %': (ofAuto.filter((ms) => isProvenGap(ms / boundMs - 1)).length * 100) / ofAuto.length,
        });
      }
      const columns = [...searches, ...lists, ...peers.map((peer) => peer.name), 'auto, worst', 'auto, proven %'];
      const summary = Object.fromEntries(
        columns.map((column) => {
          const values = rows.map((row) => row[column]).filter((value) => typeof value === 'number');
          if (column === 'auto, worst') return [column, Math.max(...values)];
          if (column === 'auto, proven %')
            return [column, values.reduce((sum, value) => sum + value, 0) / values.length];
          return [column, values.length === rows.length ? geometricMean(values) : '–'];
        }),
      );
      rows.push({ case: 'geometric mean (worst)', 'best known ms': '', 'bound ms': '', 'gap %': '', ...summary });
      tables.push({
        title: `Contest: makespan over the best known, ${seconds} s of CPU`,
        note: `One thread, ${seeds} seeds, all cores, nominal frequencies, mapping and order searched for throughput alone; annealing with its own number of generations, the others as --time-limit has them. ${describeClocks(clocks)} ${describePeers(peers)} Best known schedules: test/bench/best-known, by any scheduler of ours so far. Bound: the best of all methods, given the best known schedule.`,
        rows,
      });
    }
    return tables;
  },
};

function describePeers(peers: readonly Peer[]): string {
  if (peers.length === 0) return 'No peers: this Python has neither OR-Tools nor DEAP nor pymoo (CONTEST_PYTHON).';
  const names = peers.map(({ name, version }) => `${name} ${version}`).join(', ');
  return `Peers: ${names}; CP-SAT with one worker and so much time on the clock, the others in plain Python with so much CPU; what they wrote is measured by our simulator; – where one of them had no schedule or cannot take the scenario.`;
}

/** The shortest makespan within the CPU time. */
async function searched(
  name: string,
  scenario: ResolvedScenario,
  scheduler: string,
  seed: number,
  seconds: number,
  isKept: boolean,
): Promise<Found> {
  const known = parseOptions(findScheduler(scheduler), {});
  // Annealing cools over its generations: with as many as there may be it would never get cold.
  const wanted = { ...(scheduler === 'annealing' ? { generations: 1000 } : {}), genes: contestGenes, weights };
  const options = Object.fromEntries(Object.entries(wanted).filter(([option]) => option in known));
  let makespanMs = Number.POSITIVE_INFINITY;
  let best: Uint8Array | undefined;
  const clocks = await searchWithin(
    { scenario, scheduler, seed, options, limitMs: seconds * 1000 },
    ({ newChromosomes: { ids, loci, genes, metrics, metricCount } }) => {
      for (let i = 0; i < ids.length; i++) {
        const own = metrics[i * metricCount + metricIndex.makespanMs]!;
        if (own >= makespanMs) continue;
        makespanMs = own;
        best = genes.slice(i * loci, (i + 1) * loci);
      }
    },
  );
  if (isKept && best !== undefined) offerBestKnown(name, scenario, best, makespanMs);
  return { makespanMs, clocks };
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

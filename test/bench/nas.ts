/** Searching networks where the best is known: candidates that each search has scored when it finds it, in all networks of NAS-Bench-Macro, and the front that 300 candidates of the MnasNet space give. */
import { resolve } from 'node:path';
import { CandidateLatency } from '#shared/nas/candidate-latency.ts';
import { NetworkSpace } from '#shared/nas/space.ts';
import { hypervolume } from '#shared/analysis/hypervolume.ts';
import { loadPresets } from '#main/formats/presets.ts';
import { loadSearchSpaces } from '#main/formats/nas/spaces.ts';
import { shippedSource } from '#main/services/nas/accuracy-sources.ts';
import { frontOf, searchNetworks, type NetworkSearch } from '#main/services/nas/network-search.ts';
import type { BenchSection, BenchTable } from './types.ts';

const resources = resolve(import.meta.dirname, '../../resources');
const methods = ['evolution', 'nsga2', 'random'] as const;
const LIMITS_MS = [0.15, 0.2, 0.3];
const LATENCY = 1;
/** Where the hypervolume is measured from: ms and per cent. */
const [WORST_MS, WORST_PERCENT] = [2, 50];

export const nasSection: BenchSection = {
  name: 'nas',
  async run(size) {
    const seeds = Array.from({ length: size === 'tiny' ? 1 : 10 }, (_, seed) => seed + 1);
    return [
      await optimumTable(size === 'tiny' ? 100 : 6561, seeds),
      await frontTable(size === 'tiny' ? 40 : 300, seeds),
    ];
  },
};

/** A search of a space on MIDAP for its trained networks. */
function searchOf(
  id: string,
  accuracy: string,
): (method: NetworkSearch['method'], limitsMs: readonly number[], budget: number, seed: number) => NetworkSearch {
  const space = new NetworkSpace(loadSearchSpaces(resources).get(id)!);
  const platform = loadPresets(resources).platforms.get('midap-board')!;
  const processor = platform.processors.find(({ kind }) => kind === 'npu')!;
  const latency = new CandidateLatency(space, { platform, processor });
  const source = shippedSource(accuracy, space, resources);
  return (method, limitsMs, budget, seed) => ({
    space,
    method,
    limitsMs,
    accuracy: source,
    costs: { of: (genes) => ({ latencyMs: latency.ofGenes(genes) }), additive: latency.cost },
    seed,
    budget,
    objectives: ['score', 'latencyMs'],
  });
}

async function optimumTable(budget: number, seeds: readonly number[]): Promise<BenchTable> {
  const search = searchOf('nas-bench-macro', 'nas-bench-macro');
  const rows: Record<string, string | number>[] = [];
  for (const limitMs of LIMITS_MS) {
    const all = await searchNetworks(search('exhaustive', [limitMs], 1_000_000, 1));
    const optimum = Math.max(...all.candidates.map(({ fitness }) => fitness));
    const row: Record<string, string | number> = {
      'limit ms': limitMs,
      'best %': optimum.toFixed(2),
      networks: all.candidates.length,
    };
    for (const method of methods) {
      const needed: number[] = [];
      for (const seed of seeds) {
        // Ids are given in the order in which candidates were first scored.
        const { candidates } = await searchNetworks(search(method, [limitMs], budget, seed));
        const first = candidates.find(({ fitness }) => fitness >= optimum);
        needed.push(first === undefined ? Number.POSITIVE_INFINITY : first.id + 1);
      }
      needed.sort((a, b) => a - b);
      const found = needed.filter(Number.isFinite);
      const median = needed[Math.floor((needed.length - 1) / 2)] ?? Number.POSITIVE_INFINITY;
      row[`${method}, median`] = Number.isFinite(median) ? median : `more than ${budget}`;
      row[`${method}, found`] = `${found.length} of ${needed.length}`;
    }
    rows.push(row);
  }
  return {
    title: 'Network search: candidates until the best of NAS-Bench-Macro is found',
    note: `Different candidates scored when the best network under a limit on MIDAP is first among them; median of ${seeds.length} seeds (the lower one of two), at most ${budget} proposals.`,
    rows,
  };
}

async function frontTable(budget: number, seeds: readonly number[]): Promise<BenchTable> {
  const search = searchOf('mnasnet', 'accel-nasbench');
  const volumeOf = async (method: NetworkSearch['method'], candidates: number, seed: number): Promise<number> => {
    const found = await searchNetworks(search(method, [WORST_MS], candidates, seed));
    const points = frontOf(found.candidates, true).map(({ metrics, fitness }) => [metrics[LATENCY], -fitness]);
    return hypervolume(points, [WORST_MS, -WORST_PERCENT]);
  };
  const long = await volumeOf('nsga2', budget * 100, 1);
  const row: Record<string, string | number> = { candidates: budget };
  for (const method of methods) {
    let sum = 0;
    for (const seed of seeds) sum += await volumeOf(method, budget, seed);
    row[method] = sum / seeds.length / long;
  }
  return {
    title: 'Network search: the front of the MnasNet space',
    note: `Hypervolume of latency on MIDAP and predicted top-1 after ${budget} candidates, over that of NSGA-II after ${budget * 100}; from ${WORST_MS} ms and ${WORST_PERCENT} %, mean of ${seeds.length} seeds.`,
    rows: [row],
  };
}

/**
 * A search for networks: the engine's loop over a search space, latency before score, so that nothing is paid for candidates beyond the
 * limit. Scores may take hours; the loop waits for them.
 */
import { createHash } from 'node:crypto';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { GenerationRecord } from '#shared/domain/generation.ts';
import type { AccuracySource } from '#shared/nas/accuracy.ts';
import { AdditiveCost, partSum } from '#shared/nas/additive-cost.ts';
import type { NetworkSpace } from '#shared/nas/space.ts';
import {
  candidateMetric,
  candidateMetricNames,
  NetworkSearchSpace,
  type AdditiveParts,
  type CandidateMetric,
  type Limits,
} from '../../engine/networks/network-search-space.ts';
import { networkSchedulers, type NetworkMethod } from '../../engine/networks/network-schedulers.ts';
import { randomGenome } from '../../engine/random-genome.ts';
import { Random } from '../../engine/random.ts';
import type { RunState } from '../../engine/run-state.ts';
import { parseOptions } from '../../engine/schedulers/index.ts';
import type { Chromosome } from '../../engine/search.ts';
import { SpaceRun } from '../../engine/space-run.ts';

/** What candidates cost besides parameters and multiply-accumulates. */
export interface CandidateCosts {
  /** Latency, which limits are about, and more where it is known. */
  of(genes: Uint8Array): CandidateCost;
  /** Where the latency is a sum over parts. */
  readonly additive?: AdditiveCost | undefined;
  /** Latency of the whole network, ms, where parts are added up; undefined: not known. */
  wholeOf?(genes: Uint8Array): number | undefined;
}
export interface CandidateCost {
  readonly latencyMs: number;
  readonly makespanMs?: number;
  readonly energyMJ?: number;
  readonly deadlineMisses?: number;
}

export interface NetworkSearch extends Limits {
  readonly space: NetworkSpace;
  readonly method: NetworkMethod;
  readonly costs: CandidateCosts;
  readonly accuracy: AccuracySource;
  readonly seed: number;
  /** Candidates that are scored at most; a knapsack scores its optima only. */
  readonly budget: number;
  /** Candidates in a generation; undefined: as many as the method likes. */
  readonly batch?: number | undefined;
  readonly objectives: readonly CandidateMetric[];
}

export interface SearchListeners {
  /** After each generation, with everything needed to continue. */
  onGeneration?(record: GenerationRecord, state: RunState): void;
  readonly signal?: AbortSignal | undefined;
}

export interface NetworkSearchResult {
  readonly candidates: readonly Chromosome[];
  readonly generations: number;
  readonly evaluations: number;
  /** "aborted" where the signal ended it. */
  readonly stopReason: string;
  /** Why candidates have no score, with how many. */
  readonly failures: ReadonlyMap<string, number>;
}

/** Proposals are made in batches of this many where a method has populations. */
const POPULATION = 50;

/**
 * @param interruption where it goes on, with the chromosomes so far in order of id
 * @throws WorkbenchError what the latency, the source and the method throw
 */
export async function searchNetworks(
  search: NetworkSearch,
  { onGeneration, signal }: SearchListeners = {},
  interruption?: { readonly state: RunState; readonly chromosomes: readonly Chromosome[] },
): Promise<NetworkSearchResult> {
  const space = engineSpace(search);
  const failures = new Map<string, number>();
  const scheduler = networkSchedulers[search.method];
  const run = new SpaceRun<NetworkSearchSpace>(
    {
      space,
      scheduler,
      options: parseOptions(scheduler, optionsOf(search)),
      seed: search.seed,
      evaluator: {
        evaluate: () => {
          throw new Error('scores of networks are supplied');
        },
      },
      stopOf: (_, evaluations) => (evaluations >= search.budget ? 'evaluations' : undefined),
    },
    interruption,
  );
  const candidates: Chromosome[] = interruption?.chromosomes.slice(0, interruption.state.chromosomes) ?? [];
  const evaluate = evaluatorOf(search, space, failures);
  const isAborted = (): boolean => signal?.aborted === true;
  const stop = (): void => search.accuracy.close?.();
  signal?.addEventListener('abort', stop, { once: true });
  for (let turn = run.next(); turn !== undefined && !isAborted(); turn = run.next()) {
    if ('waits' in turn) throw new Error('a search for networks does not wait');
    if ('evaluate' in turn) {
      const metrics = await evaluate(turn.evaluate);
      if (isAborted()) break;
      run.supply(metrics);
    } else {
      candidates.push(...chromosomesOf(turn.generation, space.layout.length));
      onGeneration?.(turn.generation, run.saveState());
      await new Promise(setImmediate); // lets a signal in
    }
  }
  signal?.removeEventListener('abort', stop);
  return {
    candidates,
    generations: run.generations,
    evaluations: run.evaluations,
    stopReason: isAborted() ? 'aborted' : (run.stopReason ?? 'exhausted'),
    failures,
  };
}

/** The identity of a candidate for caches and programs: SHA-256 of what the network is, hexadecimal. */
export function candidateHash(space: NetworkSpace, genes: ArrayLike<number>): string {
  return createHash('sha256').update(space.identity(genes)).digest('hex');
}

function engineSpace(search: NetworkSearch): NetworkSearchSpace {
  const { space, costs, accuracy, limitsMs, penalty, objectives } = search;
  const latencies = new Map<string, number>();
  return new NetworkSearchSpace({
    space,
    limitsMs: [...limitsMs].sort((a, b) => a - b),
    penalty,
    objectives,
    sign: accuracy.isHigherBetter ? 1 : -1,
    additive: additiveParts(search),
    wholeOf: costs.wholeOf === undefined ? undefined : (genes) => costs.wholeOf?.(genes),
    latencyOf(genes) {
      if (costs.additive !== undefined) return costs.additive.of(genes);
      const key = genes.join();
      const known = latencies.get(key) ?? limited(costs.of(genes));
      latencies.set(key, known);
      return known;
    },
  });
}

/** Milliseconds that a missed deadline counts as where candidates are drawn within a limit: more than any limit. */
const MISSED_MS = 1e6;

/** What a limit limits: a candidate that makes others late is beyond every limit, and the further the more are late. */
function limited({ latencyMs, deadlineMisses = 0 }: CandidateCost): number {
  return latencyMs + MISSED_MS * deadlineMisses;
}

function additiveParts({ space, costs, accuracy, method }: NetworkSearch): AdditiveParts | undefined {
  const groups = method === 'knapsack' ? space.groups() : undefined;
  const { additive: latency } = costs;
  const { additive: score } = accuracy;
  if (groups === undefined || latency === undefined || score === undefined) return undefined;
  return {
    baseMs: latency.base,
    groups: groups.map(({ loci, items }) => ({
      loci,
      items: items.map((item) => ({ values: item.values, ms: latency.ofItem(item), score: score.ofItem(item) })),
    })),
  };
}

function optionsOf({ method, budget, batch }: NetworkSearch): Record<string, unknown> {
  if (method === 'knapsack') return {};
  if (method === 'nsga2') {
    const populationSize = Math.max(2, Math.min(batch ?? POPULATION, budget));
    return { populationSize, generations: Math.max(1, Math.ceil(budget / populationSize)) };
  }
  return { budget, ...(batch === undefined ? {} : { batch }) };
}

function evaluatorOf(search: NetworkSearch, space: NetworkSearchSpace, failures: Map<string, number>) {
  const { costs, accuracy } = search;
  const parameters = new AdditiveCost(search.space, (part) => partSum(part, 'parameters'));
  const macs = new AdditiveCost(search.space, (part) => partSum(part, 'macs'));
  return async (genomes: readonly Uint8Array[]): Promise<Float64Array> => {
    const table = new Float64Array(genomes.length * space.metricCount).fill(Number.NaN);
    const asked: { readonly at: number; readonly genes: Uint8Array; readonly hash: string }[] = [];
    genomes.forEach((genes, index) => {
      const at = index * space.metricCount;
      const cost = costs.of(genes);
      table[at + candidateMetric.parameters] = parameters.of(genes);
      table[at + candidateMetric.macs] = macs.of(genes);
      for (const [name, value] of Object.entries(cost) as [CandidateMetric, number | undefined][])
        if (value !== undefined) table[at + candidateMetric[name]] = value;
      if (cost.latencyMs <= space.mostMs && !((cost.deadlineMisses ?? 0) > 0))
        asked.push({ at, genes, hash: candidateHash(search.space, genes) });
    });
    const scores = await accuracy.scores(asked);
    asked.forEach(({ at }, index) => {
      const score = scores[index];
      if ('value' in score) table[at + candidateMetric.score] = score.value;
      else failures.set(score.error, (failures.get(score.error) ?? 0) + 1);
    });
    return table;
  };
}

/** The chromosomes that a generation brought, as the engine has them. */
export function chromosomesOf({ newChromosomes }: GenerationRecord, length: number): Chromosome[] {
  const { ids, genes, fitness, metrics, metricCount } = newChromosomes;
  return Array.from(ids, (id, row) => ({
    id,
    genes: genes.slice(row * length, (row + 1) * length),
    fitness: fitness[row],
    metrics: metrics.slice(row * metricCount, (row + 1) * metricCount),
  }));
}

/** Metrics by name; undefined where they are not known. */
export function metricsOf({ metrics }: Pick<Chromosome, 'metrics'>): Partial<Record<CandidateMetric, number>> {
  return Object.fromEntries(
    candidateMetricNames.flatMap((name, index) => (Number.isNaN(metrics[index]) ? [] : [[name, metrics[index]]])),
  );
}

/** Candidates by rising latency, each better than all that are faster; only what has a score. */
export function frontOf(candidates: readonly Chromosome[], isHigherBetter: boolean): Chromosome[] {
  const { score, latencyMs } = candidateMetric;
  const worth = ({ metrics }: Chromosome): number => (isHigherBetter ? metrics[score] : -metrics[score]);
  const sorted = candidates
    .filter(({ metrics }) => !Number.isNaN(metrics[score]))
    .toSorted((a, b) => a.metrics[latencyMs] - b.metrics[latencyMs] || worth(b) - worth(a) || a.id - b.id);
  let best = Number.NEGATIVE_INFINITY;
  return sorted.filter((candidate) => {
    if (worth(candidate) <= best) return false;
    best = worth(candidate);
    return true;
  });
}

/** @throws WorkbenchError `nas.nothingFound` */
export function nothingFound(limitMs: number | undefined): WorkbenchError {
  return new WorkbenchError(
    'nas.nothingFound',
    limitMs === undefined ? 'no candidate has a score' : `no candidate within ${limitMs} ms has a score`,
    {
      hint: 'raise the limit or --budget, or see why scores are missing',
    },
  );
}

/** `count` random networks of a space, without any limit. */
export function drawNetworks(space: NetworkSpace, count: number, seed: number): Uint8Array[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => space.canonical(randomGenome(space.layout, random)));
}

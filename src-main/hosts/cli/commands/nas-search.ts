/** `tessera nas search`: the best networks of a space under a latency limit. */
import { writeFileSync } from 'node:fs';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parsePlatform, type Platform, type Processor } from '#shared/domain/platform.ts';
import type { AccuracySource, Score } from '#shared/nas/accuracy.ts';
import { CandidateLatency } from '#shared/nas/candidate-latency.ts';
import { estimatorIds, type EstimatorId, type LatencyEstimate } from '#shared/nas/latency.ts';
import { NetworkSpace } from '#shared/nas/space.ts';
import { onInterrupt } from '../../interrupt.ts';
import {
  candidateHash,
  defaultSource,
  findSearchSpace,
  frontOf,
  loadPresets,
  loadSearchSpaces,
  metricsOf,
  networkMethods,
  readBlockTable,
  readPublished,
  resourcesDirectory,
  searchNetworks,
  shippedSource,
  tableSource,
  type CandidateMetric,
  type NetworkMethod,
  type NetworkSearch,
  type NetworkSearchResult,
} from '../../toolbox.ts';
import { wholeNumber, withDatabase, withJson, type DatabaseOption, type OutputOptions } from '../arguments.ts';
import { errorText } from '../error-text.ts';
import { findDocument, processorOf } from '../find-document.ts';
import { printJson, printText, remark, usageError } from '../output.ts';
import { showSteps } from '../progress.ts';
import { duration, number, table } from '../table.ts';

interface SearchOptions extends OutputOptions, DatabaseOption {
  readonly platform: string;
  readonly processor?: string;
  readonly limit?: readonly number[];
  readonly penalty?: { readonly lambda: number; readonly mu: number };
  readonly accuracy?: string;
  readonly table?: string;
  readonly method?: NetworkMethod;
  readonly estimator?: EstimatorId;
  readonly objectives: readonly CandidateMetric[];
  readonly budget: number;
  readonly batch?: number;
  readonly seed: number;
  readonly baseline: boolean;
  readonly out?: string;
  readonly quiet?: boolean;
}

type Candidate = NetworkSearchResult['candidates'][number];

/** Spaces of so many networks or fewer are searched exhaustively where nothing else is said. */
const FEW_NETWORKS = 10_000;
/** Candidates whose whole network is estimated until one is within the limit. */
const MOST_CHECKS = 100;
/** Published networks are shown whose latency is that near a limit, as a share of it. */
const NEAR = 0.2;
/** Rows of the front that are printed. */
const FRONT_ROWS = 12;

export function registerNasSearch(nas: Command): void {
  withDatabase(withJson(nas.command('search <space>')))
    .description('the best networks of a space (an id or a file) under a latency limit')
    .requiredOption('--platform <id|file>', 'platform that they are for')
    .option('--processor <id>', 'processor; default: the NPU, else the first')
    .option('--limit <times>', 'latency limit, e.g. 2.47ms; several from one search: 2ms,2.47ms', limitList)
    .option(
      '--penalty <lambda,mu>',
      "what breaks the limit costs λ·ln(1+μ·ms) of the score, S3NAS's term (15,100 there), instead of being refused",
      penaltyOf,
    )
    .option(
      '--accuracy <source>',
      'parameters, macs, log-synflow, nas-bench-macro or accel-nasbench; default: what was trained, else macs',
    )
    .option('--table <csv>', 'scores of your own: a column "choice" or "hash", and one with numbers')
    .addOption(
      new Option(
        '--method <method>',
        'default: knapsack where score and latency add up, exhaustive in small spaces, else evolution',
      ).choices(networkMethods),
    )
    .addOption(
      new Option(
        '--estimator <estimator>',
        "who says how long a block takes; default: the processor's cost model",
      ).choices(estimatorIds),
    )
    .option('--objectives <metrics>', 'what nsga2 trades off', objectiveList, ['score', 'latencyMs'] as const)
    .option('--budget <n>', 'candidates that are scored at most', wholeNumber(1, 1_000_000), 1000)
    .option('--batch <n>', 'candidates in a generation', wholeNumber(1, 10_000))
    .option('--seed <n>', 'seed of the search', wholeNumber(0, 0xffff_ffff), 1)
    .option('--no-baseline', 'do not compare with a random search of the same budget')
    .option('--out <file>', 'write the network document of the best')
    .option('--quiet', 'no progress')
    .action(async (argument: string, options: SearchOptions) => {
      const startedAt = performance.now();
      const plan = await planOf(argument, options);
      const interruption = onInterrupt();
      const steps = showSteps('candidate', options.quiet === true || options.json === true);
      let result: NetworkSearchResult;
      try {
        result = await searchNetworks(plan.search, {
          signal: interruption.signal,
          onGeneration: ({ evaluations }) => steps.update({ done: evaluations, total: plan.search.budget }),
        });
      } finally {
        steps.end();
        interruption.release();
        plan.search.accuracy.close?.();
      }
      const report = await reportOf(plan, result, options.baseline);
      if (options.out !== undefined) writeBest(plan, report, options.out);
      if (options.json) printJson({ ...report, elapsedMs: Math.round(performance.now() - startedAt) });
      else printText(describe(plan, report, performance.now() - startedAt));
      for (const [reason, times] of result.failures) remark(`${times} candidates have no score: ${reason}`);
    });
}

interface Plan {
  readonly search: NetworkSearch;
  readonly latency: CandidateLatency;
  readonly platform: Platform;
  readonly processor: Processor;
}

async function planOf(argument: string, options: SearchOptions): Promise<Plan> {
  const resources = resourcesDirectory();
  const space = new NetworkSpace(findSearchSpace(argument, loadSearchSpaces(resources)));
  const platform = await findDocument('platform', options.platform, parsePlatform, options.db);
  const processor = processorOf(platform, options.processor);
  const { estimator, penalty, budget, batch, seed, objectives } = options;
  if (penalty !== undefined && options.limit === undefined)
    throw usageError('--penalty needs a --limit', 'add e.g. --limit 2.47ms');
  const library = loadPresets(resources);
  const place = {
    platform,
    processor,
    networkOf: (id: string) => library.networks.get(id),
    ...(estimator === 'block-table' ? { table: readBlockTable(resources) } : {}),
  };
  // A table has some blocks only; what it does not have the cost model knows.
  const latency = new CandidateLatency(space, place, estimator === 'block-table' ? undefined : estimator);
  const accuracy = sourceOf(space, options, resources);
  const isAdditive = accuracy.additive !== undefined && penalty === undefined && space.groups() !== undefined;
  const method =
    options.method ??
    (isAdditive && options.limit !== undefined
      ? 'knapsack'
      : space.choices <= Math.min(FEW_NETWORKS, budget)
        ? 'exhaustive'
        : 'evolution');
  const search: NetworkSearch = {
    space,
    method,
    limitsMs: options.limit ?? [],
    penalty,
    accuracy,
    costs: {
      of: (genes) => ({ latencyMs: latency.ofGenes(genes) }),
      additive: latency.cost,
      wholeOf: (genes) => latency.ofWhole(genes)?.latencyMs,
    },
    budget,
    batch,
    seed,
    objectives,
  };
  return { search, latency, platform, processor };
}

function sourceOf(space: NetworkSpace, { accuracy, table: file }: SearchOptions, resources: string): AccuracySource {
  if (file !== undefined && accuracy !== undefined)
    throw usageError('--table and --accuracy were both given', 'give one of them');
  return file === undefined
    ? shippedSource(accuracy ?? defaultSource(space.document.id), space, resources)
    : tableSource(file, space);
}

interface Found {
  readonly id: number;
  readonly code: string;
  readonly choice: string;
  readonly hash: string;
  readonly metrics: Partial<Record<CandidateMetric, number>>;
  /** What a table says of it, where it was trained. */
  readonly trained?: Score | undefined;
  readonly whole: Pick<LatencyEstimate, 'latencyMs' | 'source' | 'relativeError' | 'estimator'> | undefined;
}

interface Report {
  readonly space: string;
  readonly method: NetworkMethod;
  readonly seed: number;
  readonly platform: string;
  readonly processor: string;
  readonly accuracy: Pick<AccuracySource, 'id' | 'title' | 'unit' | 'source' | 'heldOut'>;
  readonly latencySource: string;
  readonly evaluations: number;
  readonly stopReason: string;
  readonly best: readonly {
    readonly limitMs: number | undefined;
    readonly candidate: Found | undefined;
    readonly randomScore?: number | undefined;
  }[];
  readonly front: readonly Found[];
  readonly published: ReturnType<typeof readPublished>;
}

async function reportOf(plan: Plan, result: NetworkSearchResult, withBaseline: boolean): Promise<Report> {
  const { search, latency, platform, processor } = plan;
  const { space, method, seed, accuracy, limitsMs, penalty } = search;
  const targets = limitsMs.length === 0 ? [undefined] : limitsMs;
  const isComparable =
    withBaseline && method !== 'random' && result.stopReason !== 'aborted' && accuracy.close === undefined;
  const random = isComparable ? await searchNetworks({ ...search, method: 'random' }) : undefined;
  const best = targets.map((limitMs) => {
    const candidate = bestWithin(plan, result.candidates, limitMs);
    const baseline = random === undefined ? undefined : bestWithin(plan, random.candidates, limitMs);
    return {
      limitMs,
      candidate: candidate && found(plan, candidate),
      randomScore: baseline && metricsOf(baseline).score,
    };
  });
  const isS3nas = space.document.id.startsWith('s3nas');
  const { id, title, unit, source, heldOut } = accuracy;
  return {
    space: space.document.id,
    method,
    seed,
    platform: platform.id,
    processor: processor.id,
    accuracy: { id, title, unit, source, heldOut },
    latencySource: latency.source,
    evaluations: result.evaluations,
    stopReason: result.stopReason,
    best,
    front: (penalty === undefined ? frontOf(result.candidates, accuracy.isHigherBetter) : [])
      .filter(
        ({ metrics: _, ...candidate }) =>
          (metricsOf({ ...candidate, metrics: _ }).latencyMs ?? 0) <= (limitsMs.at(-1) ?? Number.POSITIVE_INFINITY),
      )
      .map((candidate) => found(plan, candidate, false)),
    published: isS3nas ? readPublished(resourcesDirectory()) : [],
  };
}

/** The best by the fitness of the search, for one limit: whose whole network is within it, too. */
function bestWithin(plan: Plan, candidates: readonly Candidate[], limitMs: number | undefined): Candidate | undefined {
  const { search, latency } = plan;
  const isPenalty = search.penalty !== undefined;
  const sign = search.accuracy.isHigherBetter ? 1 : -1;
  const worth = (candidate: Candidate): number =>
    isPenalty ? candidate.fitness : sign * (metricsOf(candidate).score ?? Number.NaN);
  const ranked = candidates
    .filter(
      (each) =>
        !Number.isNaN(worth(each)) &&
        (isPenalty || (metricsOf(each).latencyMs ?? Number.NaN) <= (limitMs ?? Number.POSITIVE_INFINITY)),
    )
    .toSorted(
      (a, b) => worth(b) - worth(a) || (metricsOf(a).latencyMs ?? 0) - (metricsOf(b).latencyMs ?? 0) || a.id - b.id,
    );
  if (limitMs === undefined || isPenalty) return ranked[0];
  // Layers overlap a little from block to block, so that a whole network differs slightly from the sum.
  return (
    ranked.slice(0, MOST_CHECKS).find(({ genes }) => (latency.ofWhole(genes)?.latencyMs ?? 0) <= limitMs) ?? ranked[0]
  );
}

function found({ search, latency }: Plan, candidate: Candidate, withWhole = true): Found {
  const { space, accuracy } = search;
  const whole = withWhole ? latency.ofWhole(candidate.genes) : undefined;
  return {
    id: candidate.id,
    code: space.code(candidate.genes),
    choice: space.text(candidate.genes),
    hash: candidateHash(space, candidate.genes),
    metrics: metricsOf(candidate),
    trained: accuracy.trained?.(candidate.genes),
    whole: whole && {
      latencyMs: whole.latencyMs,
      source: whole.source,
      relativeError: whole.relativeError,
      estimator: whole.estimator,
    },
  };
}

function writeBest({ search }: Plan, { best }: Report, file: string): void {
  const [first] = best;
  if (first?.candidate === undefined)
    throw new WorkbenchError('nas.nothingFound', 'there is no candidate to write', {
      hint: 'raise the limit or the budget',
    });
  const { space } = search;
  const genes = space.genes(first.candidate.code);
  writeFileSync(
    file,
    `${JSON.stringify(space.network(genes, `${space.document.id}-${first.candidate.hash.slice(0, 8)}`), undefined, 2)}\n`,
  );
}

function describe({ search, platform, processor }: Plan, report: Report, elapsedMs: number): string {
  const { accuracy, budget } = search;
  const { best, front, published, method, evaluations, stopReason } = report;
  const end =
    stopReason === 'aborted'
      ? ', stopped'
      : method === 'exhaustive' && stopReason === 'exhausted'
        ? ', all there are within the limit'
        : '';
  const columns = [
    {
      title: `${accuracy.title}${accuracy.unit === '' ? '' : ` (${accuracy.unit})`}`,
      value: (each: Found) => score(each.metrics.score),
      align: 'right' as const,
    },
    ...(accuracy.trained === undefined || accuracy.heldOut === undefined
      ? []
      : [{ title: 'trained', value: (each: Found) => score(each.trained?.value), align: 'right' as const }]),
    { title: 'sum (ms)', value: (each: Found) => number(each.metrics.latencyMs), align: 'right' as const },
    { title: 'whole (ms)', value: (each: Found) => number(each.whole?.latencyMs), align: 'right' as const },
    {
      title: 'params (M)',
      value: (each: Found) => number((each.metrics.parameters ?? 0) / 1e6),
      align: 'right' as const,
    },
    { title: 'MACs (M)', value: (each: Found) => number((each.metrics.macs ?? 0) / 1e6), align: 'right' as const },
  ];
  const rows = best.flatMap(({ limitMs, candidate, randomScore }) =>
    candidate === undefined ? [] : [{ ...candidate, limitMs, randomScore }],
  );
  const [first] = rows;
  const near = published.filter(({ latencyMs }) =>
    search.limitsMs.some((limitMs) => Math.abs(latencyMs / limitMs - 1) <= NEAR),
  );
  return [
    `${search.space.document.name} on ${processor.name ?? processor.id} of ${platform.name}: ${method}, ${evaluations} candidates scored in ${duration(elapsedMs)}${end}`,
    '',
    rows.length === 0
      ? 'no candidate within the limit has a score'
      : table(rows, [
          {
            title: 'limit (ms)',
            value: (each) => (each.limitMs === undefined ? 'none' : String(each.limitMs)),
            align: 'right',
          },
          ...columns,
          ...(rows.some(({ randomScore }) => randomScore !== undefined)
            ? [
                {
                  title: `random, ${budget}`,
                  value: (each: (typeof rows)[number]) => score(each.randomScore),
                  align: 'right' as const,
                },
              ]
            : []),
          { title: 'choice', value: ({ code }) => code },
        ]),
    ...rows.map(({ limitMs, choice }) => `${limitMs === undefined ? 'best' : `${limitMs} ms`}: ${choice}`),
    '',
    `score: ${accuracy.source}`,
    ...(accuracy.heldOut === undefined
      ? []
      : [
          `       on ${accuracy.heldOut.heldOut} networks that it was not fitted to it is off by ${number(accuracy.heldOut.mean)} ${accuracy.unit} in the mean, rank correlation ${accuracy.heldOut.rankCorrelation.toFixed(3)};`,
          '       the best of many predictions is more often one that is too high than one that is too low',
        ]),
    `latency: ${report.latencySource}`,
    ...(first?.whole === undefined
      ? []
      : [`         whole network: ${first.whole.source}; error: ${errorText(first.whole.relativeError)}`]),
    ...(front.length > 1
      ? [
          '',
          `front, ${front.length} candidates${front.length > FRONT_ROWS ? `, ${FRONT_ROWS} of them` : ''}:`,
          table(spread(front), [
            ...columns.filter(({ title }) => title !== 'whole (ms)'),
            { title: 'choice', value: ({ code }) => code },
          ]),
        ]
      : []),
    ...(near.length === 0
      ? []
      : [
          '',
          `published on MIDAP (ImageNet after full training, ms): ${near.map(({ name, top1Percent, latencyMs }) => `${name} ${top1Percent} % ${latencyMs}`).join(', ')}`,
        ]),
  ].join('\n');
}

const score = (value: number | undefined): string =>
  value === undefined ? '–' : Math.abs(value) >= 1e6 ? `${(value / 1e6).toFixed(2)} M` : value.toFixed(2);

/** Rows evenly over the front, both ends among them. */
function spread(front: readonly Found[]): Found[] {
  if (front.length <= FRONT_ROWS) return [...front];
  return Array.from(
    { length: FRONT_ROWS },
    (_, row) => front[Math.round((row * (front.length - 1)) / (FRONT_ROWS - 1))],
  );
}

function limitList(text: string): number[] {
  return text.split(',').map((part) => {
    const [, digits, unit] = /^\s*(\d+(?:\.\d+)?)\s*(us|µs|ms|s)\s*$/.exec(part) ?? [];
    const value = Number(digits) * (unit === 's' ? 1000 : unit === 'ms' ? 1 : 0.001);
    if (!(value > 0)) throw new InvalidArgumentError(`"${part.trim()}" is no time with a unit, such as 2.47ms.`);
    return value;
  });
}

function penaltyOf(text: string): { lambda: number; mu: number } {
  const [lambda, mu, ...rest] = text.split(',').map(Number);
  if (!(lambda > 0 && mu > 0) || rest.length > 0)
    throw new InvalidArgumentError('Expected two positive numbers, such as 15,100.');
  return { lambda, mu };
}

const objectiveNames: readonly CandidateMetric[] = [
  'score',
  'latencyMs',
  'parameters',
  'macs',
  'energyMJ',
  'makespanMs',
];

function objectiveList(text: string): CandidateMetric[] {
  return text.split(',').map((part) => {
    const name = objectiveNames.find((each) => each === part.trim());
    if (name === undefined) throw new InvalidArgumentError(`"${part.trim()}" is none of ${objectiveNames.join(', ')}.`);
    return name;
  });
}

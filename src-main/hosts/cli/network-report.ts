/** What a search for networks found, as an object and as text. */
import type { AccuracySource, Score } from '#shared/nas/accuracy.ts';
import type { LatencyEstimate } from '#shared/nas/latency.ts';
import {
  candidateHash,
  frontOf,
  metricsOf,
  readPublished,
  reschedule,
  resourcesDirectory,
  searchNetworks,
  type CandidateMetric,
  type NetworkMethod,
  type NetworkSearchResult,
  type Rescheduled,
  type SearchPlan,
} from '../toolbox.ts';
import { errorText } from './error-text.ts';
import { duration, number, table } from './table.ts';

type Candidate = NetworkSearchResult['candidates'][number];

/** Candidates whose whole network is estimated until one is within the limit. */
const MOST_CHECKS = 100;
/** Published networks are shown whose latency is that near a limit, as a share of it. */
const NEAR = 0.2;
const WHOLE = 'whole (ms)';
/** Rows of the front that are printed. */
const FRONT_ROWS = 12;

export interface Found {
  readonly id: number;
  readonly code: string;
  readonly choice: string;
  readonly hash: string;
  readonly metrics: Partial<Record<CandidateMetric, number>>;
  /** What a table says of it, where it was trained. */
  readonly trained?: Score | undefined;
  readonly whole: Pick<LatencyEstimate, 'latencyMs' | 'source' | 'relativeError' | 'estimator'> | undefined;
}

export interface Report {
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
  /** In a scenario: the first of the best, scheduled by a search. */
  readonly rescheduled?: Rescheduled | undefined;
  readonly published: ReturnType<typeof readPublished>;
}

export async function reportOf(plan: SearchPlan, result: NetworkSearchResult, withBaseline: boolean): Promise<Report> {
  const { search, latency, platform, processor, place } = plan;
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
    latencySource:
      place === undefined
        ? latency.source
        : `longest response of "${place.application}" in ${place.scenario.name}, beside ${place.scenario.applications.length - 1} other applications, by the better of NPU first and HEFT; times by the cost models`,
    rescheduled:
      place === undefined || best[0]?.candidate === undefined
        ? undefined
        : reschedule(space, space.genes(best[0].candidate.code), place, seed),
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
export function bestWithin(
  plan: SearchPlan,
  candidates: readonly Candidate[],
  limitMs: number | undefined,
): Candidate | undefined {
  const { search, latency, place } = plan;
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
  if (limitMs === undefined || isPenalty || place !== undefined) return ranked[0];
  // Layers overlap a little from block to block, so that a whole network differs slightly from the sum.
  return (
    ranked.slice(0, MOST_CHECKS).find(({ genes }) => (latency.ofWhole(genes)?.latencyMs ?? 0) <= limitMs) ?? ranked[0]
  );
}

function found({ search, latency, place }: SearchPlan, candidate: Candidate, withWhole = true): Found {
  const { space, accuracy } = search;
  const whole = withWhole && place === undefined ? latency.ofWhole(candidate.genes) : undefined;
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

export function describeReport(
  { search, platform, processor, place }: SearchPlan,
  report: Report,
  elapsedMs: number,
): string {
  const { accuracy, budget } = search;
  const { best, front, published, method, evaluations, stopReason, rescheduled } = report;
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
    ...(place === undefined
      ? [
          { title: 'sum (ms)', value: (each: Found) => number(each.metrics.latencyMs), align: 'right' as const },
          { title: WHOLE, value: (each: Found) => number(each.whole?.latencyMs), align: 'right' as const },
        ]
      : [
          { title: 'response (ms)', value: (each: Found) => number(each.metrics.latencyMs), align: 'right' as const },
          { title: 'makespan (ms)', value: (each: Found) => number(each.metrics.makespanMs), align: 'right' as const },
          { title: 'energy (mJ)', value: (each: Found) => number(each.metrics.energyMJ), align: 'right' as const },
          { title: 'missed', value: (each: Found) => number(each.metrics.deadlineMisses), align: 'right' as const },
        ]),
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
    `${search.space.document.name} on ${place === undefined ? `${processor.name ?? processor.id} of ` : ''}${platform.name}: ${method}, ${evaluations} candidates scored in ${duration(elapsedMs)}${end}`,
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
    ...(rescheduled === undefined
      ? []
      : [
          `         ${rescheduled.scheduler} schedules the first of them, in ${rescheduled.evaluations} evaluations: response ${number(rescheduled.searched.latencyMs)} ms, makespan ${number(rescheduled.searched.makespanMs)} ms, ${number(rescheduled.searched.deadlineMisses)} deadlines missed`,
        ]),
    ...(front.length > 1
      ? [
          '',
          `front, ${front.length} candidates${front.length > FRONT_ROWS ? `, ${FRONT_ROWS} of them` : ''}:`,
          table(spread(front), [
            ...columns.filter(({ title }) => title !== WHOLE),
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

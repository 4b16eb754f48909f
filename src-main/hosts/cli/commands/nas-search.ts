/** `tessera nas search`: the best networks of a space under a latency limit. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import type { AccuracySource } from '#shared/nas/accuracy.ts';
import { estimatorIds, type EstimatorId } from '#shared/nas/latency.ts';
import { NetworkSpace } from '#shared/nas/space.ts';
import { onInterrupt } from '../../interrupt.ts';
import {
  applicationFor,
  defaultSource,
  findSearchSpace,
  loadSearchSpaces,
  networkMethods,
  planSearch,
  resourcesDirectory,
  scenarioWith,
  searchNetworks,
  shippedSource,
  tableSource,
  type CandidateMetric,
  type CandidateScenario,
  type NetworkMethod,
  type NetworkSearchResult,
  type SearchPlan,
  type SearchRequest,
} from '../../toolbox.ts';
import {
  parseScenarioArgument,
  wholeNumber,
  withDatabase,
  withJson,
  type DatabaseOption,
  type OutputOptions,
} from '../arguments.ts';
import { findDocument, processorOf } from '../find-document.ts';
import { describeReport, reportOf, type Report } from '../network-report.ts';
import { printJson, printText, remark, usageError } from '../output.ts';
import { showSteps } from '../progress.ts';
import { examineScenarioArgument } from '../session.ts';

interface SearchOptions extends OutputOptions, DatabaseOption {
  readonly platform?: string;
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
  readonly scenario?: string;
  readonly application?: string;
  readonly outScenario?: string;
  readonly baseline: boolean;
  readonly out?: string;
  readonly quiet?: boolean;
}

export function registerNasSearch(nas: Command): void {
  withDatabase(withJson(nas.command('search <space>')))
    .description('the best networks of a space (an id or a file) under a latency limit')
    .option('--platform <id|file>', 'platform that they are for; default: that of the scenario')
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
    .option('--scenario <id|file>', 'latency, energy and missed deadlines beside the other applications of a scenario')
    .option('--application <id>', 'the application of the scenario whose network is searched for')
    .option('--out <file>', 'write the network document of the best')
    .option('--out-scenario <file>', 'write the scenario with the best in it')
    .option('--quiet', 'no progress')
    .action(async (argument: string, options: SearchOptions) => {
      const startedAt = performance.now();
      const request = await requestOf(argument, options);
      const space = new NetworkSpace(request.space);
      const plan = planSearch(request, space, sourceOf(request, space), resourcesDirectory());
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
      writeBest(plan, report, options);
      if (options.json) printJson({ ...report, elapsedMs: Math.round(performance.now() - startedAt) });
      else printText(describeReport(plan, report, performance.now() - startedAt));
      for (const [reason, times] of result.failures) remark(`${times} candidates have no score: ${reason}`);
    });
}

/** The search that the options ask for, with everything inline. */
async function requestOf(argument: string, options: SearchOptions): Promise<SearchRequest> {
  const resources = resourcesDirectory();
  const space = findSearchSpace(argument, loadSearchSpaces(resources));
  const scenario = await scenarioPlace(options);
  if (options.platform === undefined && scenario === undefined)
    throw usageError('--platform or --scenario is needed', 'e.g. --platform midap-board');
  const platform =
    options.platform === undefined && scenario !== undefined
      ? scenario.scenario.platform
      : await findDocument('platform', options.platform ?? '', parsePlatform, options.db);
  const { method, estimator, penalty, budget, batch, seed, objectives, limit = [] } = options;
  if (penalty !== undefined && limit.length === 0)
    throw usageError('--penalty needs a --limit', 'add e.g. --limit 2.47ms');
  return {
    space,
    platform,
    processor: processorOf(platform, options.processor).id,
    scenario,
    limitsMs: [...limit],
    penalty,
    accuracy: accuracyOf(space.id, options),
    method,
    estimator,
    objectives: [...objectives],
    budget,
    batch,
    seed,
  };
}

async function scenarioPlace({
  scenario: argument,
  application,
  platform,
  db,
}: SearchOptions): Promise<CandidateScenario | undefined> {
  if (argument === undefined) {
    if (application !== undefined) throw usageError('--application needs a --scenario', 'add it');
    return undefined;
  }
  if (platform !== undefined)
    throw usageError('--platform and --scenario were both given', 'leave --platform out: a scenario has one');
  const { scenario } = await examineScenarioArgument(parseScenarioArgument(argument), db);
  return { scenario, application: applicationFor(scenario, application) };
}

function accuracyOf(space: string, { accuracy, table: path }: SearchOptions): SearchRequest['accuracy'] {
  if (path !== undefined && accuracy !== undefined)
    throw usageError('--table and --accuracy were both given', 'give one of them');
  return path === undefined
    ? { kind: 'shipped', id: accuracy ?? defaultSource(space) }
    : { kind: 'table', path: resolve(path) };
}

function sourceOf({ accuracy }: SearchRequest, space: NetworkSpace): AccuracySource {
  if (accuracy.kind === 'table') return tableSource(accuracy.path, space);
  if (accuracy.kind === 'shipped') return shippedSource(accuracy.id, space, resourcesDirectory());
  throw new Error('a program is started elsewhere');
}

function writeBest({ search, place }: SearchPlan, { best }: Report, { out, outScenario }: SearchOptions): void {
  if (out === undefined && outScenario === undefined) return;
  const candidate = best[0]?.candidate;
  if (candidate === undefined)
    throw new WorkbenchError('nas.nothingFound', 'there is no candidate to write', {
      hint: 'raise the limit or the budget',
    });
  if (outScenario !== undefined && place === undefined)
    throw usageError('--out-scenario needs a --scenario', 'add it, or use --out');
  const { space } = search;
  const network = space.network(space.genes(candidate.code), `${space.document.id}-${candidate.hash.slice(0, 8)}`);
  const write = (file: string, document: unknown): void =>
    writeFileSync(file, `${JSON.stringify(document, undefined, 2)}\n`);
  if (out !== undefined) write(out, network);
  if (outScenario !== undefined && place !== undefined) write(outScenario, scenarioWith(place, network));
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

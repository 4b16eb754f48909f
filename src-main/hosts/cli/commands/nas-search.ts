/** `tessera nas search`, `resume` and `searches`: the best networks of a space under a latency limit, recorded. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { WorkbenchError } from '#shared/domain/errors.ts';
import {
  argumentVectorSchema,
  commandKey,
  unconfirmed,
  type ExternalCommand,
} from '#shared/domain/external-command.ts';
import { parsePlatform } from '#shared/domain/platform.ts';
import type { AccuracySource } from '#shared/nas/accuracy.ts';
import { estimatorIds, type EstimatorId } from '#shared/nas/latency.ts';
import { NetworkSpace } from '#shared/nas/space.ts';
import { onInterrupt } from '../../interrupt.ts';
import { openLog } from '../../log.ts';
import { dataDirectory, databasePath } from '../../paths.ts';
import {
  applicationFor,
  chromosomesOf,
  ConfirmedCommands,
  defaultSource,
  findSearchSpace,
  loadSearchSpaces,
  networkMethods,
  openSearchRecord,
  parseRunState,
  parseSearchRequest,
  planSearch,
  recordedSearch,
  resourcesDirectory,
  scenarioWith,
  searchNetworks,
  SettingsFile,
  shippedSource,
  startEvaluator,
  tableSource,
  type CandidateMetric,
  type CandidateScenario,
  type NetworkMethod,
  type SearchPlan,
  type SearchRecord,
  type SearchRequest,
} from '../../toolbox.ts';
import {
  parseFileOrJson,
  parseScenarioArgument,
  runId,
  wholeNumber,
  withConfirmation,
  withDatabase,
  withJson,
  type ConfirmOption,
  type DatabaseOption,
  type OutputOptions,
} from '../arguments.ts';
import { findDocument, processorOf } from '../find-document.ts';
import { describeReport, reportOf, type Report } from '../network-report.ts';
import { printJson, printText, remark, usageError } from '../output.ts';
import { showSteps } from '../progress.ts';
import { examineScenarioArgument } from '../session.ts';
import { table, time } from '../table.ts';

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
  readonly training?: Record<string, unknown>;
  readonly metric?: string;
  readonly tries: number;
  readonly scoreTimeLimit: number;
  /** False with --no-record. */
  readonly record: boolean;
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
      'parameters, macs, log-synflow, nas-bench-macro, accel-nasbench, or a command that trains; default: what was trained, else macs',
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
    .option('--training <json>', 'for the command: passed on to it with every candidate', (text) =>
      parseFileOrJson(text, 'training'),
    )
    .option('--metric <id>', 'for the command: which of its metrics is the score; default: the first')
    .option('--tries <n>', 'for the command: tries for a candidate', wholeNumber(1, 100), 3)
    .option('--score-time-limit <s>', 'for the command: seconds for a candidate', wholeNumber(1, 2_592_000), 3600)
    .option('--no-record', 'keep neither the search nor what the command answers')
    .option('--no-baseline', 'do not compare with a random search of the same budget')
    .option('--scenario <id|file>', 'latency, energy and missed deadlines beside the other applications of a scenario')
    .option('--application <id>', 'the application of the scenario whose network is searched for')
    .option('--out <file>', 'write the network document of the best')
    .option('--out-scenario <file>', 'write the scenario with the best in it')
    .option('--quiet', 'no progress')
    .action(async (argument: string, options: SearchOptions) => {
      const request = await requestOf(argument, options);
      // Naming a program on the command line confirms it, also for the time when the search is resumed.
      if (request.accuracy.kind === 'command') confirmedCommands().confirm(request.accuracy.evaluator.command);
      const record = options.record ? openSearchRecord(databasePath(options.db), resourcesDirectory()) : undefined;
      try {
        const id = record?.searches.create(request, Date.now());
        await carryOut({ request, id, record, options });
      } finally {
        record?.close();
      }
    });
  withConfirmation(withDatabase(withJson(nas.command('resume <search>'))))
    .description('go on with a search that was stopped')
    .option('--no-baseline', 'do not compare with a random search of the same budget')
    .option('--out <file>', 'write the network document of the best')
    .option('--out-scenario <file>', 'write the scenario with the best in it')
    .option('--quiet', 'no progress')
    .action(async (text: string, options: ResumeOptions) => {
      const record = openSearchRecord(databasePath(options.db), resourcesDirectory());
      try {
        const recorded = recordedSearch(record, runId(text));
        const request = parseSearchRequest(recorded.request);
        if (request.accuracy.kind === 'command') assertConfirmed(request.accuracy.evaluator.command, options);
        await carryOut({ request, id: recorded.id, record, options, state: recorded.state });
      } finally {
        record.close();
      }
    });
  withDatabase(withJson(nas.command('searches')))
    .description('the searches for networks in the record')
    .action((options: OutputOptions & DatabaseOption) => {
      const record = openSearchRecord(databasePath(options.db), resourcesDirectory());
      try {
        const rows = record.searches.list().map(({ id, createdAt, status, evaluations, request }) => {
          const { space, platform, method, limitsMs } = parseSearchRequest(request);
          return { id, createdAt, status, evaluations, space: space.id, platform: platform.id, method, limitsMs };
        });
        if (options.json) printJson(rows);
        else if (rows.length === 0) printText('no search for networks is recorded');
        else
          printText(
            table(rows, [
              { title: 'id', value: ({ id }) => String(id), align: 'right' },
              { title: 'started', value: ({ createdAt }) => time(createdAt) },
              { title: 'status', value: ({ status }) => status },
              { title: 'space', value: ({ space }) => space },
              { title: 'platform', value: ({ platform }) => platform },
              { title: 'limits (ms)', value: ({ limitsMs }) => limitsMs.join(', ') },
              { title: 'scored', value: ({ evaluations }) => String(evaluations), align: 'right' },
            ]),
          );
      } finally {
        record.close();
      }
    });
}

interface ResumeOptions extends OutputOptions, DatabaseOption, ConfirmOption {
  readonly baseline: boolean;
  readonly out?: string;
  readonly outScenario?: string;
  readonly quiet?: boolean;
}

interface Undertaking {
  readonly request: SearchRequest;
  /** In the record. */
  readonly id: number | undefined;
  readonly record: SearchRecord | undefined;
  readonly options: ResumeOptions;
  /** Where it goes on. */
  readonly state?: unknown;
}

/** Searches, records and prints. */
async function carryOut({ request, id, record, options, state }: Undertaking): Promise<void> {
  const startedAt = performance.now();
  const space = new NetworkSpace(request.space);
  const interruption = onInterrupt();
  const steps = showSteps('candidate', options.quiet === true || options.json === true);
  let source: AccuracySource | undefined;
  try {
    if (id !== undefined) record?.searches.setStatus(id, 'running');
    source = await sourceOf(request, space, record);
    const plan = planSearch(request, space, source, resourcesDirectory());
    const result = await searchNetworks(
      plan.search,
      {
        signal: interruption.signal,
        onGeneration(generation, reached) {
          steps.update({ done: generation.evaluations, total: plan.search.budget });
          if (id === undefined || record === undefined) return;
          const candidates = chromosomesOf(generation, space.layout.length);
          record.searches.saveGeneration(id, generation.index, candidates, generation.evaluations, reached);
        },
      },
      state === undefined || id === undefined || record === undefined
        ? undefined
        : { state: parseRunState(state), chromosomes: record.searches.candidates(id) },
    );
    steps.end();
    const isStopped = result.stopReason === 'aborted';
    if (id !== undefined) record?.searches.setStatus(id, isStopped ? 'stopped' : 'finished');
    const report = await reportOf(plan, result, options.baseline);
    writeBest(plan, report, options);
    const elapsedMs = Math.round(performance.now() - startedAt);
    if (options.json) printJson({ search: id, ...report, elapsedMs });
    else printText(describeReport(plan, report, elapsedMs));
    for (const [reason, times] of result.failures) remark(`${times} candidates have no score: ${reason}`);
    if (isStopped && id !== undefined) remark(`stopped; tessera nas resume ${id} goes on`);
  } catch (error) {
    steps.end();
    if (id !== undefined) record?.searches.setStatus(id, 'failed');
    throw error;
  } finally {
    interruption.release();
    source?.close?.();
  }
}

function confirmedCommands(): ConfirmedCommands {
  return new ConfirmedCommands(
    new SettingsFile(join(dataDirectory(), 'settings.json'), openLog(dataDirectory(), 'cli')),
  );
}

/** @throws WorkbenchError `command.unconfirmed` */
function assertConfirmed(command: ExternalCommand, { confirmCommand }: ConfirmOption): void {
  const confirmed = confirmedCommands();
  if (confirmCommand !== undefined) confirmed.confirm(confirmCommand);
  if (!confirmed.list().some((known) => commandKey(known) === commandKey(command))) throw unconfirmed(command);
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

function accuracyOf(space: string, options: SearchOptions): SearchRequest['accuracy'] {
  const { accuracy, table: path, training = {}, metric, tries, scoreTimeLimit } = options;
  if (path !== undefined && accuracy !== undefined)
    throw usageError('--table and --accuracy were both given', 'give one of them');
  if (path !== undefined) return { kind: 'table', path: resolve(path) };
  const command = accuracy === undefined ? undefined : commandIn(accuracy);
  if (command === undefined) return { kind: 'shipped', id: accuracy ?? defaultSource(space) };
  return {
    kind: 'command',
    evaluator: { command: { command, folder: process.cwd() }, training, metric, tries, timeLimitS: scoreTimeLimit },
  };
}

/** An argument vector: a JSON array, or words with quotes around those with spaces; no shell reads it. Undefined: one word, which is the name of a source. */
function commandIn(text: string): string[] | undefined {
  if (text.trimStart().startsWith('[')) {
    const parsed = argumentVectorSchema.min(1).safeParse(jsonOf(text));
    if (parsed.success) return parsed.data;
    throw usageError(`--accuracy ${text} is no array of words`, 'write ["python3", "eval.py"]');
  }
  const words = [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
  return words.length > 1 || /[/\\]/.test(text) ? words : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function sourceOf(
  { accuracy, seed }: SearchRequest,
  space: NetworkSpace,
  record: SearchRecord | undefined,
): Promise<AccuracySource> {
  if (accuracy.kind === 'table') return tableSource(accuracy.path, space);
  if (accuracy.kind === 'shipped') return shippedSource(accuracy.id, space, resourcesDirectory());
  const surroundings = { record: record?.searches, seed, onRemark: (text: string) => remark(text.trimEnd()) };
  return await startEvaluator(accuracy.evaluator, space, surroundings);
}

function writeBest({ search, place }: SearchPlan, { best }: Report, { out, outScenario }: ResumeOptions): void {
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

/** `tessera saturate`: how often the networks of a scenario can be asked for before an instance is late, and what no schedule can exceed. */
import { InvalidArgumentError, type Command } from 'commander';
import { REAL_TIME_SLOPE, scenarioAtFrequency } from '#shared/analysis/request-frequency.ts';
import { frequencyGrid } from '#shared/analysis/frequency-grid.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { frequencyBoundMethods } from '#shared/domain/frequency.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { genesOf, type SchedulerConfiguration } from '#shared/domain/scheduler.ts';
import type { Assignment } from '#shared/scheduling/decode.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { describeAssignment, readMapping } from '#shared/scheduling/solution.ts';
import { onInterrupt } from '../../interrupt.ts';
import {
  completeConfiguration,
  provenFrequencyBound,
  refuseWithoutFrequency,
  runUnrecorded,
  saturationOf,
  saturationPoint,
  type Saturation,
} from '../../toolbox.ts';
import {
  duration,
  parseScenarioArgument,
  wholeNumber,
  withDatabase,
  withJson,
  withQuiet,
  withSettings,
  withThreads,
  type DatabaseOption,
  type OutputOptions,
} from '../arguments.ts';
import { printJson, printText, remark, usageError } from '../output.ts';
import { showProgress, showSteps } from '../progress.ts';
import { searchSpawner } from '../search.ts';
import { examineScenarioArgument } from '../session.ts';
import { mappingArgument } from '../start-argument.ts';
import { number, table } from '../table.ts';
import { warnOfTimes, withWarnings } from '../time-warnings.ts';
import { configurationOf } from './run.ts';

interface SaturateOptions extends OutputOptions, DatabaseOption {
  readonly scheduler?: string;
  readonly mapping?: string;
  readonly options?: string;
  readonly set: readonly string[];
  readonly seed?: number;
  readonly timeLimit?: number;
  readonly evaluations?: number;
  readonly threads?: number;
  readonly quiet?: true;
  readonly share: number;
  readonly rounds: number;
}

/** A schedule and its α*. */
interface Found {
  readonly problem: Problem;
  readonly assignment: Assignment;
  readonly alpha: number | undefined;
}

export function registerSaturate(program: Command): void {
  withSettings(
    withThreads(withQuiet(withDatabase(withJson(program.command('saturate <scenario>'))))),
    'one option of the scheduler, after --options; repeatable',
  )
    .description('the highest request frequency at which a schedule keeps every deadline, and a proven bound of it')
    .option(
      '--scheduler <id>',
      'find the schedule with this scheduler; "tessera schedulers" lists them (default: auto)',
    )
    .option('--mapping <file|json>', 'take the schedule of a mapping file, or of the "best" of a run, instead')
    .option('--options <file|json>', "the scheduler's options")
    .option('--seed <n>', 'seed of the search', wholeNumber(0, 0xffff_ffff))
    .option('--time-limit <time>', 'of each search, e.g. 10s', duration)
    .option('--evaluations <n>', 'of each search', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option(
      '--rounds <n>',
      'searches at most: each after the first one step of the grid beyond the frequency that was reached',
      wholeNumber(1, 1000),
      3,
    )
    .option(
      '--share <share>',
      'of the instances that have to be in time, 0 … 1; the bound is for all of them',
      share,
      1,
    )
    .action(async (argument: string, options: SaturateOptions) => {
      if (options.mapping !== undefined && options.scheduler !== undefined)
        throw usageError('--mapping and --scheduler were both given', 'give one of them');
      const { scenario, remarks } = await examineScenarioArgument(parseScenarioArgument(argument), options.db);
      refuseWithoutFrequency(scenario);
      const warnings = warnOfTimes(remarks);
      const configuration = options.mapping === undefined ? searchOf(options) : undefined;
      const interruption = onInterrupt();
      const steps = showSteps('per cent', options.quiet === true);
      const onProgress = (done: number): void => steps.update({ done: Math.round(done * 100), total: 100 });
      interruption.onStop(() => remark('cancelling …'));
      try {
        const { signal } = interruption;
        const found =
          options.mapping === undefined
            ? await search(scenario, configuration ?? searchOf(options), options, signal)
            : await ofMapping(scenario, options.mapping, options.share, signal, onProgress);
        const bound = await provenFrequencyBound(scenario, options.share);
        signal.throwIfAborted();
        const saturation = await saturationOf(
          found.problem,
          found.assignment,
          { alpha: found.alpha, bound },
          signal,
          onProgress,
        );
        steps.end();
        if (options.json)
          printJson({
            ...saturation,
            share: options.share,
            realTimeScore: { k: REAL_TIME_SLOPE, delayIn: 'deadline' },
            ...(configuration === undefined ? {} : { scheduler: configuration.scheduler, seed: configuration.seed }),
            schedule: describeAssignment(found.problem, found.assignment),
            ...withWarnings(warnings),
          });
        else printText(render(scenario, saturation, options.share));
      } catch (error) {
        steps.end();
        if (!interruption.signal.aborted) throw error;
        throw new WorkbenchError('run.cancelled', 'it was cancelled before the frequency was known', {
          hint: 'run it again; --time-limit and --rounds make it shorter',
          cause: error,
        });
      } finally {
        interruption.release();
      }
    });
}

function searchOf(options: SaturateOptions): SchedulerConfiguration {
  return configurationOf({ ...options, record: false }, { scheduler: 'auto', seed: 1, options: {} });
}

async function ofMapping(
  scenario: ResolvedScenario,
  file: string,
  share: number,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<Found> {
  const { problem, assignment } = readMapping(scenario, mappingArgument(file, scenario));
  return { problem, assignment, alpha: await saturationPoint(problem, assignment, share, signal, onProgress) };
}

/** Searches at the scenario's own frequency, then one step of the grid beyond what was reached, as long as that finds more. */
async function search(
  scenario: ResolvedScenario,
  configuration: SchedulerConfiguration,
  options: SaturateOptions,
  signal: AbortSignal,
): Promise<Found> {
  const genes = genesOf(completeConfiguration(configuration));
  let best: Found | undefined;
  for (let round = 1; round <= options.rounds; round++) {
    const reached = best?.alpha === undefined ? -1 : frequencyGrid.indexOf(best.alpha);
    const searched = round === 1 ? scenario : scenarioAtFrequency(scenario, frequencyGrid[reached - 1] ?? 1);
    if (options.quiet !== true && options.rounds > 1) remark(`search ${round} of at most ${options.rounds}`);
    const progress = showProgress(options.quiet === true);
    const outcome = await runUnrecorded({
      scenario: searched,
      configuration,
      spawner: searchSpawner,
      threads: options.threads,
      onProgress: (update) => progress.update(update),
      signal,
    });
    progress.end();
    signal.throwIfAborted();
    if (outcome.best === undefined) break;
    const { problem, assignment } = readMapping(scenario, outcome.best, genes);
    const alpha = await saturationPoint(problem, assignment, options.share, signal);
    const isBetter = alpha !== undefined && (best?.alpha === undefined || alpha < best.alpha);
    if (best !== undefined && !isBetter) break;
    best = { problem, assignment, alpha };
    if (alpha === undefined || alpha === frequencyGrid[0]) break;
  }
  if (best === undefined)
    throw new WorkbenchError('run.failed', 'the search ended without a schedule', { hint: 'give it more time' });
  return best;
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= 1) return value;
  throw new InvalidArgumentError('Expected a share above 0, at most 1.');
}

function render(
  { name, platform, applications }: ResolvedScenario,
  { alpha, frequency, bound, groups, curve }: Saturation,
  share: number,
): string {
  const wanted = share === 1 ? 'every deadline is kept' : `${number(share * 100)} % of the instances are in time`;
  const atOne = curve.reduce((nearest, point) =>
    Math.abs(point.alpha - 1) < Math.abs(nearest.alpha - 1) ? point : nearest,
  );
  return [
    `${name} on ${platform.name}: ${applications.length} ${applications.length === 1 ? 'application' : 'applications'}`,
    alpha === null || frequency === null
      ? `at no period up to 100 times as long ${wanted}`
      : `${wanted} up to ${number(frequency)} times the frequency (α* = ${number(alpha)})`,
    bound === null
      ? share < 1
        ? 'no bound is proven where only a share has to be in time'
        : 'no bound is proven'
      : `no schedule supports more than ${number(bound.frequency)} times (α ≥ ${number(bound.alpha)}): ` +
        frequencyBoundMethods[bound.method],
    `at α = ${number(atOne.alpha)}: ${number(atOne.satisfied * 100)} % in time, real-time score ${number(atOne.realTimeScore)} ` +
      `(XRBench's logistic, k = ${REAL_TIME_SLOPE} per deadline)`,
    ...(groups.length === 0
      ? []
      : [
          '',
          `groups at α = ${number(alpha ?? 1)}`,
          table(groups, [
            { title: 'group', value: ({ id }) => id },
            { title: 'period ms', value: ({ periodMs }) => number(periodMs), align: 'right' },
            { title: 'releases', value: ({ releases }) => String(releases), align: 'right' },
            { title: 'mean span ms', value: ({ meanSpanMs }) => number(meanSpanMs), align: 'right' },
            { title: 'p90 ms', value: ({ p90SpanMs }) => number(p90SpanMs), align: 'right' },
            { title: 'worst ms', value: ({ worstSpanMs }) => number(worstSpanMs), align: 'right' },
            { title: 'missed', value: ({ deadlineMisses }) => String(deadlineMisses), align: 'right' },
          ]),
        ]),
  ].join('\n');
}

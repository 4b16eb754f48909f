/** `tessera device`: what a device is, how long networks take on it, and a schedule executed on it. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { Execution } from '#shared/domain/execution.ts';
import { parseNetwork, type Network } from '#shared/domain/network.ts';
import { parseResolvedScenario } from '#shared/domain/scenario.ts';
import { genesOf } from '#shared/domain/scheduler.ts';
import {
  coresOfMachine,
  defaultMeasuring,
  depths,
  DeviceNetwork,
  executePlan,
  findRuntime,
  installRuntime,
  loadPresets,
  otherOutputs,
  parseElements,
  planOf,
  platformOf,
  profileNetworks,
  resourcesDirectory,
  RUNTIME_VERSION,
  saveProfile,
  tune,
  type Depth,
  type Machine,
  type ProfiledNetwork,
  type TuneResult,
} from '../../toolbox.ts';
import { dataDirectory } from '../../paths.ts';
import {
  duration,
  parseFileOrJson,
  parseScenarioArgument,
  runId,
  wholeNumber,
  withDatabase,
  withJson,
  withQuiet,
  type DatabaseOption,
  type OutputOptions,
} from '../arguments.ts';
import { withAgent, withJob } from '../devices.ts';
import { printJson, printText, remark, usageError } from '../output.ts';
import { examineScenarioArgument, withWorkbench } from '../session.ts';
import { mappingArgument } from '../start-argument.ts';
import { number, table } from '../table.ts';
import { warnOfTimes } from '../time-warnings.ts';
import { writeFiles } from './export.ts';

interface HostOption {
  readonly on?: string;
}

export function registerDevice(program: Command): void {
  const device = program
    .command('device')
    .description('measure networks on real processors, and execute schedules on them');
  registerSetup(device);
  registerList(device);
  registerDescribe(device);
  registerProfile(device);
  registerExecute(device);
  registerTune(device);
}

function withHost(command: Command): Command {
  return command.option(
    '--on <host>',
    'another machine: a host for ssh, or ws://127.0.0.1:PORT of "tessera agent --listen" (default: this machine)',
  );
}

interface ModelOptions {
  readonly model: readonly string[];
  readonly dims: Readonly<Record<string, number>>;
}

function withModels(command: Command): Command {
  const collect = (file: string, files: readonly string[]): readonly string[] => [...files, file];
  return command
    .addOption(
      new Option('--model <file>', 'an ONNX model with its weights, in place of the twin of the network it is read as')
        .argParser(collect)
        .default([], 'none'),
    )
    .addOption(
      new Option('--dims <name=size>', 'sizes of dimensions that the models leave open: height=320,x:3=320')
        .argParser(sizes)
        .default({}, 'none'),
    );
}

function sizes(text: string): Record<string, number> {
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [, name = '', size = ''] = /^(.+)=(\d+)$/.exec(part.trim()) ?? [];
      if (name === '' || Number(size) < 1)
        throw new InvalidArgumentError('Expected sizes by name or "<input>:<axis>", e.g. height=320,x:3=320.');
      return [name, Number(size)];
    }),
  );
}

function modelsOf({ model, dims }: ModelOptions): Promise<DeviceNetwork[]> {
  return Promise.all(model.map((file) => DeviceNetwork.ofModel(readModel(file), { fileName: basename(file), dims })));
}

function readModel(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new WorkbenchError('input.unreadable', `${file} cannot be read: ${(error as Error).message}`, {
      hint: 'check the name of the file',
    });
  }
}

function documentOf(network: Network | DeviceNetwork): Network {
  return network instanceof DeviceNetwork ? network.network : network;
}

function registerSetup(device: Command): void {
  withJson(device.command('setup'))
    .description(`install ONNX Runtime ${RUNTIME_VERSION} (288 MB) into the user-data folder of this machine`)
    .action(async ({ json }: OutputOptions) => {
      const before = findRuntime(dataDirectory());
      const isThere = before?.version === RUNTIME_VERSION;
      const { version, directory } = isThere ? before : await installRuntime(dataDirectory(), remark);
      if (json) printJson({ version, directory, installed: !isThere });
      else printText(`ONNX Runtime ${version} ${isThere ? 'was there already' : 'installed'}: ${directory}`);
    });
}

function registerList(device: Command): void {
  withHost(withJson(device.command('list')))
    .description('the processing elements of a machine: cores, clusters, providers of the runtime')
    .action(async ({ json, on }: OutputOptions & HostOption) => {
      const machine = await withAgent(on, (client) => client.describe());
      const elements = coresOfMachine(machine);
      if (json) {
        printJson({ host: machine.host, elements, backends: machine.runtime?.backends ?? null });
        return;
      }
      printText(
        `${machine.host}: ${machine.model}\n${table(elements, [
          { title: 'element', value: ({ id }) => id },
          { title: 'cores', value: ({ cores }) => cores.join(', ') },
          { title: 'processor', value: ({ cluster }) => cluster },
          { title: 'key of its times', value: ({ key }) => key },
        ])}\n${runtimeText(machine)}`,
      );
    });
}

function registerDescribe(device: Command): void {
  withHost(withJson(device.command('describe')))
    .description('what a machine is and can, and its platform document')
    .option('--out <file>', 'writes the platform document to a file')
    .action(async ({ json, on, out }: OutputOptions & HostOption & { readonly out?: string }) => {
      const machine = await withAgent(on, (client) => client.describe());
      const platform = platformOf(machine);
      const files = out === undefined ? [] : writeDocuments([{ name: `${platform.id}.json`, document: platform }], out);
      if (json) {
        printJson({ machine, platform, ...(out === undefined ? {} : { files }) });
        return;
      }
      const { clusters, limits, readings } = machine;
      printText(
        [
          `${machine.host}: ${machine.model}${machine.virtual === true ? ', a virtual machine' : ''}`,
          `${machine.system}, kernel ${machine.kernel}, ${machine.architecture}, ${Math.round(machine.memoryBytes / 2 ** 20)} MiB`,
          ...clusters.map(
            ({ id, cores, maxFrequencyMHz, capacity }) =>
              `${id}: ${cores.length === 1 ? 'core' : 'cores'} ${cores.join(', ')}, ${
                maxFrequencyMHz === null ? 'highest frequency not readable' : `up to ${maxFrequencyMHz} MHz`
              }${capacity === null ? '' : `, capacity ${capacity}`}`,
          ),
          runtimeText(machine),
          `load ${readings.load ?? 'not readable'}, pressure ${readings.pressure === null ? 'not readable' : `${readings.pressure} %`}`,
          ...limits.map((limit) => `note: ${limit}`),
          ...files.map((file) => `platform ${platform.id}: ${file}`),
        ].join('\n'),
      );
    });
}

interface ProfileOptions extends OutputOptions, HostOption, DatabaseOption, ModelOptions {
  readonly elements?: string;
  readonly depth: Depth;
  readonly samples: number;
  readonly leastMs: number;
  readonly out?: string;
  readonly raw?: string;
  readonly quiet?: true;
}

function registerProfile(device: Command): void {
  withHost(withQuiet(withDatabase(withModels(withJson(device.command('profile [network...]'))))))
    .description(
      'measure networks on processing elements, as runnable twins or as models of your own; gives a profile of each',
    )
    .option('--elements <list>', 'cores, and cores that work as one: cpu0,cpu1,cpu0+cpu1 (default: each core alone)')
    .addOption(
      new Option('--depth <depth>', 'the whole; how it divides among its layers; and parts of it on their own')
        .choices(depths)
        .default('layers'),
    )
    .option(
      '--samples <n>',
      'runs of each model on each element, at least',
      wholeNumber(1, 10_000),
      defaultMeasuring.samples,
    )
    .option(
      '--least-ms <ms>',
      'time of each model on each element, at least',
      wholeNumber(0, 600_000),
      defaultMeasuring.leastMs,
    )
    .option('--out <file>', 'the file, or the folder for several; default: they are saved in the library')
    .option('--raw <file>', 'writes every run with its waiting, and what was read of the device meanwhile')
    .action(
      async (
        names: string[],
        { json, on, db, elements, depth, samples, leastMs, out, raw, quiet, ...own }: ProfileOptions,
      ) => {
        const networks = [...(await Promise.all(names.map((name) => networkOf(name, db)))), ...(await modelsOf(own))];
        if (networks.length === 0)
          throw usageError('there is nothing to measure', 'name networks, or files of models with --model');
        const { machine, profiled } = await withJob(on, quiet === true, async (client, onProgress, signal) => {
          const machine = await client.describe();
          const chosen = elements === undefined ? coresOfMachine(machine) : parseElements(elements, machine);
          const profiled = await profileNetworks(client, machine, networks, chosen, depth, {
            measuring: { ...defaultMeasuring, samples, leastMs },
            onProgress,
            signal,
          });
          return { machine, profiled };
        });
        if (raw !== undefined)
          writeDocuments([{ name: 'raw.json', document: { machine, ...profiled[0].result } }], raw);
        const documents = profiled.map(({ profile }) => ({ name: `${profile.id}.json`, document: profile }));
        const files = out === undefined ? undefined : writeDocuments(documents, out);
        if (files === undefined)
          await withWorkbench(db, async (client) => {
            for (const [index, { profile }] of profiled.entries())
              await saveProfile(client, machine, documentOf(networks[index]), profile);
          });
        if (json) printJson({ profiles: profiled.map(summaryOf), ...(files === undefined ? {} : { files }) });
        else printText(renderProfiles(profiled, files));
        for (const note of new Set(profiled.flatMap(({ notes }) => notes))) remark(`note: ${note}`);
      },
    );
}

function summaryOf({ profile, wholes, borderMsPerMB, result }: ProfiledNetwork): object {
  return {
    id: profile.id,
    network: profile.network,
    platform: profile.platform,
    measurements: profile.measurements.length,
    wholes: wholes.map(({ element, summary, kernelSumMs }) => ({ element, ...summary, kernelSumMs })),
    borderMsPerMB,
    pinned: result.pinned,
    readings: result.readings,
  };
}

function renderProfiles(profiled: readonly ProfiledNetwork[], files: readonly string[] | undefined): string {
  const rows = profiled.flatMap(({ profile, wholes }) => wholes.map((whole) => ({ profile, ...whole })));
  return `${table(rows, [
    { title: 'network', value: ({ profile }) => profile.network ?? '' },
    { title: 'element', value: ({ element }) => element },
    { title: 'whole ms', value: ({ summary }) => number(summary.medianMs), align: 'right' },
    {
      title: 'p10 … p90',
      value: ({ summary }) => `${number(summary.p10Ms)} … ${number(summary.p90Ms)}`,
      align: 'right',
    },
    {
      title: 'kernels ms',
      value: ({ kernelSumMs }) => (kernelSumMs === null ? '' : number(kernelSumMs)),
      align: 'right',
    },
    { title: 'runs', value: ({ summary }) => String(summary.runs), align: 'right' },
    { title: 'left out', value: ({ summary }) => `${Math.round(summary.droppedShare * 100)} %`, align: 'right' },
    {
      title: 'marks',
      value: ({ summary }) => (['contended', 'noisy', 'disturbed'] as const).filter((mark) => summary[mark]).join(', '),
    },
  ])}\n${profiled
    .map(({ profile }, index) => `profile ${profile.id}: ${files === undefined ? 'saved' : (files[index] ?? files[0])}`)
    .join('\n')}`;
}

interface ExecuteOptions extends OutputOptions, HostOption, DatabaseOption, ModelOptions {
  readonly scenario?: string;
  readonly mapping?: string;
  readonly repetitions: number;
  readonly quiet?: true;
}

function registerExecute(device: Command): void {
  withHost(
    withQuiet(
      withDatabase(withModels(withJson(device.command('execute').argument('[run]', 'id of a recorded run', runId)))),
    ),
  )
    .description(
      'execute the best schedule of a run, or a mapping of a scenario, and say how far the prediction was off',
    )
    .option('--scenario <file|id>', 'in place of a run: a scenario on the platform of the device')
    .option('--mapping <file|json>', 'with --scenario: the mapping, as "tessera simulate" takes it')
    .option('--repetitions <n>', 'rounds that count, after three that do not', wholeNumber(1, 10_000), 20)
    .action(async (id: number | undefined, options: ExecuteOptions) => {
      const { plan, chromosomeId } = await planFrom(id, options);
      const models = new Map((await modelsOf(options)).map((model) => [model.network.id, model]));
      const execution = await withJob(options.on, options.quiet === true, async (client, onProgress, signal) =>
        executePlan(client, await client.describe(), plan, { rounds: options.repetitions, models, onProgress, signal }),
      );
      // Also one whose outputs are others: that is a fact about this device.
      if (id !== undefined && chromosomeId !== undefined)
        await withWorkbench(options.db, (client) =>
          client.invoke('runs.recordExecution', { runId: id, chromosomeId, execution }),
        );
      if (options.json) printJson(execution);
      else printText(renderExecution(execution));
      for (const note of execution.notes) remark(`note: ${note}`);
      if (!execution.outputsEqual) throw otherOutputs(execution);
    });
}

async function planFrom(
  id: number | undefined,
  { scenario, mapping, db }: ExecuteOptions,
): Promise<{ readonly plan: ReturnType<typeof planOf>; readonly chromosomeId?: number }> {
  if (id === undefined) {
    if (scenario === undefined || mapping === undefined)
      throw usageError('there is nothing to execute', 'give the id of a run, or --scenario and --mapping');
    const examined = await examineScenarioArgument(parseScenarioArgument(scenario), db);
    warnOfTimes(examined.remarks);
    return { plan: planOf(examined.scenario, mappingArgument(mapping, examined.scenario)) };
  }
  if (scenario !== undefined || mapping !== undefined)
    throw usageError('a run has its own scenario and mapping', 'give either a run, or --scenario and --mapping');
  const { best, bestChromosomeId, configuration, ...detail } = await withWorkbench(db, (client) =>
    client.invoke('runs.get', { runId: id }),
  );
  if (best === undefined)
    throw new WorkbenchError('run.noSchedule', `run ${id} has found no schedule`, { hint: 'choose another run' });
  return {
    plan: planOf(parseResolvedScenario(detail.scenario), best, genesOf(configuration)),
    ...(bestChromosomeId === undefined ? {} : { chromosomeId: bestChromosomeId }),
  };
}

function renderExecution(execution: Execution): string {
  const { predictedMs, executedMs, netMs, errorPercent, waitingPercent, tasks } = execution;
  const percent = (value: number | null): string => (value === null ? 'not readable' : `${value.toFixed(1)} %`);
  return [
    `predicted ${number(predictedMs)} ms, executed ${number(executedMs)} ms (median of ${execution.rounds} rounds), ` +
      `${netMs === null ? 'net of waiting not readable' : `net of waiting ${number(netMs)} ms`}`,
    `error of the prediction: ${percent(errorPercent.wall)} of the executed, ${percent(errorPercent.net)} of the net; ` +
      `waiting for a core: ${percent(waitingPercent)} of the time of all tasks`,
    `outputs ${execution.outputsEqual ? 'equal' : 'DIFFER from'} those of the whole networks ` +
      `(largest relative difference ${execution.largestDifference.toPrecision(2)})`,
    '',
    table(tasks, [
      {
        title: 'task',
        value: ({ layers }) => (layers.length === 1 ? layers[0] : `${layers[0]} … ${layers.at(-1)} (${layers.length})`),
      },
      { title: 'element', value: ({ pe }) => pe },
      { title: 'predicted ms', value: (task) => number(task.predictedMs), align: 'right' },
      { title: 'executed ms', value: (task) => number(task.executedMs), align: 'right' },
      { title: 'waiting ms', value: ({ waitMs }) => (waitMs === null ? '' : number(waitMs)), align: 'right' },
    ]),
  ].join('\n');
}

interface TuneCommandOptions extends OutputOptions, HostOption, DatabaseOption {
  readonly budget: number;
  readonly scheduler: string;
  readonly evaluations: number;
  readonly seed: number;
  readonly repetitions: number;
  readonly out?: string;
  readonly quiet?: true;
}

function registerTune(device: Command): void {
  withHost(withQuiet(withDatabase(withJson(device.command('tune <scenario>')))))
    .description(
      'search, measure what the best schedules execute as one, and search again, until the prediction of the best is within its noise',
    )
    .option(
      '--budget <time>',
      'no measurement and no round is begun after this much time, e.g. 90s, 10m',
      duration,
      600_000,
    )
    .option('--scheduler <id>', 'of every search', 'auto')
    .option('--evaluations <n>', 'genomes that each search scores at most', wholeNumber(1, 1e9), 5000)
    .option('--seed <n>', 'of the first round; each round has the next one', wholeNumber(0, 0xffff_ffff), 1)
    .option('--repetitions <n>', 'rounds of each execution that count', wholeNumber(1, 10_000), 20)
    .option('--out <folder>', 'writes the sweep of each round, which "tessera sweep" repeats')
    .action(
      async (scenario: string, { json, on, db, budget, out, quiet, ...options }: TuneCommandOptions): Promise<void> => {
        const reference = parseScenarioArgument(scenario);
        const result = await withWorkbench(db, (client) =>
          withJob(on, quiet === true, async (agent, onProgress, signal) =>
            tune(agent, await agent.describe(), client, reference, {
              ...options,
              budgetMs: budget,
              onProgress,
              signal,
              onSweep(round, sweep) {
                if (out !== undefined) writeDocuments([{ name: `round-${round}.json`, document: sweep }], `${out}/`);
              },
              onRound: (round) => remark(roundText(round)),
            }),
          ),
        );
        if (json) printJson(result);
        else printText(renderTuning(result));
        if (result.end === 'cancelled') process.exitCode = 1;
      },
    );
}

function roundText({ round, winner, measuredSets, errorPercent, noisePercent }: TuneResult['rounds'][number]): string {
  return (
    `round ${round}: best ${number(winner.predictedMs)} ms predicted (run ${winner.runId}), ` +
    `${measuredSets} sets of layers measured, error ${errorPercent.toFixed(1)} %, noise ${noisePercent.toFixed(1)} %`
  );
}

const endings: Readonly<Record<TuneResult['end'], string>> = {
  withinNoise: 'the prediction of the best schedule is within its noise',
  settled: 'all of the best schedule was measured; the rest of the error is in what no profile has',
  budget: 'the budget is spent',
  cancelled: 'cancelled; what was measured is in the library, and the next start goes on with it',
};

function renderTuning({ end, rounds, profiles }: TuneResult): string {
  return `${table(rounds, [
    { title: 'round', value: ({ round }) => String(round) },
    { title: 'sweep', value: ({ sweepId }) => String(sweepId), align: 'right' },
    { title: 'schedules', value: ({ schedules }) => String(schedules), align: 'right' },
    { title: 'sets measured', value: ({ measuredSets }) => String(measuredSets), align: 'right' },
    { title: 'best of run', value: ({ winner }) => String(winner.runId), align: 'right' },
    { title: 'calls', value: ({ winner }) => String(winner.subgraphs), align: 'right' },
    { title: 'measured', value: ({ winner }) => `${Math.round(winner.measuredPercent)} %`, align: 'right' },
    { title: 'predicted ms', value: ({ winner }) => number(winner.predictedMs), align: 'right' },
    {
      title: 'executed ms',
      value: ({ execution }) => (execution === undefined ? 'as before' : number(execution.executedMs)),
      align: 'right',
    },
    {
      title: 'net ms',
      value: ({ execution }) =>
        execution === undefined ? '' : execution.netMs === null ? 'not readable' : number(execution.netMs),
      align: 'right',
    },
    { title: 'error', value: ({ errorPercent }) => `${errorPercent.toFixed(1)} %`, align: 'right' },
    { title: 'noise', value: ({ noisePercent }) => `${noisePercent.toFixed(1)} %`, align: 'right' },
  ])}\n${endings[end]}\nprofiles: ${profiles.join(', ')}`;
}

function runtimeText({ runtime }: Machine): string {
  return runtime === undefined
    ? 'ONNX Runtime: not installed'
    : `ONNX Runtime ${runtime.version}: ${runtime.backends.join(', ')} compiled in; networks are measured on cpu`;
}

function writeDocuments(
  documents: readonly { readonly name: string; readonly document: unknown }[],
  out: string,
): string[] {
  const encoder = new TextEncoder();
  return writeFiles(
    documents.map(({ name, document }) => ({ name, bytes: encoder.encode(`${JSON.stringify(document, null, 2)}\n`) })),
    out,
  );
}

/** A network of a file, a preset, or one of the library. */
async function networkOf(name: string, db: string | undefined): Promise<Network> {
  if (/[/\\]|\.json$/i.test(name)) return parseNetwork(parseFileOrJson(name, 'network'));
  const preset = loadPresets(resourcesDirectory()).networks.get(name);
  if (preset !== undefined) return preset;
  const { document } = await withWorkbench(db, (client) =>
    client.invoke('documents.get', { kind: 'network', id: name }),
  );
  return parseNetwork(document);
}

/** Use cases of devices: what a machine is, and work on it (setting up, profiles, executions, tuning) that goes on by itself and can be cancelled. */
import type { Client } from '#shared/contract/client.ts';
import type { DeviceDescription, DeviceJobView, DeviceWork } from '#shared/contract/device-shapes.ts';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { parseNetwork } from '#shared/domain/network.ts';
import { parseResolvedScenario } from '#shared/domain/scenario.ts';
import { genesOf } from '#shared/domain/scheduler.ts';
import {
  coresOfMachine,
  defaultMeasuring,
  executePlan,
  findRuntime,
  installRuntime,
  otherOutputs,
  parseElements,
  planOf,
  platformOf,
  profileNetworks,
  reachAgent,
  RUNTIME_VERSION,
  saveProfile,
  tune,
  type AgentClient,
  type OnProgress,
} from '../../device/index.ts';
import type { EventHub } from '../event-hub.ts';

export interface DeviceServiceOptions {
  /** The workbench itself: what is measured is recorded through its routes. */
  readonly record: Client;
  readonly events: EventHub;
  /** Where the runtime is installed. */
  readonly dataDirectory: string;
  /** Starts the agent of this machine; undefined: this host cannot. */
  readonly agentCommand: readonly string[] | undefined;
  /** Unix time, ms. */
  readonly now: () => number;
}

type Change = Partial<DeviceJobView>;
interface Job {
  view: DeviceJobView;
  readonly controller: AbortController;
  ended: Promise<void>;
  toldAt: number;
}

/** An agent that only describes ends when nobody has asked it for so long, ms. */
const IDLE_MS = 20_000;
const TELL_EVERY_MS = 100;
/** Jobs that are remembered. */
const MOST_JOBS = 50;
const percent = (value: number | null): string => (value === null ? 'not readable' : `${value.toFixed(1)} %`);

export class DeviceService {
  readonly #options: DeviceServiceOptions;
  readonly #jobs: Job[] = [];
  readonly #watching = new Map<string, { client: Promise<AgentClient>; timer: NodeJS.Timeout }>();
  #nextId = 1;

  constructor(options: DeviceServiceOptions) {
    this.#options = options;
  }

  /** @throws WorkbenchError `device.…` */
  async describe(host: string | undefined): Promise<DeviceDescription> {
    const { record, agentCommand } = this.#options;
    const machine = await this.#watched(host, (client) => client.describe());
    const platform = platformOf(machine);
    const { documents } = await record.invoke('documents.list', { kind: 'platform' });
    return {
      machine,
      elements: coresOfMachine(machine).map(({ id, cores, cluster, key }) => ({ id, cores, cluster, key })),
      platform: { ...platform },
      platformId: platform.id,
      isSaved: documents.some(({ id }) => id === platform.id),
      runtimeVersion: RUNTIME_VERSION,
      canSetUp: host === undefined && agentCommand !== undefined,
    };
  }

  jobs(): DeviceJobView[] {
    return this.#jobs.map(({ view }) => view);
  }

  /** @throws WorkbenchError `device.busy` */
  start(host: string | undefined, work: DeviceWork): DeviceJobView {
    const other = this.#jobs.find(({ view }) => view.status === 'running' && view.host === host);
    if (other !== undefined)
      throw new WorkbenchError('device.busy', 'the device is at work already; two at once would disturb each other', {
        hint: 'wait for it, or cancel it',
      });
    const job: Job = {
      view: {
        id: this.#nextId++,
        ...(host === undefined ? {} : { host }),
        work,
        status: 'running',
        text: 'reaching the device',
        done: 0,
        startedAt: this.#options.now(),
        profiles: [],
        wholes: [],
        lines: [],
        notes: [],
      },
      controller: new AbortController(),
      ended: Promise.resolve(),
      toldAt: 0,
    };
    this.#jobs.unshift(job);
    this.#jobs.splice(MOST_JOBS);
    job.ended = this.#perform(job);
    return job.view;
  }

  /** @throws WorkbenchError `device.unknownJob` */
  async cancel(jobId: number): Promise<DeviceJobView> {
    const job = this.#jobs.find(({ view }) => view.id === jobId);
    if (job === undefined)
      throw new WorkbenchError('device.unknownJob', `there is no work ${jobId} on a device`, {
        hint: 'see the list on the page of devices',
        path: ['jobId'],
      });
    job.controller.abort();
    await job.ended;
    return job.view;
  }

  async close(): Promise<void> {
    for (const { timer, client } of this.#watching.values()) {
      clearTimeout(timer);
      client.then(
        (agent) => agent.close(),
        () => {},
      );
    }
    this.#watching.clear();
    for (const { controller } of this.#jobs) controller.abort();
    await Promise.all(this.#jobs.map(({ ended }) => ended));
  }

  /** One agent for each machine that is looked at, as long as somebody looks. */
  async #watched<Result>(host: string | undefined, ask: (client: AgentClient) => Promise<Result>): Promise<Result> {
    const key = host ?? '';
    let entry = this.#watching.get(key);
    if (entry === undefined) {
      entry = { client: reachAgent(host, this.#options.agentCommand), timer: setTimeout(() => {}, 0) };
      this.#watching.set(key, entry);
    }
    const own = entry;
    const forget = (): void => {
      clearTimeout(own.timer);
      if (this.#watching.get(key) === own) this.#watching.delete(key);
    };
    clearTimeout(own.timer);
    try {
      const client = await own.client;
      const result = await ask(client);
      clearTimeout(own.timer);
      own.timer = setTimeout(() => {
        forget();
        client.close();
      }, IDLE_MS).unref();
      return result;
    } catch (error) {
      forget();
      throw error;
    }
  }

  #change(job: Job, change: Change, isUrgent = true): void {
    job.view = { ...job.view, ...change };
    const now = this.#options.now();
    if (!isUrgent && now - job.toldAt < TELL_EVERY_MS) return;
    job.toldAt = now;
    this.#options.events.emit({ name: 'device.changed', payload: { job: job.view } });
  }

  async #perform(job: Job): Promise<void> {
    const { now } = this.#options;
    await Promise.resolve(); // the one who started it hears of it first
    try {
      await this.#work(job);
      const status = job.controller.signal.aborted ? 'cancelled' : 'finished';
      this.#change(job, { status, done: 1, endedAt: now() });
    } catch (error) {
      const isCancelled = job.controller.signal.aborted;
      const known = error instanceof WorkbenchError ? error : undefined;
      this.#change(job, {
        status: isCancelled ? 'cancelled' : 'failed',
        endedAt: now(),
        ...(isCancelled
          ? {}
          : {
              error: {
                code: known?.code ?? 'device.failed',
                message: error instanceof Error ? error.message : String(error),
                hint: known?.hint ?? 'try it again; if it happens twice, report it',
              },
            }),
      });
    }
  }

  async #work(job: Job): Promise<void> {
    const { view, controller } = job;
    const { work, host } = view;
    const { dataDirectory, agentCommand } = this.#options;
    if (work.kind === 'setup') {
      const found = findRuntime(dataDirectory);
      const say = (text: string): void => this.#change(job, { text });
      const { version, directory } =
        found?.version === RUNTIME_VERSION ? found : await installRuntime(dataDirectory, say);
      this.#change(job, { lines: [`ONNX Runtime ${version}: ${directory}`] });
      return;
    }
    const client = await reachAgent(host, agentCommand);
    const { signal } = controller;
    const onProgress: OnProgress = (text, done) => this.#change(job, { text, done }, false);
    try {
      if (work.kind === 'profile') await this.#profile(job, client, work, onProgress, signal);
      else if (work.kind === 'execute') await this.#execute(job, client, work, onProgress, signal);
      else await this.#tune(job, client, work, onProgress, signal);
    } finally {
      client.close();
    }
  }

  /** Network after network, each saved when it is measured: what was cancelled is resumed with the rest. */
  async #profile(
    job: Job,
    client: AgentClient,
    { networks, elements, depth, samples, leastMs }: Extract<DeviceWork, { kind: 'profile' }>,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<void> {
    const { record } = this.#options;
    const machine = await client.describe();
    const chosen = elements === undefined ? coresOfMachine(machine) : parseElements(elements.join(','), machine);
    for (const [index, id] of networks.entries()) {
      const { document } = await record.invoke('documents.get', { kind: 'network', id });
      const network = parseNetwork(document);
      const [{ profile, wholes, notes }] = await profileNetworks(client, machine, [network], chosen, depth, {
        measuring: { ...defaultMeasuring, samples, leastMs },
        onProgress: (text, done) => onProgress(`${network.name}: ${text}`, (index + done) / networks.length),
        signal,
      });
      await saveProfile(record, machine, network, profile);
      this.#change(job, {
        profiles: [...job.view.profiles, { id: profile.id, network: id }],
        wholes: [
          ...job.view.wholes,
          ...wholes.map(({ element, summary }) => ({
            network: id,
            element,
            medianMs: summary.medianMs,
            p10Ms: summary.p10Ms,
            p90Ms: summary.p90Ms,
            runs: summary.runs,
            droppedShare: summary.droppedShare,
            marks: (['contended', 'noisy', 'disturbed'] as const).filter((mark) => summary[mark]),
          })),
        ],
        notes: [...new Set([...job.view.notes, ...notes])],
      });
    }
  }

  async #execute(
    job: Job,
    client: AgentClient,
    { runId, repetitions }: Extract<DeviceWork, { kind: 'execute' }>,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<void> {
    const { record } = this.#options;
    const { best, bestChromosomeId, configuration, scenario } = await record.invoke('runs.get', { runId });
    if (best === undefined || bestChromosomeId === undefined)
      throw new WorkbenchError('run.noSchedule', `run ${runId} has found no schedule`, { hint: 'choose another run' });
    const plan = planOf(parseResolvedScenario(scenario), best, genesOf(configuration));
    const execution = await executePlan(client, await client.describe(), plan, {
      rounds: repetitions,
      onProgress,
      signal,
    });
    await record.invoke('runs.recordExecution', { runId, chromosomeId: bestChromosomeId, execution });
    const { predictedMs, executedMs, errorPercent } = execution;
    this.#change(job, {
      lines: [
        `predicted ${predictedMs.toPrecision(3)} ms, executed ${executedMs.toPrecision(3)} ms; ` +
          `error ${percent(errorPercent.wall)}, net of waiting ${percent(errorPercent.net)}`,
      ],
      notes: execution.notes,
    });
    if (!execution.outputsEqual) throw otherOutputs(execution);
  }

  async #tune(
    job: Job,
    client: AgentClient,
    { runId, budgetMs }: Extract<DeviceWork, { kind: 'tune' }>,
    onProgress: OnProgress,
    signal: AbortSignal,
  ): Promise<void> {
    const { record } = this.#options;
    const { scenario } = await record.invoke('runs.get', { runId });
    const { end } = await tune(
      client,
      await client.describe(),
      record,
      { ...scenario },
      {
        budgetMs,
        onProgress,
        signal,
        onRound: ({ round, winner, measuredSets, errorPercent, noisePercent }) =>
          this.#change(job, {
            lines: [
              ...job.view.lines,
              `round ${round}: run ${winner.runId} predicted ${winner.predictedMs.toPrecision(3)} ms, ` +
                `${measuredSets} sets measured, error ${percent(errorPercent)}, noise ${percent(noisePercent)}`,
            ],
          }),
      },
    );
    this.#change(job, { lines: [...job.view.lines, endings[end]] });
  }
}

const endings = {
  withinNoise: 'The prediction of the best schedule is within its noise.',
  settled: 'All of the best schedule was measured; the rest of the error is in what no profile has.',
  budget: 'The budget is spent.',
  cancelled: 'Cancelled; what was measured is kept, and the next start goes on with it.',
} as const;

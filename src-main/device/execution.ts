/** `device execute`: a schedule run on a device round after round, and held against its prediction. */
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { ExecutedTask, Execution } from '#shared/domain/execution.ts';
import type { ResolvedScenario } from '#shared/domain/scenario.ts';
import { defaultGenes, type GeneSelection } from '#shared/domain/scheduler.ts';
import type { Assignment } from '#shared/scheduling/decode.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { simulate, type Timeline } from '#shared/scheduling/simulate.ts';
import { describeAssignment, readMapping } from '#shared/scheduling/solution.ts';
import { isLayerwise, producersOf } from '#shared/scheduling/subgraphs.ts';
import type { AgentClient, ModelFile, OnProgress } from './agent-client.ts';
import { elementOf, platformIdOf, type PlacedElement } from './elements.ts';
import { deviceModel, DeviceNetwork, tensors, type CutPiece } from './pieces.ts';
import type { DeviceModel, ExecuteJob, ExecuteResult, Machine } from './protocol.ts';
import { median } from './statistics.ts';

/** Relative difference of outputs up to which a schedule computes what the whole model computes: fusions change the order of sums. */
const MOST_DIFFERENCE = 1e-4;
const WARMUP_ROUNDS = 3;
const REST_MS = 20;
/** A round may take this many times as long as predicted, and always this long. */
const MOST_SLOWDOWN = 50;
const LEAST_LIMIT_MS = 60_000;
const MOST_TASKS = 20_000;

/**
 * The subgraphs that a schedule of single layers becomes: on each element, a layer joins those of its network before it where it reads one of them and
 * everything else it reads was made before the first of them began. Never cyclic, since the schedule itself is an order for them.
 */
export function subgraphsOfOrder(problem: Problem, timeline: Timeline): string[][] {
  const firstInstance = Array.from(problem.jobTask.keys()).filter(
    (job) => problem.jobInstance[job] === problem.jobInstance[0],
  );
  const jobs = firstInstance.toSorted((a, b) => timeline.startMs[a] - timeline.startMs[b] || a - b);
  const endOf = new Map<string, number>();
  const taskOf = (job: number): Problem['tasks'][number] => problem.tasks[problem.jobTask[job]];
  for (const job of jobs) endOf.set(`${taskOf(job).application} ${taskOf(job).layer}`, timeline.endMs[job]);
  const sets: { readonly application: number; readonly layers: number[]; readonly beganMs: number }[] = [];
  const openOf = new Map<string, (typeof sets)[number]>();
  for (const job of jobs) {
    const { application, layer } = taskOf(job);
    const { network } = problem.scenario.applications[application];
    const place = `${timeline.pe[job]} ${timeline.unit[job]} ${application}`;
    const open = openOf.get(place);
    const producers = producersOf(network)[layer];
    const joins =
      open !== undefined &&
      producers.some((producer) => open.layers.includes(producer)) &&
      producers.every(
        (producer) =>
          open.layers.includes(producer) ||
          (endOf.get(`${application} ${producer}`) ?? Number.POSITIVE_INFINITY) <= open.beganMs,
      );
    if (joins) open.layers.push(layer);
    else {
      const set = { application, layers: [layer], beganMs: timeline.startMs[job] };
      sets.push(set);
      openOf.set(place, set);
    }
  }
  return sets
    .filter(({ layers }) => layers.length > 1)
    .map(({ application, layers }) => {
      const { id, network } = problem.scenario.applications[application];
      return layers.map((layer) => `${id}/${network.layers[layer].id}`);
    });
}

/** A schedule as it is executed: with its subgraphs, simulated again. */
export interface Plan {
  readonly problem: Problem;
  readonly assignment: Assignment;
  readonly timeline: Timeline;
  readonly predictedMs: number;
  readonly subgraphs: readonly (readonly string[])[];
}

/**
 * The plan of a mapping file: with its own subgraphs, else with those of its order.
 * @throws WorkbenchError as `readMapping`
 */
export function planOf(scenario: ResolvedScenario, mapping: unknown, genes: GeneSelection = defaultGenes): Plan {
  const given = readMapping(scenario, mapping, genes);
  if (given.problem.streams !== undefined)
    throw new WorkbenchError(
      'execution.unsupported',
      `scenario "${scenario.id}" has applications that come after others or drop late instances, which devices cannot execute yet`,
      { hint: 'execute a scenario whose applications have periods only', path: ['applications'] },
    );
  const first = simulate(given.problem, given.assignment);
  const description = describeAssignment(given.problem, given.assignment);
  const subgraphs = isLayerwise(given.problem.partition)
    ? subgraphsOfOrder(given.problem, first)
    : (description.subgraphs ?? []);
  const { problem, assignment } = readMapping(scenario, { ...description, ...together(description, subgraphs) }, genes);
  const timeline = simulate(problem, assignment);
  return { problem, assignment, timeline, predictedMs: Math.max(...timeline.endMs), subgraphs };
}

/** Subgraphs, and priorities that are one for each: the highest of its layers. */
function together(
  { priorities }: Pick<ReturnType<typeof describeAssignment>, 'priorities'>,
  subgraphs: readonly (readonly string[])[],
): object {
  if (priorities === undefined) return { subgraphs };
  const common = { ...priorities };
  for (const layers of subgraphs) {
    const highest = Math.max(...layers.map((layer) => priorities[layer] ?? 0));
    for (const layer of layers) common[layer] = highest;
  }
  return { subgraphs, priorities: common };
}

/**
 * Executes `plan` on the machine of `client`.
 * @throws WorkbenchError `device.otherPlatform` where the scenario's platform is not this machine, `device.…`
 */
export async function executePlan(
  client: AgentClient,
  machine: Machine,
  plan: Plan,
  {
    rounds = 20,
    models = new Map(),
    onProgress = () => {},
    signal,
  }: {
    readonly rounds?: number;
    /** By network: its own model; the others are executed as twins. */
    readonly models?: ReadonlyMap<string, DeviceNetwork>;
    readonly onProgress?: OnProgress;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Execution> {
  const { problem, timeline } = plan;
  const jobs = Array.from(problem.jobTask.keys()).toSorted(
    (a, b) => timeline.startMs[a] - timeline.startMs[b] || a - b,
  );
  if (jobs.length > MOST_TASKS)
    throw new WorkbenchError('device.tooMany', `${jobs.length} executions in a round are more than ${MOST_TASKS}`, {
      hint: 'execute fewer instances',
    });
  const elements = elementsOf(problem, plan.assignment, machine);
  const devices = new Map<string, DeviceNetwork>();
  // The networks as they were before layers became one.
  for (const { network } of problem.layerwise.applications)
    if (!devices.has(network.id))
      devices.set(network.id, models.get(network.id) ?? (await DeviceNetwork.ofTwin(network)));
  const built = await buildJob(plan, jobs, elements, devices);
  const limitMs = Math.max(LEAST_LIMIT_MS, plan.predictedMs * MOST_SLOWDOWN);
  await client.send(built.files, onProgress);
  const result = await client.execute(
    { ...built.job, rounds, warmups: WARMUP_ROUNDS, restMs: REST_MS, seed: 1, roundLimitMs: Math.ceil(limitMs) },
    onProgress,
    signal,
  );
  return reportOf(plan, jobs, built.job, devices, machine, result);
}

/** The cores of each processing element that has work, by its number. @throws WorkbenchError `device.otherPlatform` */
function elementsOf(problem: Problem, assignment: Assignment, machine: Machine): Map<number, PlacedElement> {
  const elements = new Map<number, PlacedElement>();
  for (const index of new Set(assignment.peOfTask)) {
    const pe = problem.pes[index];
    const processor = problem.processors[pe.processor];
    const cluster = machine.clusters.find(({ id }) => id === processor.id);
    if (cluster === undefined || processor.dispatch !== 'pinned' || processor.coreCount > cluster.cores.length)
      throw new WorkbenchError(
        'device.otherPlatform',
        `"${pe.id}" of platform "${problem.scenario.platform.id}" is not on this machine, which has ${machine.clusters
          .map(({ id, cores }) => `"${id}" with ${cores.length} ${cores.length === 1 ? 'core' : 'cores'}`)
          .join(', ')}`,
        { hint: `use the platform that "tessera device describe --out FILE" writes (${platformIdOf(machine)})` },
      );
    const { groups } = processor.arrangements[assignment.arrangement[processor.index]];
    const before = groups.slice(0, pe.indexInProcessor).reduce((sum, size) => sum + size, 0);
    const cores = cluster.cores.slice(before, before + groups[pe.indexInProcessor]);
    elements.set(index, elementOf(machine, cluster.id, cores));
  }
  return elements;
}

type BuiltJob = Omit<ExecuteJob, 'rounds' | 'warmups' | 'restMs' | 'seed' | 'roundLimitMs'>;

async function buildJob(
  { problem, timeline }: Plan,
  jobs: readonly number[],
  elements: ReadonlyMap<number, PlacedElement>,
  devices: ReadonlyMap<string, DeviceNetwork>,
): Promise<{ readonly job: BuiltJob; readonly files: readonly ModelFile[] }> {
  const peNumbers = [...elements.keys()];
  const files = new Map<string, ModelFile>();
  const models = new Map<string, DeviceModel>();
  const made = new Map<string, number>();
  const tasks: BuiltJob['tasks'] = [];
  const deviceOf = (application: number): DeviceNetwork => {
    const { network } = problem.scenario.applications[application];
    return devices.get(network.id) ?? missing(network.id);
  };
  const bufferIn =
    (application: number, instance: number) =>
    (name: string): string => {
      const { id } = problem.scenario.applications[application];
      const isInput = deviceOf(application).whole.piece.inputs.some((input) => input.name === name);
      return isInput ? `${id}/${name}` : `${id}#${instance}/${name}`;
    };
  for (const [index, job] of jobs.entries()) {
    const task = problem.tasks[problem.jobTask[job]];
    const piece = await pieceOfTask(problem, task, deviceOf(task.application));
    const id = `${deviceOf(task.application).network.id}/${piece.file.digest.slice(0, 16)}`;
    files.set(piece.file.digest, piece.file);
    models.set(
      id,
      deviceModel(id, piece, (name) => name),
    );
    const bufferOf = bufferIn(task.application, problem.jobInstance[job]);
    const inputs = tensors(piece.piece.inputs, bufferOf);
    const outputs = tensors(piece.piece.outputs, bufferOf);
    for (const { buffer } of outputs) made.set(buffer, index);
    tasks.push({
      model: id,
      element: peNumbers.indexOf(timeline.pe[job]),
      releaseMs: problem.jobReleaseMs[job],
      after: [...new Set(inputs.flatMap(({ buffer }) => made.get(buffer) ?? []))],
      inputs,
      outputs,
    });
  }
  const wholes = problem.scenario.applications.map(({ id, network }, application) => {
    const { whole } = deviceOf(application);
    files.set(whole.file.digest, whole.file);
    const bufferOf = bufferIn(application, problem.jobInstance[0]);
    return {
      id: `${id}:whole ${network.id}`,
      digest: whole.file.digest,
      inputs: tensors(whole.piece.inputs, bufferOf),
      outputs: tensors(whole.piece.outputs, (name) => `compared:${bufferOf(name)}`),
    };
  });
  return {
    job: {
      kind: 'execute',
      elements: [...elements.values()].map(({ id, cores }) => ({ id, cores: [...cores] })),
      models: [...models.values()],
      tasks,
      wholes,
    },
    files: [...files.values()],
  };
}

function pieceOfTask(problem: Problem, task: Problem['tasks'][number], device: DeviceNetwork): Promise<CutPiece> {
  const { network } = problem.scenario.applications[task.application];
  return device.pieceOf(task.members?.map(({ id }) => id) ?? [network.layers[task.layer].id]);
}

function reportOf(
  { problem, timeline, predictedMs, subgraphs }: Plan,
  jobs: readonly number[],
  job: BuiltJob,
  devices: ReadonlyMap<string, DeviceNetwork>,
  machine: Machine,
  { rounds, comparisons, readings, pinned, runtime }: ExecuteResult,
): Execution {
  const roundsMs = rounds.map((tasks) => Math.max(...tasks.map(({ endMs }) => endMs)));
  const executedMs = median(roundsMs);
  const readsWaiting = rounds.every((tasks) => tasks.every(({ waitMs }) => waitMs !== null));
  const tasks = jobs.map((own, index): ExecutedTask => {
    const task = problem.tasks[problem.jobTask[own]];
    const { id, network } = problem.scenario.applications[task.application];
    const of = (value: (time: ExecuteResult['rounds'][number][number]) => number): number =>
      median(rounds.map((round) => value(round[index])));
    return {
      layers: task.members?.map((member) => `${id}/${member.id}`) ?? [`${id}/${network.layers[task.layer].id}`],
      instance: problem.jobInstance[own],
      pe: problem.pes[timeline.pe[own]].id,
      startMs: timeline.startMs[own],
      predictedMs: timeline.endMs[own] - timeline.startMs[own],
      executedStartMs: of(({ startMs }) => startMs),
      executedMs: of(({ startMs, endMs }) => endMs - startMs),
      waitMs: readsWaiting ? of(({ waitMs }) => waitMs ?? 0) : null,
    };
  });
  const netOf = (index: number): number =>
    median(rounds.map((round) => round[index].endMs - round[index].startMs - (round[index].waitMs ?? 0)));
  const netMs = readsWaiting ? makespanOf(job.tasks, netOf) : null;
  const netRoundsMs = rounds.map((round) =>
    makespanOf(job.tasks, (index) => round[index].endMs - round[index].startMs - (round[index].waitMs ?? 0)),
  );
  const busyMs = rounds.flat().reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  const waitedMs = rounds.flat().reduce((sum, { waitMs }) => sum + (waitMs ?? 0), 0);
  const largestDifference = Math.max(0, ...comparisons.map(({ difference }) => difference));
  return {
    predictedMs,
    executedMs,
    netMs,
    errorPercent: {
      wall: (predictedMs / executedMs - 1) * 100,
      net: netMs === null ? null : (predictedMs / netMs - 1) * 100,
    },
    waitingPercent: readsWaiting && busyMs > 0 ? (waitedMs / busyMs) * 100 : null,
    outputsEqual: comparisons.length > 0 && largestDifference <= MOST_DIFFERENCE,
    largestDifference,
    rounds: rounds.length,
    roundsMs,
    ...(readsWaiting ? { netRoundsMs } : {}),
    subgraphs: subgraphs.map((layers) => [...layers]),
    tasks,
    method: {
      runtime,
      machine: `${machine.host}: ${machine.model}`,
      date: new Date(readings[0]?.atMs ?? Date.now()).toISOString(),
      pinned,
      models: [...devices.values()].map(({ network, kind, whole }) => ({
        network: network.id,
        kind,
        sha256: whole.file.digest,
      })),
      load: readings.map(({ load }) => load),
    },
    notes: [
      ...(pinned ? [] : ['not every thread could be pinned to its cores']),
      ...(readsWaiting ? [] : ['the time that threads waited for a core is not readable here']),
      ...machine.limits,
    ],
  };
}

/** When the last of `tasks` ends where each takes `lengthOf` its number and those of an element run in their order, ms. */
export function makespanOf(tasks: BuiltJob['tasks'], lengthOf: (index: number) => number): number {
  const endOf: number[] = [];
  const freeAt = new Map<number, number>();
  tasks.forEach(({ element, releaseMs, after }, index) => {
    const start = Math.max(releaseMs, freeAt.get(element) ?? 0, ...after.map((producer) => endOf[producer]));
    endOf.push(start + lengthOf(index));
    freeAt.set(element, endOf[index]);
  });
  return Math.max(0, ...endOf);
}

function missing(network: string): never {
  throw new Error(`network "${network}" was not prepared`);
}

/** Compiles a resolved scenario into the flat arrays that decoding and simulation read (DESIGN §6, "Compile"). */
import { baseTimeMs, type ResolvedScenario } from '../domain/scenario.ts';
import type { Platform, Processor } from '../domain/platform.ts';
import { defaultGenes, type GeneSelection } from '../domain/scheduler.ts';
import { suggest, WorkbenchError } from '../domain/errors.ts';
import { layOutGenome, type GenomeLayout } from './genome-layout.ts';
import type { CoreArrangement, OperatingPointModel, ProcessingElement, ProcessorModel, TaskModel } from './problem-model.ts';

export type { CoreArrangement, OperatingPointModel, ProcessingElement, ProcessorModel, TaskModel } from './problem-model.ts';

/** Genes are bytes, so no locus can choose among more values than this. */
export const MAX_PROCESSING_ELEMENTS = 256;
/** Jobs (task instances) a problem may have; beyond this a scenario is surely a mistake. */
export const MAX_JOBS = 2_000_000;

/** A compiled scenario. T tasks, P processors, E edges, J jobs (task instances), A applications. */
export interface Problem {
  readonly scenario: ResolvedScenario;
  readonly processors: readonly ProcessorModel[];
  readonly pes: readonly ProcessingElement[];
  readonly tasks: readonly TaskModel[];
  /** T+… : first task of each application, and one past the last; length A+1. */
  readonly applicationFirstTask: Int32Array;
  /** [T × P] base time at nominal frequency, ms; NaN where the task cannot run. */
  readonly baseTimeMs: Float64Array;
  /** [T] layer priority, replaced by a priority gene where there is one (`Assignment.taskPriority`). */
  readonly layerPriority: Float64Array;
  /** [A] */
  readonly applicationPriority: Float64Array;
  /** Edges by consumer: producers of task t are `edgeProducer[consumerFirstEdge[t] … consumerFirstEdge[t+1]−1]`. [T+1], [E]. */
  readonly consumerFirstEdge: Int32Array;
  readonly edgeProducer: Int32Array;
  readonly edgeConsumer: Int32Array;
  /** [E] bytes along the edge. */
  readonly edgeBytes: Float64Array;
  /** [E × P × P] transfer time from processor p to q along the edge, ms (0 for p = q). */
  readonly transferMs: Float64Array;
  /** Edges by producer: `outgoingEdge[producerFirstEdge[t] … ]`, ascending by consumer. [T+1], [E]. */
  readonly producerFirstEdge: Int32Array;
  readonly outgoingEdge: Int32Array;
  /** [P × P] energy per byte of the link from p to q, pJ. */
  readonly linkEnergyPJPerByte: Float64Array;
  readonly contendedLinks: boolean;
  readonly dispatchTickMs: number;
  /** Jobs in dispatch order of ties: by (instance, application, layer). [J] each. */
  readonly jobTask: Int32Array;
  readonly jobInstance: Int32Array;
  readonly jobReleaseMs: Float64Array;
  /** [J] index of the job of the same instance for the first task of its application; jobs of an instance are consecutive. */
  readonly jobFirstOfInstance: Int32Array;
  /** [A] number of instances of each application. */
  readonly applicationInstances: Int32Array;
  /** Application instances in job order. [I] each. */
  readonly instanceApplication: Int32Array;
  readonly instanceNumber: Int32Array;
  readonly instanceReleaseMs: Float64Array;
  readonly instanceFirstJob: Int32Array;
  /** [A] longest accepted response, ms; NaN: none. */
  readonly deadlineMs: Float64Array;
  readonly layout: GenomeLayout;
}

/**
 * Compiles `scenario`.
 * @param genes the optional segments of its genome: to read the genomes of a run, those of its configuration (`genesOf`)
 * @throws WorkbenchError `problem.tooLarge` when genes or jobs exceed what a run can hold, `problem.unrunnable` for a scenario
 * that `resolveScenario` would have rejected.
 */
export function compileProblem(scenario: ResolvedScenario, genes: GeneSelection = defaultGenes): Problem {
  const processors = compileProcessors(scenario.platform);
  const pes = processors.flatMap((processor) =>
    Array.from({ length: processor.peCount }, (_, indexInProcessor): ProcessingElement => ({
      index: processor.firstPe + indexInProcessor,
      id: processor.peCount === 1 ? processor.id : `${processor.id}:${indexInProcessor}`,
      processor: processor.index,
      indexInProcessor,
      units: processor.dispatch === 'pooled' ? processor.coreCount : 1,
    })),
  );
  if (pes.length > MAX_PROCESSING_ELEMENTS) {
    throw new WorkbenchError('problem.tooLarge', `platform "${scenario.platform.id}" has ${pes.length} processing elements, a genome can tell ${MAX_PROCESSING_ELEMENTS} apart`, { hint: 'make processors pooled, or fewer', path: ['platform', 'processors'] });
  }

  const tasks: TaskModel[] = [];
  const applicationFirstTask = new Int32Array(scenario.applications.length + 1);
  scenario.applications.forEach((application, applicationIndex) => {
    applicationFirstTask[applicationIndex] = tasks.length;
    application.network.layers.forEach((layer, layerIndex) => {
      tasks.push({ index: tasks.length, application: applicationIndex, layer: layerIndex, id: `${application.id}/${layer.id}` });
    });
  });
  applicationFirstTask[scenario.applications.length] = tasks.length;

  const processorCount = processors.length;
  const baseTimes = new Float64Array(tasks.length * processorCount).fill(Number.NaN);
  const layerPriority = new Float64Array(tasks.length);
  tasks.forEach((task) => {
    const layer = scenario.applications[task.application]?.network.layers[task.layer];
    if (layer === undefined) return;
    layerPriority[task.index] = layer.priority;
    scenario.platform.processors.forEach((processor, index) => {
      baseTimes[task.index * processorCount + index] = baseTimeMs(processor, layer) ?? Number.NaN;
    });
    if (!processors.some((processor) => !Number.isNaN(baseTimes[task.index * processorCount + processor.index]))) {
      throw new WorkbenchError('problem.unrunnable', `layer "${task.id}" can run on no processor of platform "${scenario.platform.id}"`, { hint: 'resolve the scenario first: it names the offending fields' });
    }
  });

  return {
    scenario,
    processors,
    pes,
    tasks,
    applicationFirstTask,
    baseTimeMs: baseTimes,
    layerPriority,
    applicationPriority: Float64Array.from(scenario.applications, (application) => application.priority),
    ...compileEdges(scenario, tasks, applicationFirstTask, processors),
    contendedLinks: scenario.platform.interconnect.model === 'contended',
    dispatchTickMs: scenario.simulation.dispatchTickMs,
    ...compileJobs(scenario, applicationFirstTask),
    deadlineMs: Float64Array.from(scenario.applications, (application) => application.deadlineMs ?? Number.NaN),
    layout: layOutGenome(processors, pes, tasks, baseTimes, genes),
  };
}

/** Whether task `task` can run on processor `processor`. */
export function canRun(problem: Problem, task: number, processor: number): boolean {
  const base = problem.baseTimeMs[task * problem.processors.length + processor];
  return base === base;
}

/**
 * Time of `task` on `processor` at operating point `point` in a group of `groupSize` cores, ms; NaN where it cannot run.
 * base / basePerformance / groupSpeedup × ((1 − s) + s × nominal/f), DESIGN §6; evaluated in this order.
 */
export function taskDurationMs(problem: Problem, task: number, processor: number, point: number, groupSize: number): number {
  const model = problem.processors[processor];
  return (problem.baseTimeMs[task * problem.processors.length + processor] / model.basePerformance / model.groupSpeedup[groupSize]) * model.operatingPoints[point].timeFactor;
}

/**
 * The processing element a person means by `name`: its id ("cpu:0", "gpu"), or the processor's id followed by the
 * element's number in any usual notation ("cpu0", "cpu.0", "cpu#0", "cpu-0", "cpu_0", "cpu/0", "cpu[0]").
 * @throws WorkbenchError `mapping.ambiguousProcessingElement` for a processor with several elements, `mapping.unknownProcessingElement`
 */
export function findProcessingElement(problem: Problem, name: string): ProcessingElement {
  const exact = problem.pes.find((pe) => pe.id === name);
  if (exact !== undefined) return exact;
  const whole = problem.processors.find((candidate) => candidate.id === name);
  if (whole !== undefined) {
    throw new WorkbenchError('mapping.ambiguousProcessingElement', `"${name}" has ${whole.peCount} processing elements`, { hint: `say which: "${name}:0" … "${name}:${whole.peCount - 1}"` });
  }
  for (const pe of problem.pes) {
    const processor = problem.processors[pe.processor];
    if (!name.startsWith(processor.id)) continue;
    const rest = /^(?:[:.#_/-]?(\d+)|\[(\d+)\])$/.exec(name.slice(processor.id.length));
    if (rest !== null && Number(rest[1] ?? rest[2]) === pe.indexInProcessor) return pe;
  }
  throw new WorkbenchError('mapping.unknownProcessingElement', `there is no processing element "${name}"`, { hint: suggest(name, problem.pes.map((pe) => pe.id)) });
}

function compileProcessors(platform: Platform): ProcessorModel[] {
  const models: ProcessorModel[] = [];
  let firstPe = 0;
  platform.processors.forEach((processor, index) => {
    const operatingPoints = operatingPointModels(processor);
    const nominal = nominalFrequency(processor);
    const arrangements = coreArrangements(processor);
    const peCount = processor.dispatch === 'pooled' ? 1 : Math.max(...arrangements.map((arrangement) => arrangement.groups.length));
    models.push({
      index,
      id: processor.id,
      name: processor.name,
      kind: processor.kind,
      dispatch: processor.dispatch,
      coreCount: processor.coreCount,
      basePerformance: processor.basePerformance,
      idlePowerMW: processor.idlePowerMW,
      offPowerMW: processor.offPowerMW,
      maxUtilization: processor.maxUtilization,
      operatingPoints,
      nominalPoint: closestPoint(operatingPoints, nominal),
      arrangements,
      defaultArrangement: processor.coreConfigurations === undefined ? arrangements.length - 1 : 0,
      highestPoint: arrangements.map((arrangement) => highestAllowedPoint(platform, processor, operatingPoints, arrangement.activeCores)),
      groupSpeedup: Array.from({ length: processor.coreCount + 1 }, (_, size) => processor.groupSpeedup?.[String(size)] ?? 1),
      firstPe,
      peCount,
    });
    firstPe += peCount;
  });
  return models;
}

function nominalFrequency(processor: Processor): number {
  return processor.nominalFrequencyMHz ?? Math.max(1, ...processor.operatingPoints.map((point) => point.frequencyMHz));
}

function operatingPointModels(processor: Processor): OperatingPointModel[] {
  const nominal = nominalFrequency(processor);
  const points = processor.operatingPoints.length > 0 ? processor.operatingPoints : [{ frequencyMHz: nominal, activePowerMW: 0, clusterPowerMW: 0 }];
  const s = processor.frequencyScaling;
  return [...points].sort((a, b) => a.frequencyMHz - b.frequencyMHz).map((point) => ({ ...point, timeFactor: 1 - s + (s * nominal) / point.frequencyMHz }));
}

function closestPoint(points: readonly OperatingPointModel[], frequencyMHz: number): number {
  let best = 0;
  for (let i = 1; i < points.length; i++) {
    if (Math.abs(points[i].frequencyMHz - frequencyMHz) <= Math.abs(points[best].frequencyMHz - frequencyMHz)) best = i;
  }
  return best;
}

/** Pinned CPU clusters can switch cores off; core configurations group the cores of any pinned processor. */
function coreArrangements(processor: Processor): CoreArrangement[] {
  if (processor.coreConfigurations !== undefined) {
    return processor.coreConfigurations.map((groups) => ({ groups, activeCores: groups.reduce((sum, size) => sum + size, 0) }));
  }
  const allActive: CoreArrangement = { groups: Array.from({ length: processor.coreCount }, () => 1), activeCores: processor.coreCount };
  if (processor.kind !== 'cpu' || processor.dispatch !== 'pinned') return [allActive];
  return Array.from({ length: processor.coreCount }, (_, index) => ({ groups: allActive.groups.slice(0, index + 1), activeCores: index + 1 }));
}

/** Every cap stated for at most `activeCores` cores holds: more active cores never allow a higher frequency. */
function highestAllowedPoint(platform: Platform, processor: Processor, points: readonly OperatingPointModel[], activeCores: number): number {
  let cap = Number.POSITIVE_INFINITY;
  for (const rule of platform.frequencyCaps) {
    if (rule.processor === processor.id && rule.activeCores <= activeCores) cap = Math.min(cap, rule.maxFrequencyMHz);
  }
  let highest = 0;
  points.forEach((point, index) => {
    if (point.frequencyMHz <= cap) highest = index;
  });
  return highest;
}

interface LinkModel {
  latencyMs: number;
  bandwidthMBps: number;
  energyPJPerByte: number;
}

/** [P × P] links, what a link leaves out taken from the default. */
function compileLinks(platform: Platform): LinkModel[] {
  const { default: fallback, links } = platform.interconnect;
  return platform.processors.flatMap((from) =>
    platform.processors.map((to) => {
      const link = links.find((candidate) => candidate.from === from.id && candidate.to === to.id);
      return {
        latencyMs: link?.latencyMs ?? fallback.latencyMs,
        bandwidthMBps: link?.bandwidthMBps ?? fallback.bandwidthMBps ?? Number.POSITIVE_INFINITY,
        energyPJPerByte: link?.energyPJPerByte ?? fallback.energyPJPerByte,
      };
    }),
  );
}

function compileEdges(scenario: ResolvedScenario, tasks: readonly TaskModel[], applicationFirstTask: Int32Array, processors: readonly ProcessorModel[]) {
  const processorCount = processors.length;
  const links = compileLinks(scenario.platform);
  const consumerFirstEdge = new Int32Array(tasks.length + 1);
  const producers: number[] = [];
  const consumers: number[] = [];
  const bytes: number[] = [];
  const transfers: number[] = [];
  tasks.forEach((task) => {
    consumerFirstEdge[task.index] = producers.length;
    const network = scenario.applications[task.application].network;
    const layerIndex = layerIndexes(network);
    for (const dependency of network.layers[task.layer].dependencies) {
      const producerLayer = layerIndex.get(dependency.layer);
      if (producerLayer === undefined) continue;
      const edgeBytes = dependency.bytes ?? network.layers[producerLayer].outputBytes ?? 0;
      producers.push(applicationFirstTask[task.application] + producerLayer);
      consumers.push(task.index);
      bytes.push(edgeBytes);
      processors.forEach((from, p) => {
        processors.forEach((to, q) => {
          const link = links[p * processorCount + q];
          const measured = dependency.transferMs?.[`${from.id}>${to.id}`];
          // bytes / (MB/s × 10⁶ bytes/MB) s = bytes / (MB/s × 1000) ms
          transfers.push(p === q ? 0 : (measured ?? link.latencyMs + edgeBytes / (link.bandwidthMBps * 1000)));
        });
      });
    }
  });
  consumerFirstEdge[tasks.length] = producers.length;

  const producerFirstEdge = new Int32Array(tasks.length + 1);
  for (const producer of producers) producerFirstEdge[producer + 1]++;
  for (let t = 0; t < tasks.length; t++) producerFirstEdge[t + 1] += producerFirstEdge[t];
  const cursor = producerFirstEdge.slice();
  const outgoingEdge = new Int32Array(producers.length);
  producers.forEach((producer, edge) => {
    outgoingEdge[cursor[producer]++] = edge;
  });

  return {
    consumerFirstEdge,
    edgeProducer: Int32Array.from(producers),
    edgeConsumer: Int32Array.from(consumers),
    edgeBytes: Float64Array.from(bytes),
    transferMs: Float64Array.from(transfers),
    producerFirstEdge,
    outgoingEdge,
    linkEnergyPJPerByte: Float64Array.from(links, (link) => link.energyPJPerByte),
  };
}

const layerIndexCache = new WeakMap<object, ReadonlyMap<string, number>>();
function layerIndexes(network: ResolvedScenario['applications'][number]['network']): ReadonlyMap<string, number> {
  let indexes = layerIndexCache.get(network);
  if (indexes === undefined) {
    indexes = new Map(network.layers.map((layer, index) => [layer.id, index]));
    layerIndexCache.set(network, indexes);
  }
  return indexes;
}

/** Number of instances of an application: its `instances`, less those that would be released at or after the horizon. */
function instanceCount(application: ResolvedScenario['applications'][number], horizonMs: number | null): number {
  const wanted = application.instances ?? Number.POSITIVE_INFINITY;
  if (horizonMs === null || application.periodMs === null) return wanted;
  let released = Math.max(1, Math.ceil((horizonMs - application.startTimeMs) / application.periodMs));
  if (released > MAX_JOBS) return Math.min(wanted, released);
  // The division may round either way: settle by the releases themselves.
  while (application.startTimeMs + released * application.periodMs < horizonMs) released++;
  while (released > 1 && application.startTimeMs + (released - 1) * application.periodMs >= horizonMs) released--;
  return Math.min(wanted, released);
}

function compileJobs(scenario: ResolvedScenario, applicationFirstTask: Int32Array) {
  const counts = scenario.applications.map((application) => instanceCount(application, scenario.simulation.horizonMs));
  let jobCount = 0;
  counts.forEach((count, index) => {
    jobCount += count * (applicationFirstTask[index + 1] - applicationFirstTask[index]);
  });
  if (jobCount > MAX_JOBS) {
    throw new WorkbenchError('problem.tooLarge', `scenario "${scenario.id}" has ${jobCount} task instances, at most ${MAX_JOBS} can be simulated`, { hint: 'reduce instances or horizonMs', path: ['applications'] });
  }
  const jobTask = new Int32Array(jobCount);
  const jobInstance = new Int32Array(jobCount);
  const jobReleaseMs = new Float64Array(jobCount);
  const jobFirstOfInstance = new Int32Array(jobCount);
  const instanceApplication: number[] = [];
  const instanceNumber: number[] = [];
  const instanceReleaseMs: number[] = [];
  const instanceFirstJob: number[] = [];
  let job = 0;
  const rounds = Math.max(...counts);
  for (let instance = 0; instance < rounds; instance++) {
    scenario.applications.forEach((application, index) => {
      if (instance >= counts[index]) return;
      const release = application.startTimeMs + instance * (application.periodMs ?? 0);
      const first = job;
      instanceApplication.push(index);
      instanceNumber.push(instance);
      instanceReleaseMs.push(release);
      instanceFirstJob.push(first);
      for (let task = applicationFirstTask[index]; task < applicationFirstTask[index + 1]; task++, job++) {
        jobTask[job] = task;
        jobInstance[job] = instance;
        jobReleaseMs[job] = release;
        jobFirstOfInstance[job] = first;
      }
    });
  }
  return {
    jobTask,
    jobInstance,
    jobReleaseMs,
    jobFirstOfInstance,
    applicationInstances: Int32Array.from(counts),
    instanceApplication: Int32Array.from(instanceApplication),
    instanceNumber: Int32Array.from(instanceNumber),
    instanceReleaseMs: Float64Array.from(instanceReleaseMs),
    instanceFirstJob: Int32Array.from(instanceFirstJob),
  };
}

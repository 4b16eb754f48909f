/** Compiles a resolved scenario into the flat arrays that decoding and simulation read (DESIGN §6, "Compile"). */
import { baseTimeMs, type ResolvedScenario } from '../domain/scenario.ts';
import { defaultGenes, type GeneSelection } from '../domain/scheduler.ts';
import { suggest, WorkbenchError } from '../domain/errors.ts';
import { coarsen, hasCallTimes, type CoarseScenario } from './coarsen.ts';
import { compileEdges } from './compile-edges.ts';
import { compileJobs } from './compile-jobs.ts';
import { compileStreams, type Streams } from './compile-streams.ts';
import { compileProcessors } from './compile-processors.ts';
import { layOutGenome, type GenomeLayout } from './genome-layout.ts';
import type { ProcessingElement, ProcessorModel, TaskModel } from './problem-model.ts';
import { exactTimesOf } from './exact-times.ts';
import { partitionByMode } from './subgraph-choice.ts';
import type { ExactTimes } from './subgraph-times.ts';
import { isLayerwise, partitionOfNames, type Partition } from './subgraphs.ts';

export type {
  CoreArrangement,
  OperatingPointModel,
  ProcessingElement,
  ProcessorModel,
  TaskModel,
} from './problem-model.ts';

/** Genes are bytes, so no locus can choose among more values than this. */
const MAX_PROCESSING_ELEMENTS = 256;

/** A compiled scenario. T tasks, P processors, E edges, J jobs (task instances), A applications. */
export interface Problem {
  /** Where subgraphs are executed, or calls take time beyond their layers', with the subgraphs as layers (coarsen.ts). */
  readonly scenario: ResolvedScenario;
  /** The scenario that was compiled: layer by layer. */
  readonly layerwise: ResolvedScenario;
  /** What is executed as one; where the genome decides that (segment `partition`), every layer alone. */
  readonly partition: Partition;
  /** What the layout was made for. */
  readonly genes: GeneSelection;
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
  /** [P × P] energy per byte of the way from p to q, pJ. */
  readonly linkEnergyPJPerByte: Float64Array;
  readonly contendedLinks: boolean;
  /** Number of links and buses: what transfers take turns on where links are contended. */
  readonly channels: number;
  /** The way from p to q is hops `firstHop[p × P + q] … firstHop[p × P + q + 1] − 1` of H in all, each over a channel. [P × P + 1], [H] */
  readonly firstHop: Int32Array;
  readonly hopChannel: Int32Array;
  /** [E × H] time of each hop along each edge, ms; missing where no way has several hops, or links are not contended. */
  readonly hopMs?: Float64Array;
  readonly dispatchTickMs: number;
  /** Jobs in dispatch order of ties: by (instance, application, layer). [J] each. */
  readonly jobTask: Int32Array;
  readonly jobInstance: Int32Array;
  /** The release of its instance; of one that another instance releases, the earliest that it could ever be. */
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
  /** Instances that other instances release, or that may be dropped; undefined where the clock releases all of them and all run. */
  readonly streams: Streams | undefined;
  /** [A] longest accepted response, ms; NaN: none. */
  readonly deadlineMs: Float64Array;
  readonly layout: GenomeLayout;
}

/**
 * Compiles `scenario`. A task is what is executed as one: a layer, or a subgraph.
 * @param selection the optional segments of its genome, and what is executed as one: to read the genomes of a run, those of its
 * configuration (`genesOf`)
 * @param partition what is executed as one, where it is not the one that `selection` chooses
 * @param exact what is known of layers that are executed as one; default: what the scenario brings with it
 * @throws WorkbenchError `problem.tooLarge` when genes or jobs exceed what a run can hold, `problem.unrunnable` for a scenario
 * that `resolveScenario` would have rejected and for a subgraph that no processor can run, `problem.subgraphs` where the
 * applications cannot be executed in the chosen way
 */
export function compileProblem(
  layerwise: ResolvedScenario,
  selection: GeneSelection = defaultGenes,
  partition?: Partition,
  exact: ExactTimes = exactTimesOf(layerwise),
): Problem {
  const genes = settledGenes(layerwise, selection);
  const executed = partition ?? chosenPartition(layerwise, genes, exact);
  const coarse: CoarseScenario | undefined =
    isLayerwise(executed) && !hasCallTimes(layerwise) ? undefined : coarsen(layerwise, executed, exact);
  const scenario = coarse?.scenario ?? layerwise;
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
    throw new WorkbenchError(
      'problem.tooLarge',
      `platform "${scenario.platform.id}" has ${pes.length} processing elements, a genome can distinguish ${MAX_PROCESSING_ELEMENTS}`,
      { hint: 'make processors pooled, or fewer', path: ['platform', 'processors'] },
    );
  }

  const tasks: TaskModel[] = [];
  const applicationFirstTask = new Int32Array(scenario.applications.length + 1);
  scenario.applications.forEach((application, applicationIndex) => {
    applicationFirstTask[applicationIndex] = tasks.length;
    application.network.layers.forEach((layer, layerIndex) => {
      const members = coarse?.members[applicationIndex][layerIndex] ?? [];
      tasks.push({
        index: tasks.length,
        application: applicationIndex,
        layer: layerIndex,
        id: `${application.id}/${layer.id}`,
        ...(members.length > 1 ? { members } : {}),
      });
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
      throw new WorkbenchError(
        'problem.unrunnable',
        `${task.members === undefined ? 'layer' : 'subgraph'} "${task.id}" can run on no processor of platform "${scenario.platform.id}"`,
        {
          hint:
            task.members === undefined
              ? 'resolve the scenario first: it names the offending fields'
              : 'execute as one only layers that one processor can run',
        },
      );
    }
  });

  const edges = compileEdges(scenario, tasks, applicationFirstTask, processors);
  const jobs = compileJobs(scenario, applicationFirstTask);
  return {
    scenario,
    layerwise,
    partition: executed,
    genes,
    processors,
    pes,
    tasks,
    applicationFirstTask,
    baseTimeMs: baseTimes,
    layerPriority,
    applicationPriority: Float64Array.from(scenario.applications, (application) => application.priority),
    ...edges,
    contendedLinks: scenario.platform.interconnect.model === 'contended',
    dispatchTickMs: scenario.simulation.dispatchTickMs,
    ...jobs,
    streams: compileStreams(scenario, jobs),
    deadlineMs: Float64Array.from(scenario.applications, (application) => application.deadlineMs ?? Number.NaN),
    layout: layOutGenome(
      {
        processors,
        pes,
        tasks,
        applicationIds: scenario.applications.map(({ id }) => id),
        baseTimeMs: baseTimes,
        ...edges,
      },
      genes,
    ),
  };
}

function chosenPartition(
  scenario: ResolvedScenario,
  { subgraphs = 'off' }: GeneSelection,
  exact: ExactTimes,
): Partition {
  if (typeof subgraphs !== 'string') return partitionOfNames(scenario, subgraphs, ['start', 'subgraphs']);
  return partitionByMode(scenario, exact, subgraphs === 'searched' || subgraphs === 'auto' ? 'off' : subgraphs);
}

/** `selection` with what auto means in `scenario`. */
function settledGenes({ platform }: ResolvedScenario, selection: GeneSelection): GeneSelection {
  if (selection.subgraphs !== 'auto') return selection;
  const { subgraphs: _, ...others } = selection;
  return platform.processors.some(({ launchMs = 0 }) => launchMs > 0) ? { ...others, subgraphs: 'searched' } : others;
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
export function taskDurationMs(
  problem: Problem,
  task: number,
  processor: number,
  point: number,
  groupSize: number,
): number {
  const model = problem.processors[processor];
  return (
    (problem.baseTimeMs[task * problem.processors.length + processor] /
      model.basePerformance /
      model.groupSpeedup[groupSize]) *
    model.operatingPoints[point].timeFactor
  );
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
    throw new WorkbenchError(
      'mapping.ambiguousProcessingElement',
      `"${name}" has ${whole.peCount} processing elements`,
      { hint: `say which: "${name}:0" … "${name}:${whole.peCount - 1}"` },
    );
  }
  for (const pe of problem.pes) {
    const processor = problem.processors[pe.processor];
    if (!name.startsWith(processor.id)) continue;
    const rest = /^(?:[:.#_/-]?(\d+)|\[(\d+)\])$/.exec(name.slice(processor.id.length));
    if (rest !== null && Number(rest[1] ?? rest[2]) === pe.indexInProcessor) return pe;
  }
  throw new WorkbenchError('mapping.unknownProcessingElement', `there is no processing element "${name}"`, {
    hint: suggest(
      name,
      problem.pes.map((pe) => pe.id),
    ),
  });
}

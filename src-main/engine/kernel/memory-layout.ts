/**
 * What the kernel reads, folded from a compiled problem into tables, and where they are in its memory
 * (assembly/memory.ts has the records).
 */
import { HEADLINE_METRIC_COUNT } from '#shared/domain/metrics.ts';
import { lowestGeneRanks, priorityRanks } from '#shared/scheduling/execution-plan.ts';
import { segmentKinds, type AssignmentPart } from '#shared/scheduling/genome-segments.ts';
import { mayDrop, type Streams } from '#shared/scheduling/compile-streams.ts';
import { taskDurationMs, type Problem } from '#shared/scheduling/problem.ts';
import { roundUpToTick } from '#shared/scheduling/rounding.ts';
import { topologicalOrder } from '#shared/scheduling/topological-order.ts';

const HEADER = 1024;
/** Bytes of a job's record. */
export const JOB_SIZE = 32;
const ELEMENT_SIZE = 32;
const CHOICE_SIZE = 16;
const ENTRY_SIZE = 16;
const EVENT_SIZE = 16;
const SOURCE_SIZE = 16;
/** Bytes of the record of an instance of streams. */
export const STREAM_SIZE = 96;
/** What the kernel chooses for each processor, in the order in which it keeps the choices. */
const PROCESSOR_CHOICES: readonly AssignmentPart[] = ['arrangement', 'operatingPoint'];

/** Tables and workspace to be: addresses are handed out in order, 16-byte aligned; each one given, and each count, is the next word of the header. */
export class MemoryLayout {
  end: number;
  private readonly header: number[] = [];
  private readonly blocks: { readonly address: number; readonly bytes: Uint8Array }[] = [];

  constructor(firstFree: number) {
    this.end = align(firstFree);
  }

  /** The next header word. */
  count(value: number): void {
    this.header.push(value);
  }

  /** The next header word is the address of a copy of `array`, which is returned. */
  place(array: Uint8Array | Int32Array | Float64Array): number {
    this.blocks.push({ address: this.end, bytes: new Uint8Array(array.buffer, array.byteOffset, array.byteLength) });
    return this.reserve(array.byteLength);
  }

  /** A copy of `array` that only other tables point to; it may be filled until all is written. */
  hold(array: Int32Array): { readonly address: number; readonly bytes: Uint8Array<ArrayBuffer> } {
    const block = {
      address: this.end,
      bytes: Uint8Array.from(new Uint8Array(array.buffer, array.byteOffset, array.byteLength)),
    };
    this.blocks.push(block);
    this.end = align(this.end + array.byteLength);
    return block;
  }

  /** The next header word is the address of `byteLength` bytes, which is returned. */
  reserve(byteLength: number): number {
    const address = this.end;
    this.header.push(address);
    this.end = align(this.end + byteLength);
    return address;
  }

  writeTo(buffer: ArrayBuffer): void {
    new Int32Array(buffer, HEADER, this.header.length).set(this.header);
    for (const { address, bytes } of this.blocks) new Uint8Array(buffer, address, bytes.length).set(bytes);
  }
}

function align(address: number): number {
  return Math.ceil(address / 16) * 16;
}

/** Where a batch of genomes goes in, and its metrics come out; and where the schedule of the last evaluation is. */
export interface KernelAddresses {
  readonly genes: number;
  readonly metrics: number;
  /** [J] records of `JOB_SIZE` bytes, the end first, the duration as the third double. */
  readonly jobs: number;
  /** [J] i32 the job before on the same unit. */
  readonly previousJobs: number;
  /** [I] records of `STREAM_SIZE` bytes of the instances of streams: i32 at 44 is 1 for those that ran, f64 at 80 the release; 0: none. */
  readonly streams: number;
  /** What is written again for each genome that decides its calls (call-tables.ts). */
  readonly tables: CallTableAddresses;
}

/** Tables of assembly/memory.ts. */
export interface CallTableAddresses {
  readonly repair: number;
  readonly durations: number;
  readonly rank: number;
  readonly tasks: number;
  readonly edges: number;
  /** 0: transfers cost no energy. */
  readonly energy: number;
  readonly instances: number;
  readonly sources: number;
  /** Columns of durations, and which one is that of a processor at an operating point in a group of cores. */
  readonly columns: number;
  columnOf(processor: number, point: number, groupSize: number): number;
}

/** Lays out all of `problem`, in the order in which assembly/memory.ts reads the header, with room for `batch` genomes. */
export function layOutProblem(problem: Problem, layout: MemoryLayout, batch: number): KernelAddresses {
  const { processors, pes, tasks } = problem;
  const sourceJobs = Array.from(problem.jobTask.keys()).filter(
    (job) => pendingOf(problem, problem.jobTask[job]) === 0 && isClocked(problem, job),
  );
  const groups = groupsOf(problem);
  const columns = columnsOf(problem, groups);
  // With priority genes: the rank of gene 0, from which the kernel subtracts.
  const rank = problem.layout.offsetOf.priority === undefined ? priorityRanks(problem) : lowestGeneRanks(problem);
  const isRanked =
    problem.layout.offsetOf.priority !== undefined ||
    problem.layout.offsetOf.applicationPriority !== undefined ||
    rank.some((value) => value !== 0);
  const hasTransferEnergy = problem.linkEnergyPJPerByte.some((energy) => energy > 0);
  // Where calls are decided, their ranks are written with the tables.
  const priorityOffset = decidesCalls(problem) ? -1 : (problem.layout.offsetOf.priority ?? -1);
  for (const value of [problem.layout.length, problem.layout.offsetOf.mapping, priorityOffset]) layout.count(value);
  for (const value of [
    processors.length,
    pes.length,
    problem.jobTask.length,
    problem.instanceApplication.length,
    problem.edgeProducer.length,
    sourceJobs.length,
  ])
    layout.count(value);
  for (const value of [groups.perArrangement, problem.contendedLinks ? 1 : 0, isRanked ? 1 : 0, columns.count])
    layout.count(value);

  // The jobs come first, because other tables hold their addresses; the header wants them later.
  const jobTable = layout.end;
  layout.end = align(jobTable + JOB_SIZE * problem.jobTask.length);
  layout.place(
    Int32Array.from(
      problem.layout.loci
        .slice(0, problem.layout.offsetOf.mapping)
        .flatMap((locus) => [
          PROCESSOR_CHOICES.indexOf(segmentKinds[locus.segment].sets),
          locus.subject,
          locus.cardinality,
        ]),
    ),
  );
  layout.place(
    Int32Array.from(processors.flatMap((processor) => [processor.defaultArrangement, processor.nominalPoint])),
  );
  layout.place(processorRecords(problem, columns));
  layout.place(
    Float64Array.from(
      processors.flatMap((processor) =>
        processor.operatingPoints.flatMap((point) => [point.timeFactor, point.activePowerMW, point.clusterPowerMW]),
      ),
    ),
  );
  layout.place(
    Int32Array.from(
      processors.flatMap((processor) =>
        processor.arrangements.flatMap((arrangement, index) => [
          arrangement.groups.length,
          arrangement.activeCores,
          processor.highestPoint[index],
          0,
        ]),
      ),
    ),
  );
  layout.place(groups.table);
  const repairAddress = layout.place(repairTable(problem));
  const durationAddress = layout.place(columns.table);
  const rankAddress = layout.place(rank);
  const taskTable = new Int32Array(4 * tasks.length);
  const taskAddress = layout.place(taskTable);
  const edgeTable = layout.place(edgeRecords(problem));
  for (let task = 0; task < tasks.length; task++) {
    const edge = (index: number): number => edgeTable + index * edgeSize(problem);
    taskTable.set(
      [pendingOf(problem, task), 0, edge(problem.producerFirstEdge[task]), edge(problem.producerFirstEdge[task + 1])],
      4 * task,
    );
  }
  const energyAddress = hasTransferEnergy ? layout.place(energyRecords(problem, jobTable)) : 0;
  if (!hasTransferEnergy) layout.count(0);
  const instanceAddress = layout.place(instanceRecords(problem, jobTable));
  const sourceAddress = layout.place(sourceRecords(problem, sourceJobs, jobTable));
  // Calls can make any layer the first of its instance.
  if (decidesCalls(problem))
    layout.end = Math.max(layout.end, align(sourceAddress + SOURCE_SIZE * problem.jobTask.length));
  layout.place(Int32Array.from(pes, (pe) => pe.processor));
  layout.place(Int32Array.from(pes, (pe) => pe.units));
  layout.count(jobTable);
  const tables: CallTableAddresses = {
    repair: repairAddress,
    durations: durationAddress,
    rank: rankAddress,
    tasks: taskAddress,
    edges: edgeTable,
    energy: energyAddress,
    instances: instanceAddress,
    sources: sourceAddress,
    columns: columns.count,
    columnOf: (processor, point, groupSize) =>
      columns.firstOf(processor) +
      point * columns.perPoint(processor) +
      Math.max(0, groups.sizes[processor].indexOf(groupSize)),
  };
  return { ...layOutWorkspace(problem, layout, jobTable, batch), tables };
}

/** Whether a genome of `problem` decides what is executed as one, or has genes that are about calls only. */
export function decidesCalls({ layout: { offsetOf } }: Problem): boolean {
  return offsetOf.partition !== undefined || offsetOf.applicationPriority !== undefined;
}

function layOutWorkspace(
  problem: Problem,
  layout: MemoryLayout,
  jobTable: number,
  batch: number,
): Omit<KernelAddresses, 'tables'> {
  const jobs = problem.jobTask.length;
  const pes = problem.pes.length;
  const processors = problem.processors.length;
  layout.reserve(ELEMENT_SIZE * pes); // elementTable
  layout.reserve(CHOICE_SIZE * pes); // choiceTable
  layout.reserve(8 * processors); // processorChoice
  layout.reserve(ENTRY_SIZE * (jobs + pes)); // queueTable: each queue ends with an entry that is never ready
  layout.reserve(ENTRY_SIZE * jobs); // heapTable
  layout.reserve(4 * pes); // queueCounts
  layout.reserve(4 * jobs); // jobRanks
  layout.reserve(4 * pes); // runnableHeaps
  layout.reserve(4 * pes); // runnableSizes
  layout.reserve(8 * problem.pes.reduce((sum, pe) => sum + pe.units, 0)); // unitTable
  layout.reserve(8 * pes); // busyTimes
  layout.reserve(8 * problem.channels); // linkFree
  layout.reserve(EVENT_SIZE * 3 * jobs); // eventTable: at most one end, one freed unit and one readiness per job
  layout.reserve(4 * pes); // idleUnits
  layout.count(problem.tasks.length);
  layout.place(backwardRecords(problem, jobTable));
  layout.place(Int32Array.from(problem.jobTask, (task) => 8 * task)); // tailOffsets
  layout.reserve(8 * problem.tasks.length); // tails
  layout.reserve(8 * pes); // workToStart
  layout.reserve(8 * pes); // leastTails
  const previousJobs = layout.reserve(4 * jobs);
  layout.reserve(4 * pes); // lastJobs
  const genes = layout.reserve(batch * problem.layout.length);
  const metrics = layout.reserve(8 * batch * HEADLINE_METRIC_COUNT);
  placeRoutes(problem, layout);
  const streams = placeStreams(problem, layout, jobTable);
  return { genes, metrics, jobs: jobTable, previousJobs, streams };
}

/** Whether the clock releases the instance of `job`, not another instance. */
function isClocked({ streams }: Problem, job: number): boolean {
  return streams === undefined || streams.triggerOf[streams.instanceOfJob[job]] < 0;
}

/** The ways of transfers, where not every two processors have a link of their own. */
function placeRoutes(problem: Problem, layout: MemoryLayout): void {
  const { channels, firstHop, hopChannel, hopMs, outgoingEdge, processors, edgeProducer } = problem;
  const hops = hopChannel.length;
  const isRouted = problem.contendedLinks && channels > processors.length ** 2;
  layout.count(channels);
  layout.count(isRouted ? 1 : 0);
  layout.count(hops);
  if (isRouted) layout.place(Int32Array.from([...firstHop, ...hopChannel.map((channel) => 8 * channel)]));
  else layout.count(0);
  if (hopMs === undefined) {
    layout.count(0);
    return;
  }
  const times = new Float64Array(processors.length * edgeProducer.length * hops);
  for (let from = 0; from < processors.length; from++)
    outgoingEdge.forEach((edge, position) =>
      times.set(hopMs.subarray(edge * hops, (edge + 1) * hops), (from * outgoingEdge.length + position) * hops),
    );
  layout.place(times.map(withoutSign));
}

/** The instances of streams; see assembly/memory.ts. @returns the address of their records, 0: there are none */
function placeStreams(problem: Problem, layout: MemoryLayout, jobTable: number): number {
  const { streams } = problem;
  layout.count(streams === undefined ? 0 : 1);
  layout.count(mayDrop(problem) ? 1 : 0);
  if (streams === undefined) {
    layout.count(0);
    layout.count(0);
    return 0;
  }
  // The tables it points to come first, without a word of the header.
  const applications = problem.applicationInstances.length;
  const dependentTable = layout.hold(new Int32Array(streams.dependents.length));
  const sourcesOf = problem.applicationInstances.reduce<{ first: number; end: number }[]>((places, _, application) => {
    const firstTask = problem.applicationFirstTask[application];
    const offsets = problem.tasks
      .filter((task) => task.application === application && pendingOf(problem, task.index) === 0)
      .map(({ index }) => (index - firstTask) * JOB_SIZE);
    const first = layout.hold(Int32Array.from(offsets)).address;
    return [...places, { first, end: first + 4 * offsets.length }];
  }, []);
  const counters = layout.hold(new Int32Array(applications)).address;
  const records = new DataView(new ArrayBuffer(STREAM_SIZE * streams.instanceJobs.length));
  const streamTable = layout.place(new Uint8Array(records.buffer));
  const recordOf = (instance: number): number => streamTable + STREAM_SIZE * instance;
  new Int32Array(dependentTable.bytes.buffer).set(streams.dependents.map(recordOf));
  streams.instanceJobs.forEach((jobs, instance) => {
    const application = problem.instanceApplication[instance];
    const previous = streams.previousOfApplication[instance];
    [
      jobTable + JOB_SIZE * problem.instanceFirstJob[instance],
      jobs,
      dependentTable.address + 4 * streams.firstDependent[instance],
      dependentTable.address + 4 * streams.firstDependent[instance + 1],
      sourcesOf[application].first,
      sourcesOf[application].end,
      streams.dropsLate[application],
      previous < 0 ? 0 : recordOf(previous),
      streams.releaseNumber[instance],
      counters + 4 * application,
    ].forEach((value, field) => records.setInt32(STREAM_SIZE * instance + 4 * field, value, true));
    records.setFloat64(STREAM_SIZE * instance + 64, Number.POSITIVE_INFINITY, true);
    records.setFloat64(STREAM_SIZE * instance + 72, withoutSign(problem.instanceReleaseMs[instance]), true);
  });
  setClockedDrops(problem, streams, records);
  layout.place(streams.instanceOfJob.map(recordOf));
  return streamTable;
}

/** From when on instances that the clock releases are too late, where these are dropped: the release of the next ones. */
function setClockedDrops(problem: Problem, streams: Streams, records: DataView): void {
  const laterOf = problem.applicationInstances.slice().fill(-1);
  for (let instance = streams.instanceJobs.length - 1; instance >= 0; instance--) {
    const application = problem.instanceApplication[instance];
    if (streams.dropsLate[application] === 0 || streams.triggerOf[instance] >= 0) continue;
    // The last instance seen of the application; of the same burst, it is too late when that one is.
    const next = laterOf[application];
    laterOf[application] = instance;
    if (next < 0) continue;
    const isSameRelease = streams.releaseNumber[next] === streams.releaseNumber[instance];
    records.setFloat64(
      STREAM_SIZE * instance + 64,
      isSameRelease
        ? records.getFloat64(STREAM_SIZE * next + 64, true)
        : withoutSign(roundUpToTick(problem.instanceReleaseMs[next], problem.dispatchTickMs)),
      true,
    );
  }
}

/** [T] consumers before producers, for tails: the job of the first instance, the offset of its task's tail, how many instances. */
function backwardRecords(problem: Problem, jobTable: number): Uint8Array {
  const firstJob = firstJobs(problem);
  const order = topologicalOrder(problem).toReversed();
  const records = new DataView(new ArrayBuffer(16 * order.length));
  order.forEach((task, position) => {
    records.setUint32(16 * position, jobTable + JOB_SIZE * firstJob[task], true);
    records.setUint32(16 * position + 4, 8 * task, true);
    records.setFloat64(16 * position + 8, problem.applicationInstances[problem.tasks[task].application], true);
  });
  return new Uint8Array(records.buffer);
}

function pendingOf(problem: Problem, task: number): number {
  return problem.consumerFirstEdge[task + 1] - problem.consumerFirstEdge[task];
}

/** Times are compared by their bits: −0 would come before 0 and after all others. */
function withoutSign(timeMs: number): number {
  return timeMs + 0;
}

/** [T × N] the element that a mapping gene means for a task: itself, or the next one that can run it, cyclically. */
function repairTable(problem: Problem): Uint8Array {
  const { pes, tasks, processors } = problem;
  const table = new Uint8Array(tasks.length * pes.length);
  for (let task = 0; task < tasks.length; task++) {
    let next = 0;
    const runs = (pe: number): boolean =>
      !Number.isNaN(problem.baseTimeMs[task * processors.length + pes[pe].processor]);
    while (!runs(next)) next++;
    for (let gene = pes.length - 1; gene >= 0; gene--) {
      if (runs(gene)) next = gene;
      table[task * pes.length + gene] = next;
    }
  }
  return table;
}

/** Group sizes of every arrangement, with the place of each among the different sizes its processor can have. */
function groupsOf({ processors }: Problem) {
  const sizes = processors.map(({ dispatch, arrangements }) =>
    dispatch === 'pooled' ? [1] : [...new Set(arrangements.flatMap(({ groups }) => groups))],
  );
  const perArrangement = Math.max(
    ...processors.flatMap(({ arrangements }) => arrangements.map(({ groups }) => groups.length)),
  );
  const records = processors.flatMap(({ arrangements }, p) =>
    arrangements.flatMap(({ groups }) =>
      Array.from({ length: perArrangement }, (_, group) => [
        groups[group] ?? 1,
        Math.max(0, sizes[p].indexOf(groups[group] ?? 1)),
      ]).flat(),
    ),
  );
  return { sizes, perArrangement, table: Int32Array.from(records) };
}

/** [T × C] duration of each task in each column: a processor, one of its operating points, one of its group sizes; ms, NaN where it cannot run. */
function columnsOf(problem: Problem, { sizes }: ReturnType<typeof groupsOf>) {
  const columns = problem.processors.flatMap(({ operatingPoints }, processor) =>
    operatingPoints.flatMap((_, point) => sizes[processor].map((size) => ({ processor, point, size }))),
  );
  const table = new Float64Array(problem.tasks.length * columns.length);
  problem.tasks.forEach(({ index }) => {
    columns.forEach(({ processor, point, size }, column) => {
      table[index * columns.length + column] = withoutSign(taskDurationMs(problem, index, processor, point, size));
    });
  });
  return {
    count: columns.length,
    table,
    firstOf: (processor: number): number => columns.findIndex((column) => column.processor === processor),
    perPoint: (processor: number): number => sizes[processor].length,
  };
}

function processorRecords(problem: Problem, columns: ReturnType<typeof columnsOf>): Uint8Array {
  const records = new DataView(new ArrayBuffer(64 * problem.processors.length));
  let firstPoint = 0;
  let firstArrangement = 0;
  problem.processors.forEach((processor, index) => {
    const counts = [
      processor.firstPe,
      processor.peCount,
      processor.dispatch === 'pooled' ? 1 : 0,
      processor.coreCount,
      firstPoint,
      firstArrangement,
      columns.firstOf(index),
      columns.perPoint(index),
    ];
    counts.forEach((value, field) => records.setInt32(64 * index + 4 * field, value, true));
    [processor.idlePowerMW, processor.offPowerMW, processor.maxUtilization].forEach((value, field) =>
      records.setFloat64(64 * index + 32 + 8 * field, value, true),
    );
    firstPoint += processor.operatingPoints.length;
    firstArrangement += processor.arrangements.length;
  });
  return new Uint8Array(records.buffer);
}

/** Bytes of an outgoing edge's record. */
function edgeSize({ processors }: Problem): number {
  return 8 + 8 * processors.length;
}

/** [P × E] outgoing edges for each processor their producer may run on: consumer's job record − producer's, and the transfer time to each processor. */
function edgeRecords(problem: Problem): Uint8Array {
  const { processors, outgoingEdge, edgeConsumer, edgeProducer, transferMs } = problem;
  const count = processors.length;
  const size = edgeSize(problem);
  const records = new DataView(new ArrayBuffer(size * count * outgoingEdge.length));
  for (let from = 0; from < count; from++) {
    outgoingEdge.forEach((edge, position) => {
      const at = (from * outgoingEdge.length + position) * size;
      records.setInt32(at, (edgeConsumer[edge] - edgeProducer[edge]) * JOB_SIZE, true);
      for (let to = 0; to < count; to++)
        records.setFloat64(at + 8 + 8 * to, withoutSign(transferMs[(edge * count + from) * count + to]), true);
    });
  }
  return new Uint8Array(records.buffer);
}

/** [E] edges by consumer with the energy of their transfers between each two processors, all instances together. */
function energyRecords(problem: Problem, jobTable: number): Uint8Array {
  const pairs = problem.processors.length ** 2;
  const size = 8 + 8 * pairs;
  const records = new DataView(new ArrayBuffer(size * problem.edgeProducer.length));
  const firstJob = firstJobs(problem);
  problem.edgeProducer.forEach((producer, edge) => {
    const consumer = problem.edgeConsumer[edge];
    // Of those that may be dropped, the kernel counts how many ran.
    const instances = mayDrop(problem) ? 1 : problem.applicationInstances[problem.tasks[consumer].application];
    records.setUint32(edge * size, jobTable + JOB_SIZE * firstJob[producer], true);
    records.setUint32(edge * size + 4, jobTable + JOB_SIZE * firstJob[consumer], true);
    for (let pair = 0; pair < pairs; pair++) {
      const isWithin = pair % (problem.processors.length + 1) === 0;
      records.setFloat64(
        edge * size + 8 + 8 * pair,
        isWithin ? 0 : problem.edgeBytes[edge] * problem.linkEnergyPJPerByte[pair] * instances,
        true,
      );
    }
  });
  return new Uint8Array(records.buffer);
}

/** [T] the job of each task's first instance. */
function firstJobs(problem: Problem): Int32Array {
  const first = new Int32Array(problem.tasks.length).fill(-1);
  problem.jobTask.forEach((task, job) => {
    if (first[task] < 0) first[task] = job;
  });
  return first;
}

function instanceRecords(problem: Problem, jobTable: number): Uint8Array {
  const { instanceApplication, instanceFirstJob, instanceReleaseMs, applicationFirstTask, deadlineMs } = problem;
  const records = new DataView(new ArrayBuffer(32 * instanceApplication.length));
  instanceApplication.forEach((application, instance) => {
    const firstInstance = instanceApplication.indexOf(application);
    records.setUint32(32 * instance, jobTable + JOB_SIZE * instanceFirstJob[instance], true);
    records.setUint32(32 * instance + 4, jobTable + JOB_SIZE * instanceFirstJob[firstInstance], true);
    records.setInt32(32 * instance + 8, applicationFirstTask[application], true);
    records.setInt32(
      32 * instance + 12,
      applicationFirstTask[application + 1] - applicationFirstTask[application],
      true,
    );
    records.setFloat64(32 * instance + 16, withoutSign(instanceReleaseMs[instance]), true);
    records.setFloat64(32 * instance + 24, deadlineMs[application], true);
  });
  return new Uint8Array(records.buffer);
}

/** Jobs without dependencies by release, rounded up to the tick. */
function sourceRecords(problem: Problem, sourceJobs: readonly number[], jobTable: number): Uint8Array {
  const releaseMs = (job: number): number =>
    withoutSign(roundUpToTick(problem.jobReleaseMs[job], problem.dispatchTickMs));
  const ordered = sourceJobs.toSorted((a, b) => releaseMs(a) - releaseMs(b) || a - b);
  const records = new DataView(new ArrayBuffer(16 * ordered.length));
  ordered.forEach((job, position) => {
    records.setFloat64(16 * position, releaseMs(job), true);
    records.setUint32(16 * position + 8, jobTable + JOB_SIZE * job, true);
  });
  return new Uint8Array(records.buffer);
}

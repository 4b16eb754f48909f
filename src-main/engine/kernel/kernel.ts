/** Loads the WebAssembly kernel for one problem: lays its arrays out in linear memory and evaluates genomes in batches. */
import { HEADLINE_METRIC_COUNT } from '#shared/scheduling/metrics.ts';
import type { Evaluator } from '#shared/scheduling/evaluate.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { lowestGeneRanks, priorityRanks } from '#shared/scheduling/simulate.ts';
import { decodeGenome } from '#shared/scheduling/decode.ts';
import { kernelWasm } from './kernel-wasm.ts';

/** Genomes handed to the kernel at once. */
export const KERNEL_BATCH = 64;

const HEADER = 1024;
const PAGE = 65_536;

interface KernelExports {
  readonly memory: WebAssembly.Memory;
  firstFreeAddress(): number;
  configure(tickMs: number, linkEnergyUsed: boolean): void;
  evaluateBatch(count: number): number;
}

export interface Kernel extends Evaluator {
  /**
   * Evaluates `genomes[first … first + count − 1]` and writes `HEADLINE_METRIC_COUNT` metrics of each to `out`, from index 0.
   * The same bits as the reference evaluator.
   * @throws WorkbenchError `genome.invalid`
   */
  evaluateBatch(genomes: readonly Uint8Array[], first: number, count: number, out: Float64Array): void;
  /**
   * The same for genomes that stand one after the other in `genes`: evaluates number `first … first + count − 1` and writes the metrics
   * of genome i to `out` from index i × `HEADLINE_METRIC_COUNT` on. Both may be views of memory shared between threads.
   * @throws WorkbenchError `genome.invalid`
   */
  evaluatePacked(genes: Uint8Array, first: number, count: number, out: Float64Array): void;
}

let compiled: WebAssembly.Module | undefined;

/** An instance of the kernel for `problem`, with a memory of its own. */
export function createKernel(problem: Problem): Kernel {
  compiled ??= new WebAssembly.Module(kernelWasm());
  const exports = new WebAssembly.Instance(compiled, { env: { abort } }).exports as unknown as KernelExports;
  const layout = new MemoryLayout(exports.firstFreeAddress());
  describeProblem(problem, layout);
  const addresses = layoutWorkspace(problem, layout);
  exports.memory.grow(Math.max(0, Math.ceil((layout.end - exports.memory.buffer.byteLength) / PAGE)));
  layout.writeTo(exports.memory.buffer);
  exports.configure(problem.dispatchTickMs, problem.linkEnergyPJPerByte.some((energy) => energy > 0));

  const loci = problem.layout.length;
  const genes = new Uint8Array(exports.memory.buffer, addresses.genes, KERNEL_BATCH * loci);
  const metrics = new Float64Array(exports.memory.buffer, addresses.metrics, KERNEL_BATCH * HEADLINE_METRIC_COUNT);

  const loadGenome = (genome: Uint8Array, position: number): void => {
    // The decoder knows what to say of a genome that does not fit.
    if (genome.length !== loci) decodeGenome(problem, genome);
    genes.set(genome, position * loci);
  };
  /** Evaluates the first `count` ≤ KERNEL_BATCH genomes in `genes`; their metrics are in `metrics` afterwards. */
  const evaluateLoaded = (count: number): void => {
    const evaluated = exports.evaluateBatch(count);
    if (evaluated < count) decodeGenome(problem, genes.slice(evaluated * loci, (evaluated + 1) * loci));
  };
  const copyMetrics = (count: number, out: Float64Array, position: number): void => {
    const start = position * HEADLINE_METRIC_COUNT;
    for (let i = 0; i < count * HEADLINE_METRIC_COUNT; i++) out[start + i] = metrics[i];
  };

  return {
    evaluate(genome) {
      loadGenome(genome, 0);
      evaluateLoaded(1);
      return metrics.slice(0, HEADLINE_METRIC_COUNT);
    },
    evaluateBatch(genomes, first, count, out) {
      for (let done = 0; done < count; done += KERNEL_BATCH) {
        const size = Math.min(KERNEL_BATCH, count - done);
        for (let i = 0; i < size; i++) loadGenome(genomes[first + done + i], i);
        evaluateLoaded(size);
        copyMetrics(size, out, done);
      }
    },
    evaluatePacked(packed, first, count, out) {
      for (let next = first; next < first + count; next += KERNEL_BATCH) {
        const size = Math.min(KERNEL_BATCH, first + count - next);
        genes.set(packed.subarray(next * loci, (next + size) * loci));
        evaluateLoaded(size);
        copyMetrics(size, out, next);
      }
    },
  };
}

function abort(): never {
  throw new Error('the evaluation kernel aborted');
}

/** Addresses of arrays to be, handed out in order, 16-byte aligned; the first `headerEntries` words are the kernel's header. */
class MemoryLayout {
  end: number;
  private readonly header: number[] = [];
  private readonly blocks: { readonly address: number; readonly bytes: Uint8Array }[] = [];

  constructor(firstFree: number) {
    this.end = (firstFree + 15) & ~15;
  }

  /** The next header word. */
  count(value: number): void {
    this.header.push(value);
  }

  /** The next header word is the address of a copy of `array`. */
  place(array: Uint8Array | Int32Array | Float64Array): void {
    this.blocks.push({ address: this.end, bytes: new Uint8Array(array.buffer, array.byteOffset, array.byteLength) });
    this.reserve(array.byteLength);
  }

  /** The next header word is the address of `byteLength` bytes. */
  reserve(byteLength: number): number {
    const address = this.end;
    this.header.push(address);
    this.end = (this.end + byteLength + 15) & ~15;
    return address;
  }

  writeTo(buffer: ArrayBuffer): void {
    new Int32Array(buffer, HEADER, this.header.length).set(this.header);
    for (const { address, bytes } of this.blocks) new Uint8Array(buffer, address, bytes.length).set(bytes);
  }
}

/** Places everything the kernel reads, in the order of the header constants of assembly/kernel.ts. */
function describeProblem(problem: Problem, layout: MemoryLayout): void {
  const { processors, pes, tasks } = problem;
  const sources = Array.from(problem.jobTask.keys()).filter((job) => pendingOf(problem, problem.jobTask[job]) === 0);
  sources.sort((a, b) => problem.jobReleaseMs[a] - problem.jobReleaseMs[b] || a - b);
  const maxGroups = Math.max(...processors.flatMap((processor) => processor.arrangements.map((arrangement) => arrangement.groups.length)));
  const maxSpeedup = Math.max(...processors.map((processor) => processor.groupSpeedup.length), 2);
  // With priority genes: the rank of gene 0, from which the kernel subtracts.
  const rank = problem.layout.priorityOffset === undefined ? priorityRanks(problem) : lowestGeneRanks(problem);
  const unitCount = pes.reduce((sum, pe) => sum + pe.units, 0);
  for (const value of [tasks.length, processors.length, pes.length, problem.jobTask.length, problem.instanceApplication.length, problem.edgeProducer.length, problem.layout.length, problem.layout.mappingOffset]) layout.count(value);
  for (const value of [sources.length, maxGroups, problem.contendedLinks ? 1 : 0, problem.layout.priorityOffset === undefined && rank.every((value) => value === 0) ? 1 : 0, maxSpeedup, unitCount, problem.layout.priorityOffset ?? -1]) layout.count(value);

  layout.place(repairTable(problem));
  layout.place(Float64Array.from(problem.baseTimeMs, (base, index) => base / processors[index % processors.length].basePerformance));
  layout.place(rank);
  layout.place(problem.jobTask);
  layout.place(Int32Array.from(problem.jobTask, (task, job) => problem.jobFirstOfInstance[job] - problem.applicationFirstTask[tasks[task].application]));
  layout.place(Float64Array.from(problem.jobReleaseMs, (release) => release + 0)); // no −0: the kernel compares times by their bits
  layout.place(Int32Array.from(problem.jobTask, (task) => pendingOf(problem, task)));
  layout.place(Int32Array.from(sources));
  layout.place(problem.producerFirstEdge);
  layout.place(Int32Array.from(problem.outgoingEdge, (edge) => problem.edgeConsumer[edge]));
  layout.place(transfersByOutgoingEdge(problem));
  layout.place(Int32Array.from([...problem.instanceFirstJob, problem.jobTask.length]));
  layout.place(problem.instanceReleaseMs);
  layout.place(Float64Array.from(problem.instanceApplication, (application) => problem.deadlineMs[application]));
  layout.place(Int32Array.from(pes, (pe) => pe.processor));
  layout.place(Int32Array.from(pes, (pe) => pe.indexInProcessor));
  layout.place(Int32Array.from(pes, (pe) => pe.units));
  layout.place(processorRecords(problem));
  layout.place(Float64Array.from(processors.flatMap((processor) => processor.operatingPoints.flatMap((point) => [point.timeFactor, point.activePowerMW, point.clusterPowerMW]))));
  layout.place(Int32Array.from(processors.flatMap((processor) => processor.arrangements.flatMap((arrangement, index) => [arrangement.groups.length, arrangement.activeCores, processor.highestPoint[index], 0]))));
  layout.place(Int32Array.from(processors.flatMap((processor) => processor.arrangements.flatMap((arrangement) => Array.from({ length: maxGroups }, (_, group) => arrangement.groups[group] ?? 1)))));
  layout.place(Float64Array.from(processors.flatMap((processor) => Array.from({ length: maxSpeedup }, (_, size) => processor.groupSpeedup[size] ?? 1))));
  layout.place(Int32Array.from(problem.layout.loci.slice(0, problem.layout.mappingOffset).flatMap((locus) => [locus.segment === 'frequency' ? 1 : 0, locus.subject, locus.cardinality])));
  layout.place(problem.edgeProducer);
  layout.place(problem.edgeConsumer);
  layout.place(problem.edgeBytes);
  layout.place(problem.linkEnergyPJPerByte);
  layout.place(Int32Array.from(tasks, (task) => problem.applicationInstances[task.application]));
  layout.place(Int32Array.from(processors.flatMap((processor) => [processor.defaultArrangement, processor.nominalPoint])));
}

/** Reserves everything the kernel writes, and the constant first unit of each element. */
function layoutWorkspace(problem: Problem, layout: MemoryLayout): { genes: number; metrics: number } {
  const tasks = problem.tasks.length;
  const jobs = problem.jobTask.length;
  const pes = problem.pes.length;
  const unitFirst = new Int32Array(pes + 1);
  for (const pe of problem.pes) unitFirst[pe.index + 1] = unitFirst[pe.index] + pe.units;
  layout.reserve(4 * tasks); // W_PE
  layout.reserve(8 * tasks); // W_DURATION
  layout.reserve(4 * jobs); // W_PENDING
  layout.reserve(8 * jobs); // W_READY
  layout.reserve(8 * jobs); // W_START
  layout.reserve(8 * jobs); // W_END
  layout.reserve(8 * pes); // W_PE_FACTOR
  layout.reserve(8 * pes); // W_PE_SPEEDUP
  layout.reserve(4 * pes); // W_PE_REMAP
  layout.reserve(4 * (pes + 1)); // W_HEAP_FIRST
  layout.reserve(16 * (jobs + 1)); // W_COMING
  layout.reserve(8 * pes); // W_COMING_ENDS
  layout.reserve(16 * jobs); // W_RUNNABLE
  layout.reserve(4 * pes); // W_RUNNABLE_SIZE
  layout.reserve(8 * pes); // W_CANDIDATE
  layout.reserve(8 * unitFirst[pes]); // W_UNIT_FREE
  layout.place(unitFirst); // W_UNIT_FIRST
  layout.reserve(8 * pes); // W_BUSY
  layout.reserve(8 * problem.processors.length); // W_CHOICE
  layout.reserve(8 * problem.processors.length ** 2); // W_LINK_FREE
  layout.reserve(16 * 3 * jobs); // W_EVENTS
  layout.reserve(4 * pes); // W_IDLE
  layout.reserve(4 * tasks); // W_RANK
  const genes = layout.reserve(KERNEL_BATCH * problem.layout.length); // W_GENES
  const metrics = layout.reserve(8 * KERNEL_BATCH * HEADLINE_METRIC_COUNT); // W_METRICS
  return { genes, metrics };
}

function pendingOf(problem: Problem, task: number): number {
  return problem.consumerFirstEdge[task + 1] - problem.consumerFirstEdge[task];
}

/** [T × N] the element that a mapping gene means for a task: itself, or the next one that can run it, cyclically. */
function repairTable(problem: Problem): Uint8Array {
  const { pes, tasks, processors } = problem;
  const table = new Uint8Array(tasks.length * pes.length);
  for (let task = 0; task < tasks.length; task++) {
    let next = 0;
    const runs = (pe: number): boolean => !Number.isNaN(problem.baseTimeMs[task * processors.length + pes[pe].processor]);
    while (!runs(next)) next++;
    for (let gene = pes.length - 1; gene >= 0; gene--) {
      if (runs(gene)) next = gene;
      table[task * pes.length + gene] = next;
    }
  }
  return table;
}

/** Transfer times [E × P × P] in the order of outgoing edges. */
function transfersByOutgoingEdge(problem: Problem): Float64Array {
  const pairs = problem.processors.length ** 2;
  const transfers = new Float64Array(problem.transferMs.length);
  problem.outgoingEdge.forEach((edge, position) => transfers.set(problem.transferMs.subarray(edge * pairs, (edge + 1) * pairs), position * pairs));
  return transfers;
}

/** [P] records of 64 bytes; see PROCESSOR_SIZE in assembly/kernel.ts. */
function processorRecords(problem: Problem): Uint8Array {
  const records = new DataView(new ArrayBuffer(64 * problem.processors.length));
  let firstPoint = 0;
  let firstArrangement = 0;
  problem.processors.forEach((processor, index) => {
    [processor.firstPe, processor.peCount, processor.dispatch === 'pooled' ? 1 : 0, processor.coreCount, firstPoint, firstArrangement].forEach((value, field) => records.setInt32(64 * index + 4 * field, value, true));
    [processor.idlePowerMW, processor.offPowerMW, processor.maxUtilization].forEach((value, field) => records.setFloat64(64 * index + 32 + 8 * field, value, true));
    firstPoint += processor.operatingPoints.length;
    firstArrangement += processor.arrangements.length;
  });
  return new Uint8Array(records.buffer);
}

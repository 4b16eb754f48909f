/**
 * Writes the calls of a genome (call-decoder.ts) into the kernel's tables, in place of those of the layers: as many tasks as there are calls,
 * their cuts as edges, and instances with jobs for them. The kernel then decodes, simulates and measures calls as it does layers.
 *
 * Elements and ranks are decided by then, so only what they come to is written: of durations the column, and of edges the transfer, that is
 * read. Jobs of calls are in the order of their lowest layers, so that ties break as in the reference.
 */
import { groupSizeOf } from '#shared/scheduling/decode.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { roundUpToTick } from '#shared/scheduling/rounding.ts';
import type { CallDecoder } from './call-decoder.ts';
import { JOB_SIZE, type KernelAddresses } from './memory-layout.ts';

export interface CallCounts {
  readonly jobs: number;
  readonly sources: number;
  readonly edges: number;
}

export class CallTables {
  readonly counts: { -readonly [Count in keyof CallCounts]: CallCounts[Count] } = { jobs: 0, sources: 0, edges: 0 };
  /** [I] the first job of each instance. */
  readonly firstJob: Int32Array;
  readonly #problem: Problem;
  readonly #decoder: CallDecoder;
  readonly #addresses: KernelAddresses;
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  /** Doubles of an edge's record and of one of its energy. */
  readonly #edgeSize: number;
  readonly #energySize: number;
  /** [A] the first instance of each application; [I] instances by release, and these releases at the tick, ms. */
  readonly #firstInstance: Int32Array;
  readonly #byRelease: Int32Array;
  readonly #releaseMs: Float64Array;
  /** [N] columns of durations of this genome, and group sizes. */
  readonly #column: Int32Array;
  readonly #groupSize: Int32Array;
  /** [P × (cores + 1)] column of each group size at the lowest operating point, and columns from one point to the next. */
  readonly #sizeColumn: readonly Int32Array[];
  readonly #pointColumns: Int32Array;
  /** [C] where the records of a call's outgoing edges begin. */
  readonly #firstOut: Int32Array;
  readonly #nextOut: Int32Array;

  constructor(problem: Problem, decoder: CallDecoder, addresses: KernelAddresses, memory: ArrayBuffer) {
    const P = problem.processors.length;
    const T = problem.tasks.length;
    this.#problem = problem;
    this.#decoder = decoder;
    this.#addresses = addresses;
    this.#bytes = new Uint8Array(memory);
    this.#words = new Int32Array(memory);
    this.#doubles = new Float64Array(memory);
    this.#edgeSize = 1 + P;
    this.#energySize = 1 + P * P;
    const { instanceApplication, instanceReleaseMs, dispatchTickMs } = problem;
    this.firstJob = new Int32Array(instanceApplication.length);
    this.#firstInstance = Int32Array.from(problem.applicationInstances, (_, a) => instanceApplication.indexOf(a));
    // −0 would come after everything by its bits.
    this.#releaseMs = instanceReleaseMs.map((release) => roundUpToTick(release, dispatchTickMs) + 0);
    this.#byRelease = Int32Array.from(instanceReleaseMs.keys()).sort(
      (a, b) => this.#releaseMs[a] - this.#releaseMs[b] || a - b,
    );
    this.#column = new Int32Array(problem.pes.length);
    this.#groupSize = new Int32Array(problem.pes.length);
    const { columnOf, repair } = addresses.tables;
    this.#sizeColumn = problem.processors.map(({ index, coreCount }) =>
      Int32Array.from({ length: coreCount + 1 }, (_, size) => columnOf(index, 0, size)),
    );
    this.#pointColumns = Int32Array.from(
      problem.processors,
      ({ index }) => columnOf(index, 1, 1) - columnOf(index, 0, 1),
    );
    this.#firstOut = new Int32Array(T + 1);
    this.#nextOut = new Int32Array(T + 1);
    // Each call is where it is put.
    for (let task = 0; task < T; task++)
      problem.pes.forEach(({ index }) => (this.#bytes[repair + task * problem.pes.length + index] = index));
  }

  /** Decodes `genes` and writes its tables. @throws WorkbenchError `genome.invalid` */
  write(genes: Uint8Array): void {
    this.#decoder.decode(genes);
    const { mapping } = this.#problem.layout.offsetOf;
    const at = this.#addresses.genes;
    for (let locus = 0; locus < mapping; locus++) this.#bytes[at + locus] = genes[locus];
    for (let call = 0; call < this.#decoder.calls; call++) this.#bytes[at + mapping + call] = this.#decoder.peOf[call];
    this.#writeInstances();
    this.#writeTasks();
    this.#writeEdges();
    this.#writeSources();
  }

  #writeInstances(): void {
    const { instanceApplication } = this.#problem;
    const { firstCall } = this.#decoder;
    const { jobs, tables } = this.#addresses;
    let job = 0;
    for (let instance = 0; instance < instanceApplication.length; instance++) {
      const application = instanceApplication[instance];
      const calls = firstCall[application + 1] - firstCall[application];
      this.firstJob[instance] = job;
      const at = (tables.instances >> 2) + 8 * instance;
      this.#words[at] = jobs + JOB_SIZE * job;
      this.#words[at + 1] = jobs + JOB_SIZE * this.firstJob[this.#firstInstance[application]];
      this.#words[at + 2] = firstCall[application];
      this.#words[at + 3] = calls;
      job += calls;
    }
    this.counts.jobs = job;
  }

  /** Durations, ranks and numbers of inputs. */
  #writeTasks(): void {
    const problem = this.#problem;
    const decoder = this.#decoder;
    const { tables } = this.#addresses;
    const { processors, pes } = problem;
    for (const { index, processor } of pes) {
      const size = groupSizeOf(problem, decoder, index);
      this.#groupSize[index] = size;
      this.#column[index] =
        this.#sizeColumn[processor][size] + decoder.operatingPoint[processor] * this.#pointColumns[processor];
    }
    for (let call = 0; call < decoder.calls; call++) {
      const pe = decoder.peOf[call];
      const { processor } = pes[pe];
      const model = processors[processor];
      // As taskDurationMs.
      const durationMs =
        (decoder.baseMs[call] / model.basePerformance / model.groupSpeedup[this.#groupSize[pe]]) *
        model.operatingPoints[decoder.operatingPoint[processor]].timeFactor;
      this.#doubles[(tables.durations >> 3) + call * tables.columns + this.#column[pe]] = durationMs + 0;
      this.#words[(tables.rank >> 2) + call] = decoder.rank[call];
      this.#words[(tables.tasks >> 2) + 4 * call] = decoder.entering[call];
    }
  }

  /** Records of the cuts by their producers, and what their transfers cost by their consumers. */
  #writeEdges(): void {
    const decoder = this.#decoder;
    const { pes, processors, transferMs, edgeBytes, linkEnergyPJPerByte, applicationInstances, tasks } = this.#problem;
    const { jobs, tables } = this.#addresses;
    const P = processors.length;
    const { calls, cutCount, cutProducer, cutConsumer, cutEdge, peOf, firstCall, members, firstMember } = decoder;
    const first = this.#firstOut;
    for (let call = 0; call <= calls; call++) first[call] = 0;
    for (let cut = 0; cut < cutCount; cut++) first[cutProducer[cut] + 1]++;
    for (let call = 0; call < calls; call++) {
      first[call + 1] += first[call];
      this.#nextOut[call] = first[call];
    }
    const edges = tables.edges >> 3;
    const energy = tables.energy >> 3;
    for (let cut = 0; cut < cutCount; cut++) {
      const producer = cutProducer[cut];
      const consumer = cutConsumer[cut];
      const edge = cutEdge[cut];
      const from = pes[peOf[producer]].processor;
      const to = pes[peOf[consumer]].processor;
      const record = edges + this.#nextOut[producer]++ * this.#edgeSize;
      this.#words[2 * record] = (consumer - producer) * JOB_SIZE;
      this.#doubles[record + 1 + to] = transferMs[(edge * P + from) * P + to] + 0;
      if (energy === 0) continue;
      const { application } = tasks[members[firstMember[consumer]]];
      const job = this.firstJob[this.#firstInstance[application]] - firstCall[application];
      const costs = energy + cut * this.#energySize;
      this.#words[2 * costs] = jobs + JOB_SIZE * (job + producer);
      this.#words[2 * costs + 1] = jobs + JOB_SIZE * (job + consumer);
      const pair = from * P + to;
      this.#doubles[costs + 1 + pair] =
        from === to ? 0 : edgeBytes[edge] * linkEnergyPJPerByte[pair] * applicationInstances[application];
    }
    for (let call = 0; call < calls; call++) {
      const at = (tables.tasks >> 2) + 4 * call;
      this.#words[at + 2] = tables.edges + 8 * this.#edgeSize * first[call];
      this.#words[at + 3] = tables.edges + 8 * this.#edgeSize * first[call + 1];
    }
    this.counts.edges = cutCount;
  }

  /** The calls without inputs, by release. */
  #writeSources(): void {
    const { instanceApplication } = this.#problem;
    const { firstCall, entering } = this.#decoder;
    const { jobs, tables } = this.#addresses;
    let sources = 0;
    for (let place = 0; place < this.#byRelease.length; place++) {
      const instance = this.#byRelease[place];
      const application = instanceApplication[instance];
      const first = firstCall[application];
      for (let call = first; call < firstCall[application + 1]; call++) {
        if (entering[call] !== 0) continue;
        const record = tables.sources + 16 * sources++;
        this.#doubles[record >> 3] = this.#releaseMs[instance];
        this.#words[(record >> 2) + 2] = jobs + JOB_SIZE * (this.firstJob[instance] + call - first);
      }
    }
    this.counts.sources = sources;
  }
}

/** Loads the WebAssembly kernel for one problem: lays its arrays out in linear memory and evaluates genomes in batches. */
import { HEADLINE_METRIC_COUNT } from '#shared/domain/metrics.ts';
import { createEvaluator, evaluatorOfCalls, type Evaluator } from '#shared/scheduling/evaluate.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { decodeGenome } from '#shared/scheduling/decode.ts';
import { executedSchedule } from '#shared/scheduling/executed-schedule.ts';
import { responseTimes } from '#shared/scheduling/metrics.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import { kernelWasm } from './kernel-wasm.ts';
import { CallDecoder, hasCallDecoder } from './call-decoder.ts';
import { CallTables } from './call-tables.ts';
import {
  decidesCalls,
  JOB_SIZE,
  layOutProblem,
  MemoryLayout,
  STREAM_SIZE,
  type KernelAddresses,
} from './memory-layout.ts';

/** Genomes handed to the kernel at once. */
export const KERNEL_BATCH = 64;

const PAGE = 65_536;

interface KernelExports {
  readonly memory: WebAssembly.Memory;
  firstFreeAddress(): number;
  configure(tickMs: number): void;
  evaluateBatch(count: number): number;
  evaluateUntil(limitMs: number): number;
  executeCalls(jobs: number, sources: number, edges: number): void;
}

/**
 * A kernel's own genome, evaluated in place, with the schedule that came of it: for searches that change few genes at a
 * time.
 */
export interface EvaluationBench {
  /** [layout.length] the genome: written by the caller. */
  readonly genes: Uint8Array;
  /** [HEADLINE_METRIC_COUNT] of the last evaluation that was not given up. */
  readonly metrics: Float64Array;
  /**
   * Simulates `genes`, but gives up as soon as the makespan is bound to exceed `limitMs` (by more than rounding).
   * @returns false when it was given up: then `metrics` and the schedule say nothing
   * @throws WorkbenchError `genome.invalid`
   */
  evaluateUntil(limitMs: number): boolean;
  /** [J × 4] of the schedule: the end of job j at 4j, its duration at 4j + 2, ms. */
  readonly jobs: Float64Array;
  /** [J] the job that started before on the same element, −1: none. Of pools it says only who started before. */
  readonly previousJobs: Int32Array;
}

export interface Kernel extends Evaluator {
  /**
   * Evaluates `genomes[first … first + count − 1]` and writes `HEADLINE_METRIC_COUNT` metrics of each to `out`, from index 0.
   * The same bits as the reference evaluator.
   * @throws WorkbenchError `genome.invalid`
   */
  evaluateBatch(genomes: readonly Uint8Array[], first: number, count: number, out: Float64Array): void;
  /**
   * The same for consecutive genomes in `genes`: evaluates number `first … first + count − 1` and writes the metrics
   * of genome i to `out` from index i × `HEADLINE_METRIC_COUNT` on. Both may be views of memory shared between threads.
   * @throws WorkbenchError `genome.invalid`
   */
  evaluatePacked(genes: Uint8Array, first: number, count: number, out: Float64Array): void;
  /**
   * Response time of each application instance under `genes`, [I] in the order of the problem's instances, ms, NaN where it was dropped; the same bits as the
   * reference's `responseTimes`. The array is written again by the next call.
   * @throws WorkbenchError `genome.invalid`
   */
  responses(genes: Uint8Array): Float64Array;
  /** Shares its memory with the evaluations above: each one overwrites it. */
  readonly bench: EvaluationBench;
}

let compiled: WebAssembly.Module | undefined;

/** An instance of the kernel for `problem`, with a memory of its own. */
export function createKernel(problem: Problem): Kernel {
  if (decidesCalls(problem)) return hasCallDecoder(problem) ? kernelOfCalls(problem) : kernelOfPartitions(problem);
  const { exports, addresses } = instantiate(problem);

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

  const bench: EvaluationBench = {
    genes: genes.subarray(0, loci),
    metrics: metrics.subarray(0, HEADLINE_METRIC_COUNT),
    jobs: new Float64Array(exports.memory.buffer, addresses.jobs, (problem.jobTask.length * JOB_SIZE) / 8),
    previousJobs: new Int32Array(exports.memory.buffer, addresses.previousJobs, problem.jobTask.length),
    evaluateUntil(limitMs) {
      const result = exports.evaluateUntil(limitMs);
      if (result === 0) decodeGenome(problem, bench.genes.slice());
      return result === 1;
    },
  };

  const responseMs = new Float64Array(problem.instanceApplication.length);
  const streams =
    addresses.streams === 0
      ? undefined
      : new DataView(exports.memory.buffer, addresses.streams, STREAM_SIZE * responseMs.length);
  return {
    bench,
    responses(genome) {
      loadGenome(genome, 0);
      evaluateLoaded(1);
      return streams === undefined
        ? readResponses(problem, bench.jobs, problem.instanceFirstJob, problem.jobTask.length, responseMs)
        : responsesOfStreams(problem, bench.jobs, streams, responseMs);
    },
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

/** An instance of the kernel with the tables of `problem` in its memory. */
function instantiate(problem: Problem): { readonly exports: KernelExports; readonly addresses: KernelAddresses } {
  compiled ??= new WebAssembly.Module(kernelWasm());
  const exports = new WebAssembly.Instance(compiled, { env: { abort } }).exports as unknown as KernelExports;
  const layout = new MemoryLayout(exports.firstFreeAddress());
  const addresses = layOutProblem(problem, layout, KERNEL_BATCH);
  exports.memory.grow(Math.max(0, Math.ceil((layout.end - exports.memory.buffer.byteLength) / PAGE)));
  layout.writeTo(exports.memory.buffer);
  exports.configure(problem.dispatchTickMs);
  return { exports, addresses };
}

/** As the reference's `responseTimes`. @param jobs see `EvaluationBench` @param firstJob [I] of each instance @param count of jobs */
function readResponses(
  { instanceReleaseMs }: Problem,
  jobs: Float64Array,
  firstJob: Int32Array,
  count: number,
  responseMs: Float64Array,
): Float64Array {
  for (let instance = 0; instance < responseMs.length; instance++) {
    const end = instance + 1 < responseMs.length ? firstJob[instance + 1] : count;
    let finish = 0;
    for (let job = firstJob[instance]; job < end; job++) if (jobs[4 * job] > finish) finish = jobs[4 * job];
    responseMs[instance] = Math.max(0, finish - instanceReleaseMs[instance]);
  }
  return responseMs;
}

/** The same where others release instances, and NaN for those that were dropped. @param streams the records of instances */
function responsesOfStreams(
  { instanceFirstJob, jobTask }: Problem,
  jobs: Float64Array,
  streams: DataView,
  responseMs: Float64Array,
): Float64Array {
  for (let instance = 0; instance < responseMs.length; instance++) {
    const record = STREAM_SIZE * instance;
    const end = instance + 1 < responseMs.length ? instanceFirstJob[instance + 1] : jobTask.length;
    let finish = 0;
    for (let job = instanceFirstJob[instance]; job < end; job++) if (jobs[4 * job] > finish) finish = jobs[4 * job];
    const hasRun = streams.getInt32(record + 44, true) === 1;
    responseMs[instance] = hasRun ? Math.max(0, finish - streams.getFloat64(record + 80, true)) : Number.NaN;
  }
  return responseMs;
}

/** For genomes that cut the applications into subgraphs: each is decoded in JavaScript into the kernel's tables, which then has its calls. */
function kernelOfCalls(problem: Problem): Kernel {
  const { exports, addresses } = instantiate(problem);
  const loci = problem.layout.length;
  const tables = new CallTables(problem, new CallDecoder(problem), addresses, exports.memory.buffer);
  const metrics = new Float64Array(exports.memory.buffer, addresses.metrics, HEADLINE_METRIC_COUNT);
  const jobs = new Float64Array(exports.memory.buffer, addresses.jobs, (problem.jobTask.length * JOB_SIZE) / 8);
  const responseMs = new Float64Array(problem.instanceApplication.length);
  const evaluateInPlace = (genes: Uint8Array): void => {
    tables.write(genes);
    const { counts } = tables;
    exports.executeCalls(counts.jobs, counts.sources, counts.edges);
    if (exports.evaluateBatch(1) !== 1) throw new Error('the kernel refuses calls that were decoded for it');
  };
  const copyMetrics = (out: Float64Array, position: number): void => {
    for (let i = 0; i < HEADLINE_METRIC_COUNT; i++) out[position * HEADLINE_METRIC_COUNT + i] = metrics[i];
  };
  return {
    responses(genes) {
      evaluateInPlace(genes);
      return readResponses(problem, jobs, tables.firstJob, tables.counts.jobs, responseMs);
    },
    evaluate(genes) {
      evaluateInPlace(genes);
      return metrics.slice();
    },
    evaluateBatch(genomes, first, count, out) {
      for (let i = 0; i < count; i++) {
        evaluateInPlace(genomes[first + i]);
        copyMetrics(out, i);
      }
    },
    evaluatePacked(packed, first, count, out) {
      for (let next = first; next < first + count; next++) {
        evaluateInPlace(packed.subarray(next * loci, (next + 1) * loci));
        copyMetrics(out, next);
      }
    },
    get bench(): never {
      throw noCommonBench();
    },
  };
}

function noCommonBench(): Error {
  return new Error('genomes that decide their subgraphs have no common schedule to change in place');
}

/**
 * The same where calls cannot be decoded so (more than 31 processors, streams, contended chains of links): a kernel for each partition that
 * comes up, or the reference where genes are about priorities of applications.
 */
function kernelOfPartitions(problem: Problem): Kernel {
  const loci = problem.layout.length;
  const { evaluate } = evaluatorOfCalls(problem, (executed) =>
    decidesCalls(executed) ? createEvaluator(executed) : createKernel(executed),
  );
  return {
    responses(genes) {
      const { problem: executed, assignment } = executedSchedule(problem, genes);
      return responseTimes(executed, simulate(executed, assignment));
    },
    evaluate,
    evaluateBatch(genomes, first, count, out) {
      for (let i = 0; i < count; i++) out.set(evaluate(genomes[first + i]), i * HEADLINE_METRIC_COUNT);
    },
    evaluatePacked(packed, first, count, out) {
      for (let i = 0; i < count; i++)
        out.set(
          evaluate(packed.slice((first + i) * loci, (first + i + 1) * loci)),
          (first + i) * HEADLINE_METRIC_COUNT,
        );
    },
    get bench(): never {
      throw noCommonBench();
    },
  };
}

function abort(): never {
  throw new Error('the evaluation kernel aborted');
}

/**
 * The kernel's memory: what the loader (../kernel.ts) lays out once per problem, and the records that each evaluation works on.
 *
 * At address HEADER stands a table of i32, counts and addresses, which `readHeader` takes over in the order it was written. All times
 * are f64 milliseconds and never negative nor −0, so that they are compared as i64, by their bits.
 */

export const HEADER: usize = 1024;
const HEADER_WORDS: usize = 96;

// Records, each field at its offset in bytes.

/**
 * [J] A job: f64 ready (its end once started), i32 dependencies to come, u16 element (offset of its record), u16
 * processor × 8, f64 duration (end − start once started), u32 first and last outgoing edge.
 */
export const JOB_SIZE: usize = 32;
/** [T] i32 dependencies, i32 0, u32 first and last outgoing edge, as if from processor 0. */
export const TASK_SIZE: usize = 16;
/**
 * [N] An element: i64 when it can next start a job (NEVER: it has none), f64 when its first unit is free, u32 first
 * and end of its queue of coming jobs, u32 heap of its units' free times, i32 units.
 */
export const ELEMENT_SIZE: usize = 32;
/**
 * [N] What a mapping gene means in this genome: i32 element and processor as in a job, i32 offset of the durations
 * column, i64 offset of outgoing edges (in both halves).
 */
export const CHOICE_SIZE: usize = 16;
/** A job in a queue or heap: f64 ready, u32 job, i32 rank. */
export const ENTRY_SIZE: usize = 16;
/** f64 time, i32 kind, u32 job. */
export const EVENT_SIZE: usize = 16;
/** [I] u32 first job, u32 first job of the application's first instance, i32 first task, i32 tasks, f64 release, f64 deadline (NaN: none). */
export const INSTANCE_SIZE: usize = 32;
/** [S] Jobs without dependencies by release: f64 release, u32 job, i32 task. */
export const SOURCE_SIZE: usize = 16;
/** [P] i32 firstPe, peCount, pooled, coreCount, firstPoint, firstArrangement, firstColumn, columns per point; f64 idle, off, maxUtilization, –. */
export const PROCESSOR_SIZE: usize = 64;
/** f64 timeFactor, activePower, clusterPower. */
export const POINT_SIZE: usize = 24;
/** i32 groups, activeCores, highestPoint, –. */
export const ARRANGEMENT_SIZE: usize = 16;
/** i32 size, i32 column within the point. */
export const GROUP_SIZE: usize = 8;
/**
 * [I] An instance, where there are streams: u32 first job, i32 jobs, u32 first and end of the instances it releases (u32 addresses of their
 * records), u32 first and end of its source jobs (i32 offsets from the first job), i32 whether late instances are dropped, u32 record of
 * the instance of its application before it (0: none), i32 number of its release, u32 where the instances of its application that ran are
 * counted; then, as it is simulated: i32 jobs whose end is not known, i32 state (streams.ts), f64 last end so far, f64 from when on it is
 * too late to start; f64 that time as the clock sets it (Infinity: never), f64 release by the clock, f64 release; 8 bytes –.
 */
export const STREAM_SIZE: usize = 96;
/** i32 isFrequency, processor, cardinality. */
export const LOCUS_SIZE: usize = 12;

/** Later than any time: the bits of the largest double. */
export const NEVER: i64 = 0x7fefffffffffffff;

export let loci: i32 = 0, mappingOffset: i32 = 0, priorityOffset: i32 = 0;
export let processors: i32 = 0, pes: i32 = 0, jobs: i32 = 0, instances: i32 = 0, edges: i32 = 0, sources: i32 = 0;
export let maxGroups: i32 = 0, contended: bool = false, ranked: bool = false;
export let columns: i32 = 0, edgeSize: usize = 0, edgeTableSize: u32 = 0;
/** The dispatch tick, ms; 0: none. */
export let tick: f64 = 0;
/** Whether there are streams, and whether they may drop instances. */
export let streams: bool = false, droppable: bool = false;
/** Links and buses; whether what transfers occupy is looked up in `routeTable`; hops over all ways. */
export let channels: i32 = 0, routed: bool = false, hops: i32 = 0;

// Tables the loader fills.
export let locusTable: usize = 0, defaultTable: usize = 0, processorTable: usize = 0, pointTable: usize = 0, arrangementTable: usize = 0, groupTable: usize = 0;
/** [T × N] u8 the element a mapping gene means, before cores are switched off; [T × C] f64 durations; [T] i32 ranks. */
export let repairTable: usize = 0, durationTable: usize = 0, rankTable: usize = 0, taskTable: usize = 0;
/** [P × E] outgoing edges by processor of their producer: i32 consumer's record − producer's, i32 –, [P] f64 transfer times. */
export let edgeTable: usize = 0;
/** [E] edges by consumer where transfers cost energy: u32 producer, u32 consumer, [P × P] f64 energy of all instances, pJ; 0 where they cost none. */
export let energyTable: usize = 0;
export let instanceTable: usize = 0, sourceTable: usize = 0, peProcessor: usize = 0, peUnits: usize = 0;

// Workspace. [N] u32 heap of each element's ready jobs and i32 their number; the queues and the heaps have room for every job of their element.
export let jobTable: usize = 0, elementTable: usize = 0, choiceTable: usize = 0, processorChoice: usize = 0;
export let queueTable: usize = 0, heapTable: usize = 0, queueCounts: usize = 0;
export let jobRanks: usize = 0, runnableHeaps: usize = 0, runnableSizes: usize = 0, unitTable: usize = 0, busyTimes: usize = 0, linkFree: usize = 0;
export let eventTable: usize = 0, idleUnits: usize = 0, genomes: usize = 0, metricTable: usize = 0;

// For evaluations up to a limit (limit.ts).
/** [T] consumers before producers: u32 job of the first instance, u32 offset of the task's tail, f64 instances. */
export let backwardTable: usize = 0;
/** [J] u32 offset of the tail of the job's task. */
export let tailOffsets: usize = 0;
/** [T] f64 tails; [N] f64 work still to start and least tail; [J] i32 job before on the same unit, −1: none; [N] i32 the last job started. */
export let tails: usize = 0, workToStart: usize = 0, leastTails: usize = 0, previousJobs: usize = 0, lastJobs: usize = 0;
export let tasks: i32 = 0;

/** [P × P + 1] i32 first hop of each way, then [H] u32 8 × channel; [P × E × H] f64 hop times, in the order of `edgeTable`, 0: those of the edges. */
export let routeTable: usize = 0, hopTable: usize = 0;
/** [I] streams, and [J] u32 the record of each job's instance. */
export let streamTable: usize = 0, jobInstances: usize = 0;

let cursor: usize = 0;
function next(): i32 {
  const value = load<i32>(cursor);
  cursor += 4;
  return value;
}

/** First address the loader may use. */
export function firstFreeAddress(): usize {
  return HEADER + 4 * HEADER_WORDS;
}

/** Takes over the header, in the order of `layOutProblem` in ../memory-layout.ts. */
export function configure(tickMs: f64): void {
  tick = tickMs;
  cursor = HEADER;
  loci = next(); mappingOffset = next(); priorityOffset = next();
  processors = next(); pes = next(); jobs = next(); instances = next(); edges = next(); sources = next();
  maxGroups = next(); contended = next() != 0; ranked = next() != 0;
  columns = next(); edgeSize = 8 + 8 * processors; edgeTableSize = <u32>(edges * <i32>edgeSize);
  locusTable = next(); defaultTable = next(); processorTable = next(); pointTable = next(); arrangementTable = next(); groupTable = next();
  repairTable = next(); durationTable = next(); rankTable = next(); taskTable = next(); edgeTable = next(); energyTable = next();
  instanceTable = next(); sourceTable = next(); peProcessor = next(); peUnits = next();
  jobTable = next(); elementTable = next(); choiceTable = next(); processorChoice = next(); queueTable = next(); heapTable = next(); queueCounts = next();
  jobRanks = next(); runnableHeaps = next(); runnableSizes = next(); unitTable = next(); busyTimes = next(); linkFree = next();
  eventTable = next(); idleUnits = next();
  tasks = next(); backwardTable = next(); tailOffsets = next();
  tails = next(); workToStart = next(); leastTails = next(); previousJobs = next(); lastJobs = next();
  genomes = next(); metricTable = next();
  channels = next(); routed = next() != 0; hops = next(); routeTable = next(); hopTable = next();
  streams = next() != 0; droppable = next() != 0; streamTable = next(); jobInstances = next();
}

/**
 * Says how many jobs, jobs without dependencies and edges there are, where these tables are written again for each genome (../call-tables.ts). Then
 * edges have one record each, for the processor that their producer is on.
 */
export function executeCalls(jobCount: i32, sourceCount: i32, edgeCount: i32): void {
  jobs = jobCount;
  sources = sourceCount;
  edges = edgeCount;
  edgeTableSize = 0;
}

@inline export function i32At(base: usize, index: i32): i32 {
  return load<i32>(base + (<usize>index << 2));
}
@inline export function putI32(base: usize, index: i32, value: i32): void {
  store<i32>(base + (<usize>index << 2), value);
}
@inline export function f64At(base: usize, index: i32): f64 {
  return load<f64>(base + (<usize>index << 3));
}
@inline export function putF64(base: usize, index: i32, value: f64): void {
  store<f64>(base + (<usize>index << 3), value);
}
/** Element of a job: the offset of its record. */
@inline export function elementOf(job: usize): u32 {
  return load<u16>(job, 12);
}
/** Processor of a job, × 8. */
@inline export function processorOf(job: usize): u32 {
  return load<u16>(job, 14);
}
/** Rank of a job among those that are ready; lower is first. */
@inline export function rankOf(job: usize): i32 {
  return ranked ? load<i32>(jobRanks + ((job - jobTable) >> 3)) : 0;
}

/** Copies a record of 16 bytes; `memory.copy` would be a call. */
@inline export function moveRecord(to: usize, from: usize): void {
  v128.store(to, v128.load(from));
}

/** The later of two times, without a branch: `Math.max` of doubles cost a quarter of the run time in mispredictions. */
@inline export function later(a: i64, b: i64): i64 {
  return select<i64>(a, b, a > b);
}

/** The rule of src-shared/scheduling/rounding.ts. */
export const TOLERANCE: f64 = 1e-9;

/** As the reference's `roundUpToTick`. */
@inline export function roundUpToTick(time: f64): f64 {
  if (!(tick > 0)) return time;
  const ticks = time / tick;
  return max(0.0, Math.ceil(ticks - ticks * 1e-15 - TOLERANCE)) * tick;
}

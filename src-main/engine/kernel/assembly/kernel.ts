/**
 * The evaluation kernel: decodes, simulates and measures a batch of genomes with exactly the semantics (and bits) of the reference
 * simulator in src-shared/scheduling, allocating nothing. AssemblyScript, compiled to WebAssembly.
 *
 * Memory: the loader (../kernel.ts) lays out every array once per problem and writes its address into the header, a table of i32
 * at address HEADER in the order of the constants below. All times are f64 milliseconds.
 *
 * Two ways to simulate. The eager way hands a job's outputs to its consumers when it starts, since its end is then known: no event
 * queue, only, per processing element, a queue of its coming jobs by (ready, job) and, where priorities differ, a heap of its ready
 * jobs by (rank, ready, job). The queue is a sorted array that grows at its end: a new job is mostly the latest, and taking the first
 * needs no comparison (a binary heap takes 1.3 times as long). It picks the element that can start next, by a scan. This is exact as long as every job takes time and
 * transfers do not contend. Otherwise the event way, the reference's event queue, is used; the eager way notices a job that takes no
 * time and gives up in favour of it.
 */

// Header: addresses (a…) and counts.
const TASKS = 0, PROCESSORS = 1, PES = 2, JOBS = 3, INSTANCES = 4, EDGES = 5, LOCI = 6, MAPPING_OFFSET = 7;
const SOURCES = 8, MAX_GROUPS = 9, CONTENDED = 10, UNIFORM_RANK = 11, MAX_SPEEDUP = 12, UNIT_COUNT = 13, PRIORITY_OFFSET = 14;
const A_REPAIR = 15, A_QUOTIENT = 16, A_RANK = 17, A_JOB_TASK = 18, A_JOB_OFFSET = 19, A_RELEASE = 20, A_PENDING0 = 21, A_SOURCE = 22;
const A_FIRST_OUT = 23, A_OUT_CONSUMER = 24, A_OUT_TRANSFER = 25, A_INSTANCE_FIRST = 26, A_INSTANCE_RELEASE = 27, A_INSTANCE_DEADLINE = 28;
const A_PE_PROCESSOR = 29, A_PE_INDEX = 30, A_PE_UNITS = 31, A_PROCESSOR = 32, A_POINT = 33, A_ARRANGEMENT = 34, A_GROUPS = 35, A_SPEEDUP = 36;
const A_LOCUS = 37, A_EDGE_PRODUCER = 38, A_EDGE_CONSUMER = 39, A_EDGE_BYTES = 40, A_LINK_ENERGY = 41, A_TASK_INSTANCES = 42, A_DEFAULTS = 43;
// Workspace.
const W_PE = 44, W_DURATION = 45, W_PENDING = 46, W_READY = 47, W_START = 48, W_END = 49, W_PE_FACTOR = 50, W_PE_SPEEDUP = 51, W_PE_REMAP = 52;
const W_HEAP_FIRST = 53, W_COMING = 54, W_COMING_ENDS = 55, W_RUNNABLE = 56, W_RUNNABLE_SIZE = 57, W_CANDIDATE = 58, W_UNIT_FREE = 59, W_UNIT_FIRST = 60;
const W_BUSY = 61, W_CHOICE = 62, W_LINK_FREE = 63, W_EVENTS = 64, W_IDLE = 65, W_RANK = 66, W_GENES = 67, W_METRICS = 68;
const HEADER: usize = 1024;

// Records.
const PROCESSOR_SIZE: usize = 64; // i32 firstPe, peCount, pooled, coreCount, firstPoint, firstArrangement, – , –; f64 idle, off, maxUtilization, –
const POINT_SIZE: usize = 24; // f64 timeFactor, activePower, clusterPower
const ARRANGEMENT_SIZE: usize = 16; // i32 groups, activeCores, highestPoint, –
const LOCUS_SIZE: usize = 12; // i32 isFrequency, processor, cardinality
const ENTRY_SIZE: usize = 16; // f64 ready; i32 job; i32 rank
const EVENT_SIZE: usize = 16; // f64 time; i32 kind; i32 job

/** As in src-shared/scheduling/metrics.ts. */
const LIMIT_TOLERANCE: f64 = 1e-9;

let tasks: i32 = 0, processors: i32 = 0, pes: i32 = 0, jobs: i32 = 0, instances: i32 = 0, edges: i32 = 0, mappingOffset: i32 = 0, loci: i32 = 0;
let priorityOffset: i32 = 0;
let sources: i32 = 0, maxGroups: i32 = 0, maxSpeedup: i32 = 0;
let contended: bool = false, uniformRank: bool = false, hasLinkEnergy: bool = false;
let tick: f64 = 0;
let repair: usize = 0, quotient: usize = 0, rank: usize = 0, jobTask: usize = 0, jobOffset: usize = 0, release: usize = 0, pending0: usize = 0, source: usize = 0;
let firstOut: usize = 0, outConsumer: usize = 0, outTransfer: usize = 0, instanceFirst: usize = 0, instanceRelease: usize = 0, instanceDeadline: usize = 0;
let peProcessor: usize = 0, peIndex: usize = 0, peUnits: usize = 0, processorTable: usize = 0, pointTable: usize = 0, arrangementTable: usize = 0, groupTable: usize = 0, speedupTable: usize = 0;
let locusTable: usize = 0, edgeProducer: usize = 0, edgeConsumer: usize = 0, edgeBytes: usize = 0, linkEnergy: usize = 0, taskInstances: usize = 0, defaults: usize = 0;
let wPe: usize = 0, wDuration: usize = 0, wPending: usize = 0, wReady: usize = 0, wStart: usize = 0, wEnd: usize = 0, wPeFactor: usize = 0, wPeSpeedup: usize = 0, wPeRemap: usize = 0;
let wHeapFirst: usize = 0, wComing: usize = 0, wComingEnds: usize = 0, wRunnable: usize = 0, wRunnableSize: usize = 0, wCandidate: usize = 0, wUnitFree: usize = 0, wUnitFirst: usize = 0;
let wBusy: usize = 0, wChoice: usize = 0, wLinkFree: usize = 0, wEvents: usize = 0, wIdle: usize = 0, wRank: usize = 0, wGenes: usize = 0, wMetrics: usize = 0;
let eventCount: i32 = 0;

/** First address the loader may use. */
export function firstFreeAddress(): usize {
  return HEADER + 4 * 128;
}

@inline function header(index: i32): i32 {
  return load<i32>(HEADER + (<usize>index << 2));
}
@inline function address(index: i32): usize {
  return <usize>header(index);
}
@inline function i32At(base: usize, index: i32): i32 {
  return load<i32>(base + (<usize>index << 2));
}
@inline function putI32(base: usize, index: i32, value: i32): void {
  store<i32>(base + (<usize>index << 2), value);
}
@inline function f64At(base: usize, index: i32): f64 {
  return load<f64>(base + (<usize>index << 3));
}
@inline function putF64(base: usize, index: i32, value: f64): void {
  store<f64>(base + (<usize>index << 3), value);
}

/**
 * The later of two times. Times are never negative, and non-negative doubles are ordered as their bits: integers compare and select
 * without a branch, which `Math.max` of doubles does not (it cost a quarter of the run time in mispredictions).
 */
@inline function later(a: f64, b: f64): f64 {
  const x = reinterpret<i64>(a), y = reinterpret<i64>(b);
  return reinterpret<f64>(select<i64>(x, y, x > y));
}

/** Reads the header. `linkEnergyUsed`: whether any link has an energy per byte. */
export function configure(tickMs: f64, linkEnergyUsed: bool): void {
  tick = tickMs;
  hasLinkEnergy = linkEnergyUsed;
  tasks = header(TASKS); processors = header(PROCESSORS); pes = header(PES); jobs = header(JOBS); instances = header(INSTANCES); edges = header(EDGES);
  priorityOffset = header(PRIORITY_OFFSET);
  loci = header(LOCI); mappingOffset = header(MAPPING_OFFSET); sources = header(SOURCES); maxGroups = header(MAX_GROUPS); maxSpeedup = header(MAX_SPEEDUP);
  contended = header(CONTENDED) != 0; uniformRank = header(UNIFORM_RANK) != 0;
  repair = address(A_REPAIR); quotient = address(A_QUOTIENT); rank = address(A_RANK); jobTask = address(A_JOB_TASK); jobOffset = address(A_JOB_OFFSET);
  release = address(A_RELEASE); pending0 = address(A_PENDING0); source = address(A_SOURCE); firstOut = address(A_FIRST_OUT); outConsumer = address(A_OUT_CONSUMER);
  outTransfer = address(A_OUT_TRANSFER); instanceFirst = address(A_INSTANCE_FIRST); instanceRelease = address(A_INSTANCE_RELEASE); instanceDeadline = address(A_INSTANCE_DEADLINE);
  peProcessor = address(A_PE_PROCESSOR); peIndex = address(A_PE_INDEX); peUnits = address(A_PE_UNITS); processorTable = address(A_PROCESSOR); pointTable = address(A_POINT);
  arrangementTable = address(A_ARRANGEMENT); groupTable = address(A_GROUPS); speedupTable = address(A_SPEEDUP); locusTable = address(A_LOCUS);
  edgeProducer = address(A_EDGE_PRODUCER); edgeConsumer = address(A_EDGE_CONSUMER); edgeBytes = address(A_EDGE_BYTES); linkEnergy = address(A_LINK_ENERGY);
  taskInstances = address(A_TASK_INSTANCES); defaults = address(A_DEFAULTS);
  wPe = address(W_PE); wDuration = address(W_DURATION); wPending = address(W_PENDING); wReady = address(W_READY); wStart = address(W_START); wEnd = address(W_END);
  wPeFactor = address(W_PE_FACTOR); wPeSpeedup = address(W_PE_SPEEDUP); wPeRemap = address(W_PE_REMAP); wHeapFirst = address(W_HEAP_FIRST); wComing = address(W_COMING);
  wComingEnds = address(W_COMING_ENDS); wRunnable = address(W_RUNNABLE); wRunnableSize = address(W_RUNNABLE_SIZE); wCandidate = address(W_CANDIDATE);
  wUnitFree = address(W_UNIT_FREE); wUnitFirst = address(W_UNIT_FIRST); wBusy = address(W_BUSY); wChoice = address(W_CHOICE); wLinkFree = address(W_LINK_FREE);
  wEvents = address(W_EVENTS); wIdle = address(W_IDLE); wRank = address(W_RANK); wGenes = address(W_GENES); wMetrics = address(W_METRICS);
  if (priorityOffset < 0) wRank = rank;
}

/**
 * Evaluates the first `count` genomes at W_GENES; five metrics each to W_METRICS, in the order of `headlineMetricNames`.
 * @returns how many were evaluated: fewer than `count` when a gene of the next one exceeds its locus.
 */
export function evaluateBatch(count: i32): i32 {
  for (let i = 0; i < count; i++) {
    if (!decode(wGenes + <usize>i * <usize>loci)) return i;
    if (contended || !simulateEagerly()) simulateByEvents();
    measure(wMetrics + <usize>i * 40);
  }
  return count;
}

/** Genes → W_CHOICE (arrangement and operating point of each processor), W_PE and W_DURATION of each task, room per element. @returns false when a gene exceeds its locus. */
function decode(genes: usize): bool {
  for (let p = 0; p < processors; p++) {
    putI32(wChoice, 2 * p, i32At(defaults, 2 * p));
    putI32(wChoice, 2 * p + 1, i32At(defaults, 2 * p + 1));
  }
  for (let locus = 0; locus < mappingOffset; locus++) {
    const record = locusTable + <usize>locus * LOCUS_SIZE;
    const gene = <i32>load<u8>(genes + <usize>locus);
    if (gene >= load<i32>(record, 8)) return false;
    putI32(wChoice, 2 * load<i32>(record, 4) + load<i32>(record), gene);
  }
  for (let p = 0; p < processors; p++) {
    const processor = processorTable + <usize>p * PROCESSOR_SIZE;
    const arrangementIndex = load<i32>(processor, 20) + i32At(wChoice, 2 * p);
    const arrangement = arrangementTable + <usize>arrangementIndex * ARRANGEMENT_SIZE;
    const point = min(i32At(wChoice, 2 * p + 1), load<i32>(arrangement, 8));
    putI32(wChoice, 2 * p + 1, point);
    const factor = load<f64>(pointTable + <usize>(load<i32>(processor, 16) + point) * POINT_SIZE);
    const firstPe = load<i32>(processor);
    const groups = load<i32>(arrangement);
    const pooled = load<i32>(processor, 8) != 0;
    for (let k = 0, n = load<i32>(processor, 4); k < n; k++) {
      const pe = firstPe + k;
      putF64(wPeFactor, pe, factor);
      if (pooled) {
        putI32(wPeRemap, pe, pe);
        putF64(wPeSpeedup, pe, f64At(speedupTable, p * maxSpeedup + 1));
      } else {
        putI32(wPeRemap, pe, firstPe + (k % groups));
        const size = k < groups ? i32At(groupTable, arrangementIndex * maxGroups + k) : 1;
        putF64(wPeSpeedup, pe, f64At(speedupTable, p * maxSpeedup + size));
      }
    }
  }
  memory.fill(wHeapFirst, 0, <usize>(pes + 1) << 2);
  const mapping = genes + <usize>mappingOffset;
  for (let task = 0; task < tasks; task++) {
    const gene = <i32>load<u8>(mapping + <usize>task);
    if (gene >= pes) return false;
    const pe = i32At(wPeRemap, <i32>load<u8>(repair + <usize>(task * pes + gene)));
    putI32(wPe, task, pe);
    putF64(wDuration, task, (f64At(quotient, task * processors + i32At(peProcessor, pe)) / f64At(wPeSpeedup, pe)) * f64At(wPeFactor, pe));
    putI32(wHeapFirst, pe + 1, i32At(wHeapFirst, pe + 1) + i32At(taskInstances, task));
  }
  if (priorityOffset >= 0) {
    const priorities = genes + <usize>priorityOffset;
    for (let task = 0; task < tasks; task++) putI32(wRank, task, i32At(rank, task) - <i32>load<u8>(priorities + <usize>task));
  }
  for (let pe = 0; pe < pes; pe++) putI32(wHeapFirst, pe + 1, i32At(wHeapFirst, pe + 1) + i32At(wHeapFirst, pe));
  return true;
}

/** As the reference's `roundUpToTick`. */
@inline function roundUpToTick(time: f64): f64 {
  if (!(tick > 0)) return time;
  const ticks = time / tick;
  return max(0.0, Math.ceil(ticks - ticks * 1e-15 - 1e-9)) * tick;
}

// Heaps of ENTRY_SIZE records.

@inline function comesBefore(readyA: f64, jobA: i32, b: usize): bool {
  const readyB = load<f64>(b);
  return (<i32>(readyA < readyB) | (<i32>(readyA == readyB) & <i32>(jobA < load<i32>(b, 8)))) != 0;
}
@inline function startsBefore(rankA: i32, readyA: f64, jobA: i32, b: usize): bool {
  const rankB = load<i32>(b, 12);
  return rankA < rankB || (rankA == rankB && comesBefore(readyA, jobA, b));
}
/** Copies a record of 16 bytes; `memory.copy` would be a call. */
@inline function moveRecord(to: usize, from: usize): void {
  v128.store(to, v128.load(from));
}
@inline function putEntry(at: usize, ready: f64, job: i32, rank: i32): void {
  store<f64>(at, ready);
  store<i32>(at, job, 8);
  store<i32>(at, rank, 12);
}

/** Inserts into a sorted queue whose entries stand at `from` ≤ address < `to`. */
@inline function insertComing(from: usize, to: usize, ready: f64, job: i32, rank: i32): void {
  let hole = to;
  while (hole > from && comesBefore(ready, job, hole - ENTRY_SIZE)) {
    moveRecord(hole, hole - ENTRY_SIZE);
    hole -= ENTRY_SIZE;
  }
  putEntry(hole, ready, job, rank);
}
function pushRunnable(heap: usize, size: i32, ready: f64, job: i32, rank: i32): void {
  let hole = size;
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    const other = heap + (<usize>parent << 4);
    if (!startsBefore(rank, ready, job, other)) break;
    moveRecord(heap + (<usize>hole << 4), other);
    hole = parent;
  }
  putEntry(heap + (<usize>hole << 4), ready, job, rank);
}
function popRunnable(heap: usize, size: i32): void {
  const last = heap + (<usize>(size - 1) << 4);
  const ready = load<f64>(last), job = load<i32>(last, 8), rank = load<i32>(last, 12);
  const count = size - 1;
  let hole = 0;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= count) break;
    let at = heap + (<usize>child << 4);
    if (child + 1 < count && startsBefore(load<i32>(at, 28), load<f64>(at, 16), load<i32>(at, 24), at)) { child++; at += ENTRY_SIZE; }
    if (startsBefore(rank, ready, job, at)) break;
    moveRecord(heap + (<usize>hole << 4), at);
    hole = child;
  }
  putEntry(heap + (<usize>hole << 4), ready, job, rank);
}

@inline function resetJobs(): void {
  memory.copy(wPending, pending0, <usize>jobs << 2);
  memory.copy(wReady, release, <usize>jobs << 3);
  memory.fill(wRunnableSize, 0, <usize>pes << 2);
}

/** Address of the first entry of an element's queue of coming jobs, and one past its last. */
@inline function comingFirst(pe: i32): usize {
  return <usize>load<i32>(wComingEnds + (<usize>pe << 3));
}
@inline function comingEnd(pe: i32): usize {
  return <usize>load<i32>(wComingEnds + (<usize>pe << 3), 4);
}
@inline function setComingFirst(pe: i32, first: usize): void {
  store<i32>(wComingEnds + (<usize>pe << 3), <i32>first);
}
@inline function setComingEnd(pe: i32, end: usize): void {
  store<i32>(wComingEnds + (<usize>pe << 3), <i32>end, 4);
}
@inline function runnable(pe: i32): usize {
  return wRunnable + (<usize>i32At(wHeapFirst, pe) << 4);
}

/** Adds a job that will be ready at `ready` to its element, and brings the element's next start up to date. */
@inline function addComing(pe: i32, ready: f64, job: i32, jobRank: i32, candidates: usize, ends: usize, unitFirsts: usize, unitFree: usize, runnableSizes: usize): void {
  const queue = ends + (<usize>pe << 3);
  const first = <usize>load<u32>(queue), end = <usize>load<u32>(queue, 4);
  insertComing(first, end, ready, job, jobRank);
  store<u32>(queue, <u32>(end + ENTRY_SIZE), 4);
  if (i32At(runnableSizes, pe) == 0) {
    const free = f64At(unitFree, i32At(unitFirsts, pe)), head = load<f64>(first);
    putF64(candidates, pe, later(free, head));
  }
}

/** Replaces the earliest free time (the root) of an element's `units` units by `free`, keeping the heap. */
@inline function occupyUnit(heap: usize, units: i32, free: f64): void {
  let hole = 0;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= units) break;
    if (child + 1 < units && f64At(heap, child + 1) < f64At(heap, child)) child++;
    const other = f64At(heap, child);
    if (free <= other) break;
    putF64(heap, hole, other);
    hole = child;
  }
  putF64(heap, hole, free);
}

/**
 * The hot loop keeps every address it uses in a local: a global would be loaded again after each store.
 * @returns false when a job took no time, so that only the event way is exact.
 */
function simulateEagerly(): bool {
  resetJobs();
  for (let pe = 0; pe < pes; pe++) {
    putF64(wCandidate, pe, f64.MAX_VALUE);
    const first = wComing + (<usize>i32At(wHeapFirst, pe) << 4);
    setComingFirst(pe, first);
    setComingEnd(pe, first);
  }
  for (let unit = 0, n = i32At(wUnitFirst, pes); unit < n; unit++) putF64(wUnitFree, unit, 0);
  // Jobs without dependencies join when their release comes, so that the queues stay short.
  let nextSource = 0;
  let nextRelease = roundUpToTick(f64At(wReady, i32At(source, 0)));
  const peCount = pes, processorCount = processors, pairs = processors * processors, ticked = tick > 0, uniform = uniformRank;
  const candidates = wCandidate, ends = wComingEnds, unitFirsts = wUnitFirst, unitFree = wUnitFree, runnableSizes = wRunnableSize;
  const taskOf = jobTask, offsets = jobOffset, durations = wDuration, starts = wStart, endTimes = wEnd, readyTimes = wReady, pendings = wPending;
  const peOfTask = wPe, processorOf = peProcessor, unitsOf = peUnits, firsts = firstOut, consumers = outConsumer, transfers = outTransfer, ranks = wRank;
  for (let left = jobs; left > 0; ) {
    let pe = 0;
    let soonest = load<i64>(candidates);
    for (let i = 1; i < peCount; i++) {
      const candidate = load<i64>(candidates + (<usize>i << 3));
      const sooner = candidate < soonest; // as times: see `later`
      pe = select<i32>(i, pe, sooner);
      soonest = select<i64>(candidate, soonest, sooner);
    }
    const now = reinterpret<f64>(soonest);
    if (nextRelease <= now) {
      const job = i32At(source, nextSource);
      const task = i32At(taskOf, job);
      addComing(i32At(peOfTask, task), nextRelease, job, i32At(ranks, task), candidates, ends, unitFirsts, unitFree, runnableSizes);
      nextSource++;
      nextRelease = nextSource < sources ? roundUpToTick(f64At(readyTimes, i32At(source, nextSource))) : Infinity;
      continue;
    }
    left--;
    const queue = ends + (<usize>pe << 3);
    let job: i32;
    if (uniform) {
      const first = load<u32>(queue);
      job = load<i32>(first, 8);
      store<u32>(queue, first + <u32>ENTRY_SIZE);
    } else job = takeByRank(pe, now);
    const task = i32At(taskOf, job);
    const end = now + f64At(durations, task);
    const free = ticked ? roundUpToTick(end) : end;
    if (!(min(end, free) > now)) return false;
    putF64(starts, job, now);
    putF64(endTimes, job, end);
    const unit = unitFree + (<usize>i32At(unitFirsts, pe) << 3);
    let earliest = free;
    const units = i32At(unitsOf, pe);
    if (units == 1) store<f64>(unit, free);
    else {
      occupyUnit(unit, units, free);
      earliest = load<f64>(unit);
    }
    // The element's next start.
    if (!uniform && i32At(runnableSizes, pe) > 0) putF64(candidates, pe, max(earliest, now));
    else {
      const first = load<u32>(queue);
      const ready = load<f64>(first);
      // Beyond the end stands whatever an earlier genome left there: read, but not chosen.
      store<i64>(candidates + (<usize>pe << 3), select<i64>(reinterpret<i64>(later(ready, earliest)), reinterpret<i64>(f64.MAX_VALUE), first < load<u32>(queue, 4)));
    }
    // Outputs.
    const offset = i32At(offsets, job);
    const from = i32At(processorOf, pe) * processorCount;
    for (let i = i32At(firsts, task), n = i32At(firsts, task + 1); i < n; i++) {
      const consumerTask = i32At(consumers, i);
      const consumer = offset + consumerTask;
      const consumerPe = i32At(peOfTask, consumerTask);
      const arrival = end + f64At(transfers, i * pairs + from + i32At(processorOf, consumerPe));
      const earlier = f64At(readyTimes, consumer);
      const ready = later(arrival, earlier);
      const pending = i32At(pendings, consumer) - 1;
      putI32(pendings, consumer, pending);
      putF64(readyTimes, consumer, ready);
      if (pending == 0) addComing(consumerPe, ticked ? roundUpToTick(ready) : ready, consumer, i32At(ranks, consumerTask), candidates, ends, unitFirsts, unitFree, runnableSizes);
    }
  }
  return true;
}

/** Removes and returns the job that element `pe` starts at `now`, where priorities differ. */
function takeByRank(pe: i32, now: f64): i32 {
  let first = comingFirst(pe);
  const end = comingEnd(pe);
  const heap = runnable(pe);
  let size = i32At(wRunnableSize, pe);
  for (; first < end && load<f64>(first) <= now; first += ENTRY_SIZE) pushRunnable(heap, size++, load<f64>(first), load<i32>(first, 8), load<i32>(first, 12));
  const job = load<i32>(heap, 8);
  popRunnable(heap, size--);
  setComingFirst(pe, first);
  putI32(wRunnableSize, pe, size);
  return job;
}

// The event way: the reference's algorithm, event by event.

const JOB_ENDS = 0, UNIT_FREE = 1, JOB_READY = 2;

@inline function eventBefore(time: f64, kind: i32, job: i32, b: usize): bool {
  const timeB = load<f64>(b);
  if (time != timeB) return time < timeB;
  const kindB = load<i32>(b, 8);
  return kind < kindB || (kind == kindB && job < load<i32>(b, 12));
}
function pushEvent(time: f64, kind: i32, job: i32): void {
  let hole = eventCount++;
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    const other = wEvents + (<usize>parent << 4);
    if (!eventBefore(time, kind, job, other)) break;
    moveRecord(wEvents + (<usize>hole << 4), other);
    hole = parent;
  }
  const at = wEvents + (<usize>hole << 4);
  store<f64>(at, time);
  store<i32>(at, kind, 8);
  store<i32>(at, job, 12);
}
function popEvent(): void {
  const count = --eventCount;
  const last = wEvents + (<usize>count << 4);
  const time = load<f64>(last), kind = load<i32>(last, 8), job = load<i32>(last, 12);
  let hole = 0;
  for (;;) {
    let child = 2 * hole + 1;
    if (child >= count) break;
    let at = wEvents + (<usize>child << 4);
    if (child + 1 < count && eventBefore(load<f64>(at, 16), load<i32>(at, 24), load<i32>(at, 28), at)) { child++; at += EVENT_SIZE; }
    if (eventBefore(time, kind, job, at)) break;
    moveRecord(wEvents + (<usize>hole << 4), at);
    hole = child;
  }
  const at = wEvents + (<usize>hole << 4);
  store<f64>(at, time);
  store<i32>(at, kind, 8);
  store<i32>(at, job, 12);
}

function simulateByEvents(): void {
  resetJobs();
  eventCount = 0;
  for (let pe = 0; pe < pes; pe++) putI32(wIdle, pe, i32At(peUnits, pe));
  for (let link = 0, n = processors * processors; link < n; link++) putF64(wLinkFree, link, 0);
  for (let i = 0; i < sources; i++) {
    const job = i32At(source, i);
    const ready = roundUpToTick(f64At(wReady, job));
    putF64(wReady, job, ready);
    pushEvent(ready, JOB_READY, job);
  }
  while (eventCount > 0) {
    const now = load<f64>(wEvents);
    while (eventCount > 0 && load<f64>(wEvents) == now) {
      const kind = load<i32>(wEvents, 8), job = load<i32>(wEvents, 12);
      popEvent();
      const task = i32At(jobTask, job);
      const pe = i32At(wPe, task);
      if (kind == JOB_READY) {
        const size = i32At(wRunnableSize, pe);
        pushRunnable(runnable(pe), size, f64At(wReady, job), job, i32At(wRank, task));
        putI32(wRunnableSize, pe, size + 1);
      } else if (kind == UNIT_FREE) {
        putI32(wIdle, pe, i32At(wIdle, pe) + 1);
      } else {
        const end = f64At(wEnd, job);
        const free = roundUpToTick(end);
        if (free > now) pushEvent(free, UNIT_FREE, job);
        else putI32(wIdle, pe, i32At(wIdle, pe) + 1);
        sendOutputs(end, job, task, pe);
      }
    }
    for (let pe = 0; pe < pes; pe++) {
      while (i32At(wIdle, pe) > 0 && i32At(wRunnableSize, pe) > 0) {
        const heap = runnable(pe);
        const size = i32At(wRunnableSize, pe);
        const job = load<i32>(heap, 8);
        popRunnable(heap, size);
        putI32(wRunnableSize, pe, size - 1);
        putI32(wIdle, pe, i32At(wIdle, pe) - 1);
        const end = now + f64At(wDuration, i32At(jobTask, job));
        putF64(wStart, job, now);
        putF64(wEnd, job, end);
        pushEvent(min(end, roundUpToTick(end)), JOB_ENDS, job);
      }
    }
  }
}

function sendOutputs(end: f64, job: i32, task: i32, pe: i32): void {
  const pairs = processors * processors;
  const offset = i32At(jobOffset, job);
  const from = i32At(peProcessor, pe);
  for (let i = i32At(firstOut, task), n = i32At(firstOut, task + 1); i < n; i++) {
    const consumerTask = i32At(outConsumer, i);
    const consumer = offset + consumerTask;
    const to = i32At(peProcessor, i32At(wPe, consumerTask));
    let arrival = end;
    if (from != to) {
      const link = from * processors + to;
      const transfer = f64At(outTransfer, i * pairs + link);
      if (contended) {
        arrival = max(end, f64At(wLinkFree, link)) + transfer;
        putF64(wLinkFree, link, arrival);
      } else arrival = end + transfer;
    }
    let ready = max(f64At(wReady, consumer), arrival);
    const pending = i32At(wPending, consumer) - 1;
    putI32(wPending, consumer, pending);
    if (pending == 0) {
      ready = roundUpToTick(ready);
      pushEvent(ready, JOB_READY, consumer);
    }
    putF64(wReady, consumer, ready);
  }
}

/** The headline metrics of the simulated schedule, summed in the order of the reference's `computeHeadlineMetrics`. */
function measure(out: usize): void {
  memory.fill(wBusy, 0, <usize>pes << 3);
  let makespan: f64 = 0;
  let responseSum: f64 = 0;
  for (let instance = 0; instance < instances; instance++) {
    let finish: f64 = 0;
    for (let job = i32At(instanceFirst, instance), n = i32At(instanceFirst, instance + 1); job < n; job++) {
      const pe = i32At(wPe, i32At(jobTask, job));
      const end = f64At(wEnd, job);
      putF64(wBusy, pe, f64At(wBusy, pe) + (end - f64At(wStart, job)));
      finish = later(finish, end);
    }
    makespan = max(makespan, finish);
    responseSum += finish - f64At(instanceRelease, instance);
  }
  let microjoules: f64 = 0;
  for (let p = 0; p < processors; p++) {
    const processor = processorTable + <usize>p * PROCESSOR_SIZE;
    const point = pointTable + <usize>(load<i32>(processor, 16) + i32At(wChoice, 2 * p + 1)) * POINT_SIZE;
    const arrangementIndex = load<i32>(processor, 20) + i32At(wChoice, 2 * p);
    const arrangement = arrangementTable + <usize>arrangementIndex * ARRANGEMENT_SIZE;
    const groups = load<i32>(arrangement);
    const activeCores = <f64>load<i32>(arrangement, 4);
    const pooled = load<i32>(processor, 8) != 0;
    const firstPe = load<i32>(processor);
    let busyCores: f64 = 0;
    for (let k = 0, n = load<i32>(processor, 4); k < n; k++) {
      const size = pooled || k >= groups ? 1 : i32At(groupTable, arrangementIndex * maxGroups + k);
      busyCores += f64At(wBusy, firstPe + k) * <f64>size;
    }
    microjoules += load<f64>(point, 8) * busyCores;
    microjoules += load<f64>(processor, 32) * (activeCores * makespan - busyCores);
    microjoules += load<f64>(processor, 40) * ((<f64>load<i32>(processor, 12) - activeCores) * makespan);
    microjoules += load<f64>(point, 16) * makespan;
  }
  let violation: f64 = 0;
  for (let pe = 0; pe < pes; pe++) {
    const utilization: f64 = makespan > 0 ? min(1.0, f64At(wBusy, pe) / (makespan * <f64>i32At(peUnits, pe))) : 0;
    const excess = utilization - load<f64>(processorTable + <usize>i32At(peProcessor, pe) * PROCESSOR_SIZE, 48);
    if (excess > LIMIT_TOLERANCE) violation += excess;
  }
  for (let instance = 0; instance < instances; instance++) {
    const deadline = f64At(instanceDeadline, instance);
    if (deadline != deadline) continue;
    let finish: f64 = 0;
    for (let job = i32At(instanceFirst, instance), n = i32At(instanceFirst, instance + 1); job < n; job++) finish = max(finish, f64At(wEnd, job));
    const response = finish - f64At(instanceRelease, instance);
    if (response > deadline * (1 + LIMIT_TOLERANCE)) violation += (response - deadline) / deadline;
  }
  store<f64>(out, makespan);
  store<f64>(out, makespan > 0 ? <f64>instances / (makespan / 1000) : 0, 8);
  store<f64>(out, microjoules / 1000 + transferEnergy() * 1e-9, 16);
  store<f64>(out, responseSum / <f64>instances, 24);
  store<f64>(out, violation, 32);
}

/** Energy of all transfers between processors, pJ. */
function transferEnergy(): f64 {
  if (!hasLinkEnergy) return 0;
  let total: f64 = 0;
  for (let edge = 0; edge < edges; edge++) {
    const consumer = i32At(edgeConsumer, edge);
    const from = i32At(peProcessor, i32At(wPe, i32At(edgeProducer, edge)));
    const to = i32At(peProcessor, i32At(wPe, consumer));
    if (from != to) total += f64At(edgeBytes, edge) * f64At(linkEnergy, from * processors + to) * <f64>i32At(taskInstances, consumer);
  }
  return total;
}

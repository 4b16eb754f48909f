/**
 * From a genome that cuts applications into subgraphs (segment `partition`) to its calls: the same decisions as the reference's
 * `executedSchedule`, in flat arrays that are used again, so that a genome costs no allocation: 85 ns per layer
 * where one dependency in thirty is cut, 190 where one in three is.
 *
 * Tasks of the problem are layers here. Calls are numbered by application, then by their lowest layer; all arrays with a C in their size
 * have room for as many calls as there are layers, and so on for edges.
 */
import { decodeGenome, presentElement } from '#shared/scheduling/decode.ts';
import { exactTimesOf } from '#shared/scheduling/exact-times.ts';
import { lowestGeneRanks, priorityRanks } from '#shared/scheduling/execution-plan.ts';
import { lociThatSet } from '#shared/scheduling/genome-layout.ts';
import { canRun, type Problem } from '#shared/scheduling/problem.ts';
import { subgraphTimer, type SubgraphTimer } from '#shared/scheduling/subgraph-times.ts';
import { topologicalOrder } from '#shared/scheduling/topological-order.ts';
import { MeasuredSets } from './measured-sets.ts';

const BYTES_PER_MB = 1e6;
/** Stamps of calls in `#seen` begin again beyond. */
const LAST_STAMP = 2 ** 30;
/** Sets of processors are bits of a number. */
const MOST_PROCESSORS = 31;

/** Whether genomes of `problem` can be decoded so. */
export function canDecodeCalls({ processors }: Problem): boolean {
  return processors.length <= MOST_PROCESSORS;
}

/**
 * Whether the kernel can have the calls of `problem` by its tables: not where the times of single hops, or which jobs belong to an instance,
 * would change with them.
 */
export function hasCallDecoder(problem: Problem): boolean {
  return canDecodeCalls(problem) && problem.streams === undefined && problem.hopMs === undefined;
}

export class CallDecoder {
  readonly problem: Problem;
  /** [P] what the genome chooses. */
  readonly arrangement: Int32Array;
  readonly operatingPoint: Int32Array;
  /** [A + 1] the first call of each application. */
  readonly firstCall: Int32Array;
  /** [T] the call of each layer; [C + 1] where the layers of each call begin in `members`, ascending. */
  readonly callOf: Int32Array;
  readonly firstMember: Int32Array;
  readonly members: Int32Array;
  /** [C] element, base time on its processor (ms), rank (the lowest starts first) and number of cuts that enter. */
  readonly peOf: Int32Array;
  readonly baseMs: Float64Array;
  readonly rank: Int32Array;
  readonly entering: Int32Array;
  /** [E] cuts by the call they enter: the calls at both ends, and the dependency whose bytes are sent. */
  readonly cutProducer: Int32Array;
  readonly cutConsumer: Int32Array;
  readonly cutEdge: Int32Array;
  cutCount = 0;

  readonly #applications: number;
  readonly #firstEdge: Int32Array;
  /** [T] the layers of each application in a topological order. */
  readonly #order: Int32Array;
  readonly #cardinality: Int32Array;
  readonly #applicationOf: Int32Array;
  /** [N] processor of each element; and the element it stands for by the cores that are active in this genome. */
  readonly #processorOf: Int32Array;
  readonly #presentOf: Int32Array;
  readonly #timers: readonly (readonly SubgraphTimer[])[];
  /** [T × P] time of each layer within a longer call, ms; NaN where it has none. */
  readonly #layerMs: Float64Array;
  readonly #launchMs: Float64Array;
  readonly #borderMsPerMB: Float64Array;
  /** [A × P] κ. */
  readonly #factor: Float64Array;
  readonly #sets: readonly MeasuredSets[];
  /** [T] processors that can run the layer within a call, and alone. */
  readonly #within: Int32Array;
  readonly #alone: Int32Array;
  readonly #layerRank: Int32Array;
  readonly #lowestGeneRank: Int32Array;
  readonly #arrangementLocus: Int32Array;
  readonly #pointLocus: Int32Array;
  readonly #mapping: number;
  readonly #partition: number;
  readonly #priority: number;
  readonly #applicationPriority: number;
  // Workspace.
  readonly #cut: Uint8Array;
  readonly #root: Int32Array;
  readonly #stage: Int32Array;
  readonly #waiting: Int32Array;
  readonly #ready: Int32Array;
  readonly #able: Int32Array;
  /** [C] index of the measured set that the call is, −1: none. */
  readonly #measured: Int32Array;
  readonly #votes: Int32Array;
  readonly #bytes: Float64Array;
  readonly #seen: Int32Array;
  readonly #seenAt: Int32Array;
  #stamp = 0;

  constructor(problem: Problem) {
    const { tasks, processors, layerwise, layout } = problem;
    const T = tasks.length;
    const P = processors.length;
    const E = problem.edgeProducer.length;
    this.problem = problem;
    this.#applications = layerwise.applications.length;
    this.arrangement = new Int32Array(P);
    this.operatingPoint = new Int32Array(P);
    this.firstCall = new Int32Array(this.#applications + 1);
    this.callOf = new Int32Array(T);
    this.firstMember = new Int32Array(T + 1);
    this.members = new Int32Array(T);
    this.peOf = new Int32Array(T);
    this.baseMs = new Float64Array(T);
    this.rank = new Int32Array(T);
    this.entering = new Int32Array(T);
    this.cutProducer = new Int32Array(E);
    this.cutConsumer = new Int32Array(E);
    this.cutEdge = new Int32Array(E);
    this.#firstEdge = problem.applicationFirstTask.map((task) => problem.consumerFirstEdge[task]);
    this.#order = Int32Array.from(
      [...topologicalOrder(problem)].sort((a, b) => tasks[a].application - tasks[b].application),
    );
    this.#cardinality = Int32Array.from(layout.loci, ({ cardinality }) => cardinality);
    this.#applicationOf = Int32Array.from(tasks, ({ application }) => application);
    this.#processorOf = Int32Array.from(problem.pes, ({ processor }) => processor);
    this.#presentOf = new Int32Array(problem.pes.length);
    const exact = exactTimesOf(layerwise);
    this.#timers = layerwise.applications.map(({ network }) =>
      layerwise.platform.processors.map((processor) => subgraphTimer(network, processor, exact)),
    );
    this.#layerMs = Float64Array.from({ length: T * P }, (_, at) => {
      const { application, layer } = tasks[Math.floor(at / P)];
      return this.#timers[application][at % P].layerMs[layer] ?? Number.NaN;
    });
    this.#launchMs = Float64Array.from(layerwise.platform.processors, ({ launchMs = 0 }) => launchMs);
    this.#borderMsPerMB = Float64Array.from(layerwise.platform.processors, ({ borderMsPerMB = 0 }) => borderMsPerMB);
    this.#factor = Float64Array.from(this.#timers.flatMap((timers) => timers.map(({ factor }) => factor)));
    this.#sets = layerwise.applications.map(
      ({ network }, application) =>
        new MeasuredSets(
          network,
          layerwise.platform.processors,
          this.#timers[application],
          exact,
          problem.applicationFirstTask[application],
        ),
    );
    const maskOf = (isAble: (processor: number) => boolean): number =>
      processors.reduce((mask, { index }) => (isAble(index) ? mask | (1 << index) : mask), 0);
    this.#within = Int32Array.from(tasks, ({ index }) => maskOf((p) => !Number.isNaN(this.#layerMs[index * P + p])));
    this.#alone = Int32Array.from(tasks, ({ index }) => maskOf((p) => canRun(problem, index, p)));
    this.#layerRank = priorityRanks(problem);
    this.#lowestGeneRank = lowestGeneRanks(problem);
    this.#arrangementLocus = lociThatSet(layout, 'arrangement', P);
    this.#pointLocus = lociThatSet(layout, 'operatingPoint', P);
    this.#mapping = layout.offsetOf.mapping;
    this.#partition = layout.offsetOf.partition ?? -1;
    this.#priority = layout.offsetOf.priority ?? -1;
    this.#applicationPriority = layout.offsetOf.applicationPriority ?? -1;
    this.#cut = new Uint8Array(E);
    this.#root = new Int32Array(T);
    this.#stage = new Int32Array(T);
    this.#waiting = new Int32Array(T);
    this.#ready = new Int32Array(T);
    this.#able = new Int32Array(T);
    this.#measured = new Int32Array(T);
    this.#votes = new Int32Array(problem.pes.length);
    this.#bytes = new Float64Array(T);
    this.#seen = new Int32Array(T);
    this.#seenAt = new Int32Array(T);
  }

  /** Calls of the genome that was decoded last. */
  get calls(): number {
    return this.firstCall[this.#applications];
  }

  /** Whether calls have priorities that differ by genes. */
  get hasPriorityGenes(): boolean {
    return this.#priority >= 0 || this.#applicationPriority >= 0;
  }

  /** Decodes `genes`; afterwards the fields tell its calls. @throws WorkbenchError `genome.invalid` */
  decode(genes: Uint8Array): void {
    this.#check(genes);
    this.#chooseProcessors(genes);
    const { problem } = this;
    const { applicationFirstTask } = problem;
    if (this.#partition < 0) this.#cut.fill(1);
    else for (let edge = 0; edge < this.#cut.length; edge++) this.#cut[edge] = genes[this.#partition + edge];
    this.firstCall[0] = 0;
    for (let a = 0; a < this.#applications; a++) {
      const [first, end] = [applicationFirstTask[a], applicationFirstTask[a + 1]];
      this.#join(a, first, end);
      if (this.#findAble(a) && this.#cutByCapability(a)) {
        this.#join(a, first, end);
        if (this.#findAble(a)) {
          this.#splitStuck(a, first, end);
          this.#findAble(a);
        }
      }
    }
    // Without a subgraph the times are those of the problem, see compileProblem.
    const isLayerwise = this.calls === problem.tasks.length;
    const { calls } = this;
    for (let call = 0; call < calls; call++) {
      if (isLayerwise) this.#able[call] = this.#alone[call];
      this.peOf[call] = this.#elementOf(call, genes);
      this.rank[call] = this.#rankOf(call, genes);
    }
    this.#findCuts();
    this.#time(isLayerwise);
  }

  /** The canonical genome of the one that was decoded last, as the reference's `canonicalGenome`. */
  canonical(genes: Uint8Array): Uint8Array {
    const canonical = genes.slice();
    const { problem, callOf, peOf } = this;
    const { edgeProducer, edgeConsumer } = problem;
    for (let p = 0; p < this.arrangement.length; p++)
      if (this.#pointLocus[p] >= 0) canonical[this.#pointLocus[p]] = this.operatingPoint[p];
    for (let task = 0; task < callOf.length; task++) canonical[this.#mapping + task] = peOf[callOf[task]];
    if (this.#partition >= 0)
      for (let edge = 0; edge < edgeProducer.length; edge++)
        canonical[this.#partition + edge] = callOf[edgeProducer[edge]] === callOf[edgeConsumer[edge]] ? 0 : 1;
    if (this.#priority >= 0)
      for (let task = 0; task < callOf.length; task++)
        canonical[this.#priority + task] = this.#lowestGeneRank[task] - this.rank[callOf[task]];
    return canonical;
  }

  #check(genes: Uint8Array): void {
    const cardinality = this.#cardinality;
    let fits = genes.length === cardinality.length;
    if (fits)
      for (let locus = 0; locus < cardinality.length; locus++) if (genes[locus] >= cardinality[locus]) fits = false;
    // The reference says what is wrong.
    if (!fits) decodeGenome(this.problem, genes);
  }

  #chooseProcessors(genes: Uint8Array): void {
    const { processors, pes } = this.problem;
    for (let p = 0; p < processors.length; p++) {
      const { defaultArrangement, nominalPoint, highestPoint } = processors[p];
      const arrangement = this.#arrangementLocus[p] < 0 ? defaultArrangement : genes[this.#arrangementLocus[p]];
      const point = this.#pointLocus[p] < 0 ? nominalPoint : genes[this.#pointLocus[p]];
      this.arrangement[p] = arrangement;
      this.operatingPoint[p] = Math.min(point, highestPoint[arrangement]);
    }
    for (let pe = 0; pe < pes.length; pe++) this.#presentOf[pe] = presentElement(this.problem, pe, this.arrangement);
  }

  /** The calls of one application by its cuts, without any that would wait for each other. */
  #join(application: number, first: number, end: number): void {
    this.#unite(application, first, end, false);
    this.#number(application, first, end);
    if (this.#isAcyclic(application)) return;
    this.#findStages(first, end);
    this.#unite(application, first, end, true);
    this.#number(application, first, end);
  }

  #unite(application: number, first: number, end: number, withinStages: boolean): void {
    const root = this.#root;
    const cut = this.#cut;
    const stage = this.#stage;
    const { edgeProducer, edgeConsumer } = this.problem;
    const lastEdge = this.#firstEdge[application + 1];
    for (let task = first; task < end; task++) root[task] = task;
    for (let edge = this.#firstEdge[application]; edge < lastEdge; edge++) {
      if (cut[edge] !== 0) continue;
      const producer = edgeProducer[edge];
      const consumer = edgeConsumer[edge];
      if (withinStages && stage[producer] !== stage[consumer]) continue;
      const a = rootOf(root, producer);
      const b = rootOf(root, consumer);
      if (a < b) root[b] = a;
      else root[a] = b;
    }
  }

  /** Numbers the calls by their lowest layer and lists their layers. */
  #number(application: number, first: number, end: number): void {
    const { callOf, firstMember, members } = this;
    const root = this.#root;
    const next = this.#waiting;
    const base = this.firstCall[application];
    let calls = base;
    // The lowest layer is the root, so it comes first.
    for (let task = first; task < end; task++) {
      const lowest = rootOf(root, task);
      callOf[task] = lowest === task ? calls++ : callOf[lowest];
    }
    this.firstCall[application + 1] = calls;
    for (let call = base; call <= calls; call++) firstMember[call] = 0;
    for (let task = first; task < end; task++) firstMember[callOf[task]]++;
    let at = first;
    for (let call = base; call < calls; call++) {
      const size = firstMember[call];
      firstMember[call] = at;
      next[call] = at;
      at += size;
    }
    firstMember[calls] = end;
    for (let task = first; task < end; task++) members[next[callOf[task]]++] = task;
  }

  #isAcyclic(application: number): boolean {
    const { callOf, members, firstMember, problem } = this;
    const { edgeProducer, edgeConsumer, producerFirstEdge, outgoingEdge } = problem;
    const base = this.firstCall[application];
    const end = this.firstCall[application + 1];
    const waiting = this.#waiting;
    const queue = this.#ready;
    const lastEdge = this.#firstEdge[application + 1];
    for (let call = base; call < end; call++) waiting[call] = 0;
    for (let edge = this.#firstEdge[application]; edge < lastEdge; edge++) {
      const consumer = callOf[edgeConsumer[edge]];
      if (callOf[edgeProducer[edge]] !== consumer) waiting[consumer]++;
    }
    let ready = 0;
    for (let call = base; call < end; call++) if (waiting[call] === 0) queue[ready++] = call;
    for (let done = 0; done < ready; done++) {
      const call = queue[done];
      for (let member = firstMember[call]; member < firstMember[call + 1]; member++) {
        const task = members[member];
        for (let place = producerFirstEdge[task]; place < producerFirstEdge[task + 1]; place++) {
          const consumer = callOf[edgeConsumer[outgoingEdge[place]]];
          if (consumer !== call && --waiting[consumer] === 0) queue[ready++] = consumer;
        }
      }
    }
    return ready === end - base;
  }

  #findStages(first: number, end: number): void {
    const { consumerFirstEdge, edgeProducer } = this.problem;
    const stage = this.#stage;
    const order = this.#order;
    const cut = this.#cut;
    for (let position = first; position < end; position++) {
      const task = order[position];
      let highest = 0;
      for (let edge = consumerFirstEdge[task]; edge < consumerFirstEdge[task + 1]; edge++) {
        const own = stage[edgeProducer[edge]] + cut[edge];
        if (own > highest) highest = own;
      }
      stage[task] = highest;
    }
  }

  /** Which processors can run each call of an application. @returns whether a subgraph can run on none */
  #findAble(application: number): boolean {
    const { members, firstMember } = this;
    const sets = this.#sets[application];
    const within = this.#within;
    let isStuck = false;
    for (let call = this.firstCall[application]; call < this.firstCall[application + 1]; call++) {
      const first = firstMember[call];
      const end = firstMember[call + 1];
      let able = -1;
      for (let member = first; member < end; member++) able &= within[members[member]];
      const set = sets.isEmpty ? -1 : sets.find(members, first, end);
      this.#measured[call] = set;
      if (set >= 0) able = (able & ~sets.unableOf[set]) | sets.ableOf[set];
      this.#able[call] = able;
      if (able === 0 && end - first > 1) isStuck = true;
    }
    return isStuck;
  }

  /** Cuts the dependencies between layers that different processors can run. @returns true */
  #cutByCapability(application: number): true {
    const { edgeProducer, edgeConsumer } = this.problem;
    for (let edge = this.#firstEdge[application]; edge < this.#firstEdge[application + 1]; edge++)
      if (this.#alone[edgeProducer[edge]] !== this.#alone[edgeConsumer[edge]]) this.#cut[edge] = 1;
    return true;
  }

  /** Takes apart the subgraphs that can run nowhere. */
  #splitStuck(application: number, first: number, end: number): void {
    const { callOf, firstMember } = this;
    for (let task = first; task < end; task++) {
      const call = callOf[task];
      if (this.#able[call] === 0 && firstMember[call + 1] - firstMember[call] > 1) this.#root[task] = task;
      else this.#root[task] = this.members[firstMember[call]];
    }
    this.#number(application, first, end);
  }

  /** The element that most of its layers choose of those that can run it. */
  #elementOf(call: number, genes: Uint8Array): number {
    const { members, firstMember } = this;
    const able = this.#able[call];
    const mapping = this.#mapping;
    const votes = this.#votes;
    const presentOf = this.#presentOf;
    const processorOf = this.#processorOf;
    const first = firstMember[call];
    const end = firstMember[call + 1];
    // A layer that was found to run nowhere as a call of its own: the reference says so.
    if (able === 0) throw new Error(`${this.problem.tasks[members[first]].id} can run on no processor`);
    let best = -1;
    for (let member = first; member < end; member++) votes[presentOf[genes[mapping + members[member]]]] = 0;
    for (let member = first; member < end; member++) {
      const pe = presentOf[genes[mapping + members[member]]];
      if ((able & (1 << processorOf[pe])) === 0) continue;
      const count = ++votes[pe];
      if (best < 0 || count > votes[best] || (count === votes[best] && pe < best)) best = pe;
    }
    if (best >= 0) return best;
    let pe = genes[mapping + members[first]];
    while ((able & (1 << processorOf[pe])) === 0) pe = pe + 1 === processorOf.length ? 0 : pe + 1;
    return presentOf[pe];
  }

  #rankOf(call: number, genes: Uint8Array): number {
    const { members, firstMember } = this;
    const first = firstMember[call];
    const end = firstMember[call + 1];
    if (this.#applicationPriority >= 0) {
      const application = this.#applicationOf[members[first]];
      return this.#lowestGeneRank[members[first]] - genes[this.#applicationPriority + application];
    }
    let lowest = Number.MAX_SAFE_INTEGER;
    for (let member = first; member < end; member++) {
      const task = members[member];
      const rank =
        this.#priority < 0 ? this.#layerRank[task] : this.#lowestGeneRank[task] - genes[this.#priority + task];
      if (rank < lowest) lowest = rank;
    }
    return lowest;
  }

  /** The cuts in the order of `cutsOf` (subgraph-times.ts): of what several layers of a call read of one layer the most bytes, once. */
  #findCuts(): void {
    const { callOf, members, firstMember, problem, cutProducer, cutConsumer, cutEdge, calls } = this;
    const { consumerFirstEdge, edgeProducer, edgeBytes } = problem;
    const bytes = this.#bytes;
    const seen = this.#seen;
    const seenAt = this.#seenAt;
    let cuts = 0;
    if (this.#stamp > LAST_STAMP) {
      this.#stamp = 0;
      this.#seen.fill(0);
    }
    for (let call = 0; call < calls; call++) {
      const before = cuts;
      const stamp = ++this.#stamp;
      for (let member = firstMember[call]; member < firstMember[call + 1]; member++) {
        const consumer = members[member];
        for (let edge = consumerFirstEdge[consumer]; edge < consumerFirstEdge[consumer + 1]; edge++) {
          const producer = edgeProducer[edge];
          if (callOf[producer] === call) continue;
          if (seen[producer] === stamp) {
            const known = seenAt[producer];
            if (edgeBytes[edge] > edgeBytes[cutEdge[known]]) cutEdge[known] = edge;
            continue;
          }
          seen[producer] = stamp;
          seenAt[producer] = cuts;
          cutProducer[cuts] = callOf[producer];
          cutConsumer[cuts] = call;
          cutEdge[cuts++] = edge;
        }
      }
      let sum = 0;
      for (let cut = before; cut < cuts; cut++) sum += edgeBytes[cutEdge[cut]];
      bytes[call] = sum;
      this.entering[call] = cuts - before;
    }
    for (let cut = 0; cut < cuts; cut++) bytes[cutProducer[cut]] += edgeBytes[cutEdge[cut]];
    this.cutCount = cuts;
  }

  /** Base times as `subgraphTimer` gives them, sums in ascending layer index. */
  #time(isLayerwise: boolean): void {
    const { problem, members, firstMember, peOf, baseMs, calls } = this;
    const layerMs = this.#layerMs;
    const P = problem.processors.length;
    for (let call = 0; call < calls; call++) {
      const processor = this.#processorOf[peOf[call]];
      const first = firstMember[call];
      if (isLayerwise) {
        baseMs[call] = problem.baseTimeMs[call * P + processor];
        continue;
      }
      const application = this.#applicationOf[members[first]];
      const set = this.#measured[call];
      const sets = this.#sets[application];
      if (set >= 0 && (sets.ableOf[set] & (1 << processor)) !== 0) {
        baseMs[call] = sets.timeMs[set * P + processor];
        continue;
      }
      let sumMs = 0;
      let longestMs = 0;
      for (let member = first; member < firstMember[call + 1]; member++) {
        const timeMs = layerMs[members[member] * P + processor];
        sumMs += timeMs;
        if (timeMs > longestMs) longestMs = timeMs;
      }
      const megabytes = this.#bytes[call] / BYTES_PER_MB;
      const launchMs = this.#launchMs[processor];
      baseMs[call] = Math.max(
        launchMs + this.#factor[application * P + processor] * sumMs + this.#borderMsPerMB[processor] * megabytes,
        launchMs + longestMs,
      );
    }
  }
}

/** The lowest layer of those that `task` is joined with, the ways to it shortened. */
function rootOf(root: Int32Array, task: number): number {
  let at = task;
  while (root[at] !== at) {
    root[at] = root[root[at]];
    at = root[at];
  }
  return at;
}

/**
 * Changes of genomes that know what is executed as one: calls are merged, split, moved to another element, their borders shifted by a layer;
 * and crossover, segment by segment or application by application. Genes stay alleles of their loci, but that layers of a call have its
 * element also where only the call can run there.
 */
import { PRIORITY_LEVELS } from '#shared/scheduling/genome-segments.ts';
import { canRun, type Problem } from '#shared/scheduling/problem.ts';
import { topologicalOrder } from '#shared/scheduling/topological-order.ts';
import type { CallDecoder } from '../kernel/call-decoder.ts';
import { crossoverOperators, exchange } from '../operators/crossover.ts';
import { lociWithChoice } from '../operators/loci-with-choice.ts';
import type { Random } from '../random.ts';
import type { GeneStructure } from '../search-space.ts';

export const partitionCrossovers = ['single_point', 'two_point'] as const;

/** How often a change is of which kind, where all are possible. */
const SHARES = { merge: 25, shift: 20, split: 15, remap: 25, priority: 10, configuration: 5 } as const;
type Kind = keyof typeof SHARES;
/** What a local search tries: neither priorities nor cores and clocks. */
const LOCAL: readonly Kind[] = ['merge', 'shift', 'remap'];
/** Probability of one more change each. */
const ANOTHER = 0.3;
/** Share of the crossovers that exchange whole applications. */
const BY_APPLICATION = 0.5;
/** Draws of an element before a call is left where it is. */
const ATTEMPTS = 6;

export class CallMoves {
  readonly #problem: Problem;
  readonly #decoder: CallDecoder;
  readonly #partitionCrossover: (typeof partitionCrossovers)[number];
  readonly #configuration: readonly number[];
  /** [T] place in a topological order. */
  readonly #placeOf: Int32Array;
  readonly #mapping: number;
  readonly #partition: number;

  constructor(problem: Problem, decoder: CallDecoder, partitionCrossover: (typeof partitionCrossovers)[number]) {
    const { layout } = problem;
    this.#problem = problem;
    this.#decoder = decoder;
    this.#partitionCrossover = partitionCrossover;
    this.#mapping = layout.offsetOf.mapping;
    this.#partition = layout.offsetOf.partition ?? layout.length;
    this.#configuration = lociWithChoice(layout).filter((locus) => locus < layout.offsetOf.mapping);
    this.#placeOf = new Int32Array(problem.tasks.length);
    topologicalOrder(problem).forEach((task, place) => (this.#placeOf[task] = place));
  }

  /** One change of any kind, often followed by more. */
  mutate(genes: Uint8Array, random: Random): void {
    do this.#change(genes, random, Object.keys(SHARES) as Kind[]);
    while (random.chance(ANOTHER));
  }

  /** As moves of a local search: a merge, a shifted border, or a call on another element. */
  get local(): GeneStructure {
    return {
      move: (genes, random) => this.#change(genes, random, LOCAL),
      exchangeWindow: (a, b, random) => this.crossOver(a, b, random),
    };
  }

  /** Exchanges genes between `a` and `b`: all of some applications, or each segment by an operator of its own. */
  crossOver(a: Uint8Array, b: Uint8Array, random: Random): void {
    const { layout, applicationFirstTask, consumerFirstEdge } = this.#problem;
    const applications = applicationFirstTask.length - 1;
    if (applications > 1 && random.chance(BY_APPLICATION)) {
      const { priority, applicationPriority } = layout.offsetOf;
      for (let application = 0; application < applications; application++) {
        if (!random.chance(0.5)) continue;
        const [first, end] = [applicationFirstTask[application], applicationFirstTask[application + 1]];
        exchange(a, b, this.#mapping + first, this.#mapping + end);
        if (this.#partition < layout.length)
          exchange(a, b, this.#partition + consumerFirstEdge[first], this.#partition + consumerFirstEdge[end]);
        if (priority !== undefined) exchange(a, b, priority + first, priority + end);
        if (applicationPriority !== undefined)
          exchange(a, b, applicationPriority + application, applicationPriority + application + 1);
      }
      return;
    }
    for (const { name, offset, length } of layout.segments) {
      const operator = name === 'partition' ? this.#partitionCrossover : name === 'mapping' ? 'two_point' : 'uniform';
      crossoverOperators[operator](a.subarray(offset, offset + length), b.subarray(offset, offset + length), random);
    }
  }

  #change(genes: Uint8Array, random: Random, kinds: readonly Kind[]): void {
    const decoder = this.#decoder;
    decoder.decode(genes);
    const { layout } = this.#problem;
    const hasPriority = layout.offsetOf.priority !== undefined || layout.offsetOf.applicationPriority !== undefined;
    const possible = kinds.filter((kind) => {
      if (kind === 'merge' || kind === 'shift') return decoder.cutCount > 0;
      if (kind === 'split') return decoder.calls < decoder.callOf.length;
      if (kind === 'priority') return hasPriority;
      return kind === 'remap' || this.#configuration.length > 0;
    });
    let draw = random.nextInt(possible.reduce((sum, kind) => sum + SHARES[kind], 0));
    const kind = possible.find((each) => (draw -= SHARES[each]) < 0);
    if (kind === 'merge') this.#merge(genes, random);
    else if (kind === 'shift') this.#shift(genes, random);
    else if (kind === 'split') this.#split(genes, random);
    else if (kind === 'remap') this.#remap(genes, random, random.nextInt(decoder.calls));
    else if (kind === 'priority') this.#prioritise(genes, random);
    else if (kind === 'configuration') this.#configure(genes, random);
  }

  /** Two calls with a cut between them become one, on the element of either. */
  #merge(genes: Uint8Array, random: Random): void {
    const { callOf, peOf, cutProducer, cutConsumer, cutCount } = this.#decoder;
    const { edgeProducer, edgeConsumer } = this.#problem;
    const cut = random.nextInt(cutCount);
    const [a, b] = [cutProducer[cut], cutConsumer[cut]];
    for (let edge = 0; edge < edgeProducer.length; edge++) {
      const [from, to] = [callOf[edgeProducer[edge]], callOf[edgeConsumer[edge]]];
      if ((from === a && to === b) || (from === b && to === a)) genes[this.#partition + edge] = 0;
    }
    const pe = random.chance(0.5) ? peOf[a] : peOf[b];
    this.#place(genes, a, pe);
    this.#place(genes, b, pe);
  }

  /** A layer at a cut goes to the call at its other end. */
  #shift(genes: Uint8Array, random: Random): void {
    const { callOf, peOf, cutConsumer, cutProducer, cutEdge, cutCount } = this.#decoder;
    const { edgeProducer, edgeConsumer } = this.#problem;
    const cut = random.nextInt(cutCount);
    const isForwards = random.chance(0.5);
    const edge = cutEdge[cut];
    const layer = isForwards ? edgeProducer[edge] : edgeConsumer[edge];
    const target = isForwards ? cutConsumer[cut] : cutProducer[cut];
    for (let other = 0; other < edgeProducer.length; other++) {
      if (edgeProducer[other] !== layer && edgeConsumer[other] !== layer) continue;
      const neighbour = edgeProducer[other] === layer ? edgeConsumer[other] : edgeProducer[other];
      genes[this.#partition + other] = callOf[neighbour] === target ? 0 : 1;
    }
    genes[this.#mapping + layer] = peOf[target];
  }

  /** The later layers of a call become one of their own, half of the time on another element. */
  #split(genes: Uint8Array, random: Random): void {
    const { callOf, members, firstMember, calls } = this.#decoder;
    const { edgeProducer, edgeConsumer } = this.#problem;
    const larger = Array.from({ length: calls }, (_, call) => call).filter(
      (call) => firstMember[call + 1] - firstMember[call] > 1,
    );
    const call = larger[random.nextInt(larger.length)];
    const layers = Array.from(members.subarray(firstMember[call], firstMember[call + 1])).sort(
      (a, b) => this.#placeOf[a] - this.#placeOf[b],
    );
    const border = this.#placeOf[layers[1 + random.nextInt(layers.length - 1)]];
    for (let edge = 0; edge < edgeProducer.length; edge++) {
      const [from, to] = [edgeProducer[edge], edgeConsumer[edge]];
      if (callOf[from] !== call || callOf[to] !== call) continue;
      if (this.#placeOf[from] < border !== this.#placeOf[to] < border) genes[this.#partition + edge] = 1;
    }
    if (!random.chance(0.5)) return;
    const later = layers.filter((layer) => this.#placeOf[layer] >= border);
    const pe = this.#anotherElement(later, this.#decoder.peOf[call], random);
    for (const layer of later) genes[this.#mapping + layer] = pe;
  }

  #remap(genes: Uint8Array, random: Random, call: number): void {
    const { members, firstMember, peOf } = this.#decoder;
    const layers = Array.from(members.subarray(firstMember[call], firstMember[call + 1]));
    this.#place(genes, call, this.#anotherElement(layers, peOf[call], random));
  }

  /** An element that can run all of `layers`, another one than `present` where a few draws find it. */
  #anotherElement(layers: readonly number[], present: number, random: Random): number {
    const { pes } = this.#problem;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const pe = random.nextInt(pes.length);
      if (pe !== present && layers.every((layer) => canRun(this.#problem, layer, pes[pe].processor))) return pe;
    }
    return present;
  }

  #prioritise(genes: Uint8Array, random: Random): void {
    const { priority, applicationPriority } = this.#problem.layout.offsetOf;
    const { members, firstMember, calls } = this.#decoder;
    const level = random.nextInt(PRIORITY_LEVELS);
    if (applicationPriority !== undefined) {
      genes[applicationPriority + random.nextInt(this.#problem.applicationPriority.length)] = level;
      return;
    }
    if (priority === undefined) return;
    const call = random.nextInt(calls);
    for (let member = firstMember[call]; member < firstMember[call + 1]; member++)
      genes[priority + members[member]] = level;
  }

  #configure(genes: Uint8Array, random: Random): void {
    const locus = this.#configuration[random.nextInt(this.#configuration.length)];
    const { cardinality } = this.#problem.layout.loci[locus];
    const other = random.nextInt(cardinality - 1);
    genes[locus] = other < genes[locus] ? other : other + 1;
  }

  #place(genes: Uint8Array, call: number, pe: number): void {
    const { members, firstMember } = this.#decoder;
    for (let member = firstMember[call]; member < firstMember[call + 1]; member++)
      genes[this.#mapping + members[member]] = pe;
  }
}

/**
 * A descent: annealing from one plan, with a steered temperature, and schedules that cannot be accepted given up while they are simulated.
 */
import { z } from 'zod';
import { metricIndex, type HeadlineMetrics } from '#shared/domain/metrics.ts';
import { fitnessOf, type FitnessWeights } from '#shared/scheduling/objectives.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import type { EvaluationBench } from '../kernel/kernel.ts';
import type { Random } from '../random.ts';
import { Neighbourhood, type MoveShares } from './neighbourhood.ts';
import { PlanWriter, restorePlan, savedPlanSchema, savePlan, type Plan } from './plan.ts';
import { ScheduleTrace } from './schedule-trace.ts';
import { SteeredTemperature } from './steered-temperature.ts';

/** Of the size of the fitness: the temperature before anything is known. */
const FIRST_TEMPERATURE = 0.003;

export const descentStateSchema = z.strictObject({
  current: savedPlanSchema,
  fitness: z.number(),
  best: savedPlanSchema,
  bestFitness: z.number(),
  done: z.int().min(0),
  length: z.int().min(1),
  acceptance: z.number(),
  temperature: z.number().min(0),
});
export type DescentState = z.output<typeof descentStateSchema>;

export interface DescentSetting {
  /** Changes to try. */
  readonly length: number;
  /** Share of the worsening changes that is accepted at first. */
  readonly acceptance: number;
}

export class Descent {
  /** [layout.length] the genome of the best plan of this descent. */
  readonly bestGenes: Uint8Array;
  bestFitness = Number.NEGATIVE_INFINITY;
  /** Schedules simulated, since its owner last set this to 0. */
  simulations = 0;
  /** The temperature of the last descent at a tenth of its length: where the next one starts. 0: there was none. */
  nextTemperature = 0;

  private readonly problem: Problem;
  private readonly bench: EvaluationBench;
  private readonly weights: FitnessWeights;
  private readonly reference: HeadlineMetrics;
  private readonly random: Random;
  private readonly shares: MoveShares;
  private readonly neighbourhood: Neighbourhood;
  private readonly trace: ScheduleTrace;
  private readonly writer: PlanWriter;
  private readonly genes: Uint8Array;
  private best: Plan | undefined;
  private fitness = 0;
  private done = 0;
  private length = 0;
  private readonly temperature = new SteeredTemperature(0);

  /** @param bench of a kernel for `problem`; nobody else may use it between two calls of `advance` */
  constructor(
    problem: Problem,
    bench: EvaluationBench,
    weights: FitnessWeights,
    reference: HeadlineMetrics,
    shares: MoveShares,
    random: Random,
  ) {
    this.problem = problem;
    this.bench = bench;
    this.weights = weights;
    this.reference = reference;
    this.shares = shares;
    this.random = random;
    this.neighbourhood = new Neighbourhood(problem, random);
    this.trace = new ScheduleTrace(problem);
    this.writer = new PlanWriter(problem);
    this.genes = new Uint8Array(problem.layout.length);
    this.bestGenes = new Uint8Array(problem.layout.length);
  }

  get isOver(): boolean {
    return this.done >= this.length;
  }

  /** The best plan of this descent. Only after `begin`. */
  get bestPlan(): Plan {
    if (this.best === undefined) throw new Error('a descent has no best plan before it has begun');
    return this.best;
  }

  /** Starts from `plan`. */
  begin(plan: Plan, { length, acceptance }: DescentSetting): void {
    this.neighbourhood.load(plan);
    this.length = this.neighbourhood.isEmpty ? 0 : length;
    this.temperature.acceptance = acceptance;
    this.done = 0;
    this.bestFitness = Number.NEGATIVE_INFINITY;
    this.writer.write(this.neighbourhood.plan, this.bench.genes);
    this.evaluate(Number.MAX_VALUE);
    this.fitness = this.measure();
    this.settle();
    this.temperature.value = this.nextTemperature > 0 ? this.nextTemperature : FIRST_TEMPERATURE * this.size();
  }

  /** Changes the plan `times` over, whatever that costs. */
  kick(times: number): void {
    const { neighbourhood, writer, bench, trace, shares } = this;
    for (let i = 0; i < times; i++) {
      neighbourhood.propose(trace, shares);
      neighbourhood.keep();
    }
    if (!writer.write(neighbourhood.plan, bench.genes)) return;
    this.evaluate(Number.MAX_VALUE);
    this.fitness = this.measure();
    this.settle();
  }

  /** Tries up to `changes` further ones. */
  advance(changes: number): void {
    const { neighbourhood, random, trace, shares, writer, bench, genes, temperature } = this;
    const end = Math.min(this.length, this.done + changes);
    for (; this.done < end; this.done++) {
      neighbourhood.propose(trace, shares);
      if (!writer.write(neighbourhood.plan, bench.genes)) {
        // The same genome: another order that decides nothing.
        neighbourhood.keep();
        continue;
      }
      const lowest = temperature.leastAccepted(this.fitness, random);
      const isWhole = this.evaluate(this.longestFor(lowest));
      const fitness = isWhole ? this.measure() : Number.NEGATIVE_INFINITY;
      const isAccepted = fitness >= lowest;
      if (fitness < this.fitness) temperature.steer(isAccepted, this.done / this.length);
      if (this.done * 10 < this.length) this.nextTemperature = temperature.value;
      if (isAccepted) {
        neighbourhood.keep();
        this.fitness = fitness;
        this.settle();
      } else {
        neighbourhood.undo();
        bench.genes.set(genes);
      }
    }
  }

  saveState(): DescentState {
    return {
      current: savePlan(this.neighbourhood.plan),
      fitness: this.fitness,
      best: savePlan(this.bestPlan),
      bestFitness: this.bestFitness,
      done: this.done,
      length: this.length,
      acceptance: this.temperature.acceptance,
      temperature: this.temperature.value,
    };
  }

  restore(state: DescentState): void {
    this.neighbourhood.load(restorePlan(state.current));
    this.writer.write(this.neighbourhood.plan, this.bench.genes);
    this.genes.set(this.bench.genes);
    this.evaluate(Number.MAX_VALUE);
    this.trace.read(this.bench, this.neighbourhood.plan.mapping);
    this.best = restorePlan(state.best);
    this.writer.write(this.best, this.bestGenes);
    this.fitness = state.fitness;
    this.bestFitness = state.bestFitness;
    this.done = state.done;
    this.length = state.length;
    this.temperature.acceptance = state.acceptance;
    this.temperature.value = state.temperature;
    this.bench.genes.set(this.genes);
  }

  private evaluate(limitMs: number): boolean {
    this.simulations++;
    return this.bench.evaluateUntil(limitMs);
  }

  private measure(): number {
    return fitnessOf(this.bench.metrics, this.reference, this.weights);
  }

  /** The longest makespan with which a schedule could reach `fitness`: only throughput adds to it, all else takes away. */
  private longestFor(fitness: number): number {
    const { weights, reference, problem } = this;
    if (!(fitness > 0) || weights.throughput === 0) return Number.MAX_VALUE;
    const unit = weights.normalise && reference.throughputPerS > 0 ? reference.throughputPerS : 1;
    return (1000 * problem.instanceApplication.length * weights.throughput) / (fitness * unit);
  }

  /** How large the terms of the fitness are together. */
  private size(): number {
    const { weights, reference, bench } = this;
    const part = (name: keyof typeof metricIndex, unit: number): number =>
      bench.metrics[metricIndex[name]] / (weights.normalise && unit > 0 ? unit : 1);
    return (
      weights.throughput * part('throughputPerS', reference.throughputPerS) +
      weights.energy * part('energyMJ', reference.energyMJ) +
      weights.latency * part('latencyMs', reference.latencyMs) +
      weights.penalty * bench.metrics[metricIndex.constraintViolation]
    );
  }

  /** Takes note of the schedule just accepted. */
  private settle(): void {
    const { neighbourhood, bench, trace } = this;
    this.genes.set(bench.genes);
    trace.read(bench, neighbourhood.plan.mapping);
    if (this.fitness <= this.bestFitness) return;
    this.bestFitness = this.fitness;
    const { configuration, mapping, order } = neighbourhood.plan;
    this.best = { configuration: configuration.slice(), mapping: mapping.slice(), order: order.slice() };
    this.bestGenes.set(bench.genes);
  }
}

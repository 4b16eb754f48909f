/** Begins a descent, or takes one up where it was, and carries it on for a while; a request says everything that its result depends on. */
import type { HeadlineMetrics } from '#shared/domain/metrics.ts';
import type { FitnessWeights } from '#shared/scheduling/objectives.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { Descent, type DescentSetting, type DescentState } from '../descent/descent.ts';
import { movesFor } from '../descent/neighbourhood.ts';
import { restorePlan, type SavedPlan } from '../descent/plan.ts';
import { createKernel } from '../kernel/kernel.ts';
import { Random, type RandomState } from '../random.ts';

export interface DescentRequest {
  /** What to begin with, and how often to change it first, whatever that costs; undefined: `state` goes on. */
  readonly begin: (DescentSetting & { readonly plan: SavedPlan; readonly kicks: number }) | undefined;
  readonly state: DescentState | undefined;
  /** Where a descent that begins starts to cool; 0: nothing is known. */
  readonly temperature: number;
  readonly random: RandomState;
  /** Changes to try, at most. */
  readonly changes: number;
}

export interface DescentResult {
  readonly state: DescentState;
  readonly isOver: boolean;
  /** The best of the descent so far. */
  readonly genes: Uint8Array;
  /** Where the next descent should start to cool. */
  readonly temperature: number;
  readonly random: RandomState;
  readonly simulations: number;
}

export class DescentImprover {
  private readonly random = new Random(0);
  private readonly descent: Descent;

  constructor(problem: Problem, weights: FitnessWeights, reference: HeadlineMetrics) {
    const bench = createKernel(problem).bench;
    this.descent = new Descent(problem, bench, weights, reference, movesFor(problem, weights), this.random);
  }

  improve({ begin, state, temperature, random: randomState, changes }: DescentRequest): DescentResult {
    const { descent, random } = this;
    random.load(randomState);
    descent.nextTemperature = temperature;
    descent.simulations = 0;
    if (begin !== undefined) {
      descent.begin(restorePlan(begin.plan), begin);
      if (begin.kicks > 0) descent.kick(begin.kicks);
    } else if (state !== undefined) {
      descent.restore(state);
      // What it takes to find its place again was counted before.
      descent.simulations = 0;
    }
    descent.advance(changes);
    return {
      state: descent.saveState(),
      isOver: descent.isOver,
      genes: descent.bestGenes.slice(),
      temperature: descent.nextTemperature,
      random: random.saveState(),
      simulations: descent.simulations,
    };
  }
}

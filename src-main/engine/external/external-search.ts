/**
 * A search whose schedules come from a program outside: each message with solutions is a generation, simulated and scored like any other,
 * and answered with the scores. It takes the program's word for nothing but its bound, which it passes on as such.
 */
import { z } from 'zod';
import { WorkbenchError } from '#shared/domain/errors.ts';
import { headlineRecord, metricIndex } from '#shared/domain/metrics.ts';
import type { FitnessWeights } from '#shared/scheduling/objectives.ts';
import { decodeGenome, encodeAssignment, type Assignment } from '#shared/scheduling/decode.ts';
import { PRIORITY_LEVELS } from '#shared/scheduling/genome-segments.ts';
import { describeProblem } from '#shared/scheduling/problem-document.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { describeAssignment, layerIdsOf, parseMapping } from '#shared/scheduling/solution.ts';
import { quickBound } from '#shared/analysis/makespan-bound.ts';
import type { SchedulingSpace } from '../scheduling-space.ts';
import type {
  Chromosome,
  ChromosomeLookup,
  Conclusion,
  Population,
  Proposal,
  Search,
  SearchState,
  StopReason,
} from '../search.ts';
import type { Correspondent, Program } from './correspondent.ts';
import { parseMessage, type GivenSolution } from './messages.ts';

export interface ExternalSetting {
  readonly program: Program;
  /** Handed to the program as they are. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly weights: FitnessWeights;
  readonly seed: number;
  /** Time that is left for searching, ms; undefined: no limit. */
  readonly timeLimitMs: number | undefined;
  /** What it may begin with; undefined: nothing is known. */
  readonly start: Uint8Array | undefined;
}

const stateSchema = z.strictObject({
  generation: z.int().min(0),
  boundMs: z.number().nullable(),
  bestId: z.int().min(0).nullable(),
});

/** What one message asked for: the solutions that can be scored, and for each that was given its place among them or what is wrong with it. */
interface Request {
  readonly proposals: readonly Proposal[];
  readonly entries: readonly ({ readonly proposal: number } | { readonly error: string })[];
}

export class ExternalSearch implements Search {
  /** The program decides how many there will be. */
  readonly plannedGenerations = Number.POSITIVE_INFINITY;
  private readonly problem: Problem;
  private readonly space: SchedulingSpace;
  private readonly setting: ExternalSetting;
  private readonly correspondent: Correspondent;
  private request: Request | undefined;
  private hasBegun = false;
  private isOver = false;
  private generation = 0;
  private boundMs: number | undefined;
  private best: Chromosome | undefined;
  /** The least makespan that the program says a solution of its has, ms. */
  private claimedMs = Number.POSITIVE_INFINITY;

  constructor(space: SchedulingSpace, setting: ExternalSetting, correspondent: Correspondent) {
    this.space = space;
    this.problem = space.problem;
    this.setting = setting;
    this.correspondent = correspondent;
  }

  /** The program is started again, and begins with the best so far. */
  continueFrom(saved: SearchState, chromosomes: ChromosomeLookup): void {
    const { generation, boundMs, bestId } = stateSchema.parse(saved);
    this.generation = generation;
    this.boundMs = boundMs ?? undefined;
    this.best = bestId === null ? undefined : chromosomes(bestId);
  }

  get stopReason(): StopReason | undefined {
    return this.isOver ? 'exhausted' : undefined;
  }

  get conclusion(): Conclusion {
    const { boundMs, best, claimedMs } = this;
    const foundMs = best?.metrics[metricIndex.makespanMs] ?? Number.POSITIVE_INFINITY;
    return {
      ...(boundMs === undefined ? {} : { externalBoundMs: boundMs }),
      ...(claimedMs < foundMs * (1 - WORTH_SAYING) && Number.isFinite(foundMs)
        ? { remark: claimRemark(claimedMs, foundMs) }
        : {}),
    };
  }

  /** @throws WorkbenchError `external.…` when nothing more can come of the program */
  canAsk(): boolean {
    if (!this.hasBegun) this.begin();
    while (this.request === undefined && !this.isOver) {
      const incoming = this.correspondent.receive();
      if (incoming === undefined) return false;
      if (incoming.type === 'end') this.end(incoming.failure);
      else this.take(incoming.text, incoming.number);
    }
    return !this.isOver;
  }

  ask(): readonly Proposal[] {
    return this.request?.proposals ?? [];
  }

  tell(scored: readonly Chromosome[]): Population | undefined {
    if (this.request === undefined) return undefined;
    const { entries } = this.request;
    this.request = undefined;
    this.generation++;
    for (const chromosome of scored)
      if (this.best === undefined || chromosome.fitness > this.best.fitness) this.best = chromosome;
    this.answer(
      entries.map((entry) => {
        if ('error' in entry) return entry;
        const { fitness, metrics } = scored[entry.proposal];
        return { fitness, metrics: headlineRecord(metrics) };
      }),
    );
    return { members: scored };
  }

  saveState(): SearchState {
    const { generation, boundMs, best } = this;
    return { generation, boundMs: boundMs ?? null, bestId: best?.id ?? null } satisfies z.input<typeof stateSchema>;
  }

  private begin(): void {
    const { problem, space, setting, correspondent } = this;
    const { program, options, weights, seed, timeLimitMs } = setting;
    const start = this.best?.genes ?? setting.start;
    const { makespanMs, throughputPerS, energyMJ, latencyMs } = space.reference;
    this.hasBegun = true;
    correspondent.launch(program);
    correspondent.send({
      type: 'problem',
      problem: describeProblem(problem, quickBound(problem)),
      seed,
      timeLimitMs: timeLimitMs ?? null,
      fitness: { weights, reference: { makespanMs, throughputPerS, energyMJ, latencyMs } },
      start: start === undefined ? null : describeAssignment(problem, decodeGenome(problem, start)),
      options,
    });
  }

  private end(failure: Error | undefined): void {
    if (failure !== undefined) throw failure;
    this.isOver = true;
  }

  private take(text: string, number: number): void {
    if (text.trim() === '') return;
    const message = parseMessage(text, number);
    switch (message.type) {
      case 'solution': {
        const { type: _, ...solution } = message;
        this.request = this.readSolutions([solution]);
        break;
      }
      case 'solutions':
        this.request = this.readSolutions(message.solutions);
        break;
      case 'bound':
        this.boundMs = Math.max(this.boundMs ?? 0, message.makespanMs);
        break;
      case 'progress':
        this.correspondent.report(message.text, message.done);
        break;
      case 'done':
        this.isOver = true;
    }
  }

  /** Undefined where none of them can be scored: they are answered at once then. */
  private readSolutions(solutions: readonly GivenSolution[]): Request | undefined {
    const proposals: Proposal[] = [];
    const entries = solutions.map(({ makespanMs, ...solution }): Request['entries'][number] => {
      try {
        this.claimedMs = Math.min(this.claimedMs, makespanMs ?? Number.POSITIVE_INFINITY);
        const genes = genomeOf(this.problem, parseMapping(this.problem, byLayers(this.problem, solution)));
        return { proposal: proposals.push({ genes, parents: [], operator: 'external', mutatedLoci: [] }) - 1 };
      } catch (error) {
        if (error instanceof WorkbenchError) return { error: error.message };
        throw error;
      }
    });
    if (proposals.length > 0) return { proposals, entries };
    this.answer(entries);
    return undefined;
  }

  private answer(scores: readonly unknown[]): void {
    this.correspondent.send({ type: 'score', scores });
  }
}

/** Share by which a schedule must be longer than its program says for that to be said: more than the rounding of its times. */
const WORTH_SAYING = 1e-4;

function claimRemark(claimedMs: number, foundMs: number): string {
  const ms = (value: number): string => `${Number(value.toPrecision(6))} ms`;
  return (
    `The program says that a schedule of its takes ${ms(claimedMs)}; dispatched, the best takes ${ms(foundMs)}. ` +
    'The simulator starts what is ready as soon as a unit is free, and leaves none idle on purpose.'
  );
}

/** A solution whose entries for tasks of several layers are entries for each of their layers, as mapping files have them. */
function byLayers(problem: Problem, solution: GivenSolution): GivenSolution {
  const several = problem.tasks.filter(({ members }) => members !== undefined);
  if (several.length === 0) return solution;
  const expanded = (values: Readonly<Record<string, unknown>>): Record<string, unknown> => {
    const result: Record<string, unknown> = { ...values };
    for (const task of several) {
      if (!Object.hasOwn(values, task.id)) continue;
      delete result[task.id];
      for (const layer of layerIdsOf(problem, task)) result[layer] ??= values[task.id];
    }
    return result;
  };
  const { mapping, priorities } = solution;
  return {
    ...solution,
    mapping: expanded(mapping),
    ...(typeof priorities === 'object' && priorities !== null ? { priorities: expanded({ ...priorities }) } : {}),
  };
}

/**
 * The genome of a given solution: it is simulated as the mapping file would be.
 * @throws WorkbenchError `mapping.notRecordable` for decisions that no gene can keep
 */
export function genomeOf(problem: Problem, assignment: Assignment): Uint8Array {
  const genes = encodeAssignment(problem, assignment);
  const recorded = describeAssignment(problem, decodeGenome(problem, genes));
  const given = describeAssignment(problem, assignment);
  const lost: string[] = (['mapping', 'frequencies', 'activeCores', 'coreConfigurations'] as const).filter(
    (part) => JSON.stringify(recorded[part]) !== JSON.stringify(given[part]),
  );
  if (assignment.taskPriority !== undefined && problem.layout.offsetOf.priority === undefined) lost.push('priorities');
  if (lost.length > 0)
    throw new WorkbenchError(
      'mapping.notRecordable',
      `this run does not search ${lost.join(', ')}: leave it out of solutions`,
      {
        hint: 'or switch it on in the option "genes"',
      },
    );
  if (assignment.taskPriority === undefined && problem.layout.offsetOf.priority !== undefined) {
    const levels = new Set(problem.layerPriority).size;
    if (levels > PRIORITY_LEVELS)
      throw new WorkbenchError(
        'mapping.notRecordable',
        `the layers have ${levels} different priorities, a recorded schedule tells ${PRIORITY_LEVELS} apart: give "priorities", or set genes.priorities to false`,
      );
  }
  return genes;
}

/**
 * A search that begins with schedules of our own and then has Chuffed, a solver outside the engine, look for something shorter than the
 * best of them, until it finds or proves that there is nothing.
 *
 * The solver counts in ticks, rounded down, so it may find schedules again that are not shorter in exact times. Of each the critical path
 * is refused from then on: a schedule with all of it cannot be shorter. When nothing is left, the best is proven in exact times.
 */
import { z } from 'zod';
import { distanceFrom, hasBounds, isProvenGap, quickBound } from '#shared/analysis/makespan-bound.ts';
import { metricIndex } from '#shared/domain/metrics.ts';
import { TOLERANCE } from '#shared/scheduling/rounding.ts';
import { decodeGenome } from '#shared/scheduling/decode.ts';
import type { Problem } from '#shared/scheduling/problem.ts';
import { simulate } from '#shared/scheduling/simulate.ts';
import type { Correspondent } from '../external/correspondent.ts';
import { genomesOfPlan } from '../schedulers/planned.ts';
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
import { chuffedFailed, readChuffedMessage, valuesOf, type ChuffedMessage } from './chuffed-messages.ts';
import { exactSchedule, type CriticalPath, type ExactSchedule } from './exact-schedule.ts';
import { jobModelOf, type JobModel } from './job-model.ts';
import { MAKESPAN, scheduleModel, type ScheduleModel } from './schedule-model.ts';

export interface ChuffedSetting {
  /** Time that the solver has for one model, ms. */
  readonly limitMs: number;
  /** Scenarios with more jobs are not handed to it. */
  readonly mostJobs: number;
}

/** Models in a row: each refuses one more critical path. */
const MOST_ROUNDS = 40;

const stateSchema = z.strictObject({
  own: z.record(z.string(), z.unknown()),
  isSolving: z.boolean(),
  isOver: z.boolean(),
  bestId: z.int().min(0).nullable(),
  boundMs: z.number().nullable(),
  idleMs: z.number().nullable(),
  remark: z.string().nullable(),
});

/** A model that is being solved. */
interface Round {
  readonly model: ScheduleModel;
  /** Makespan of the latest solution, ticks. */
  ticks: number | undefined;
  /** Whether the latest solution's critical path can be refused. */
  canRefuse: boolean;
  status: string | undefined;
  /** What went wrong. */
  complaint: string | undefined;
  /** Whether the solver was ended because its time was over. */
  isCutOff: boolean;
}

export class ChuffedSearch implements Search {
  readonly plannedGenerations = Number.POSITIVE_INFINITY;
  private readonly problem: Problem;
  private readonly own: Search;
  private readonly setting: ChuffedSetting;
  private readonly correspondent: Correspondent;
  private model: JobModel | undefined;
  private isSolving = false;
  private isOver = false;
  private hasLaunched = false;
  private round: Round | undefined;
  private rounds = 0;
  private readonly refused: CriticalPath[] = [];
  private proposals: readonly Proposal[] | undefined;
  private best: Chromosome | undefined;
  /** Makespan of the shortest schedule in exact times, which may leave units idle on purpose, ms. */
  private idleMs = Number.POSITIVE_INFINITY;
  private boundMs: number | undefined;
  private remark: string | undefined;

  /** @param own finds the schedules that the solver begins with */
  constructor(problem: Problem, own: Search, setting: ChuffedSetting, correspondent: Correspondent) {
    this.problem = problem;
    this.own = own;
    this.setting = setting;
    this.correspondent = correspondent;
  }

  /** The solver is started again, from the best so far. @param restoreOwn gives `own` its state back */
  continueFrom(saved: SearchState, chromosomes: ChromosomeLookup, restoreOwn: (saved: SearchState) => void): void {
    const { own, isSolving, isOver, bestId, boundMs, idleMs, remark } = stateSchema.parse(saved);
    restoreOwn(own);
    this.isSolving = isSolving;
    this.isOver = isOver;
    this.best = bestId === null ? undefined : chromosomes(bestId);
    this.boundMs = boundMs ?? undefined;
    this.idleMs = idleMs ?? Number.POSITIVE_INFINITY;
    this.remark = remark ?? undefined;
  }

  saveState(): SearchState {
    const { own, isSolving, isOver, best, boundMs, idleMs, remark } = this;
    return {
      own: own.saveState(),
      isSolving,
      isOver,
      bestId: best?.id ?? null,
      boundMs: boundMs ?? null,
      idleMs: Number.isFinite(idleMs) ? idleMs : null,
      remark: remark ?? null,
    } satisfies z.input<typeof stateSchema>;
  }

  /** `exhausted` says that the best is proven. */
  get stopReason(): StopReason | undefined {
    if (!this.isSolving && this.own.stopReason === 'exhausted') return 'exhausted';
    if (!this.isOver || this.proposals !== undefined) return undefined;
    return this.isProven ? 'exhausted' : 'generations';
  }

  get conclusion(): Conclusion {
    const remarks = [this.idlingRemark, this.remark].filter((text) => text !== undefined);
    return {
      ...(this.boundMs === undefined ? {} : { makespanBoundMs: this.boundMs, boundBy: 'chuffed' }),
      ...(remarks.length === 0 ? {} : { remark: remarks.join(' ') }),
    };
  }

  /** @throws WorkbenchError `cp.failed`, or what ended the solver */
  canAsk(): boolean {
    if (!this.isSolving) {
      if (this.own.stopReason === undefined) return true;
      this.isSolving = true;
    }
    while (this.proposals === undefined && !this.isOver) {
      if (this.round === undefined) {
        this.begin();
        continue;
      }
      const incoming = this.correspondent.receive();
      if (incoming === undefined) return false;
      if (incoming.type === 'end') {
        if (incoming.failure !== undefined) throw incoming.failure;
        this.finish('Chuffed was ended before it was done.');
      } else {
        const message = readChuffedMessage(incoming.text);
        if (message !== undefined) this.take(message, this.round);
      }
    }
    return this.proposals !== undefined;
  }

  ask(): readonly Proposal[] {
    if (this.isSolving) return this.proposals ?? [];
    return this.own.ask();
  }

  tell(scored: readonly Chromosome[]): Population | undefined {
    for (const chromosome of scored)
      if (this.best === undefined || chromosome.fitness > this.best.fitness) this.best = chromosome;
    if (!this.isSolving) return this.own.tell(scored);
    this.proposals = undefined;
    return { members: scored };
  }

  private get bestMs(): number {
    return this.best?.metrics[metricIndex.makespanMs] ?? Number.POSITIVE_INFINITY;
  }

  private get isProven(): boolean {
    return this.boundMs !== undefined && isProvenGap(Math.max(0, this.bestMs / this.boundMs - 1));
  }

  /** Has the solver look for something shorter than everything that is known. */
  private begin(): void {
    const { problem, best, setting } = this;
    const jobs = problem.jobTask.length;
    if (best === undefined) {
      this.finish('There is no schedule to begin with.');
      return;
    }
    if (!hasBounds(problem)) {
      this.finish('Where the search chooses what is executed as one, there is no model for Chuffed.');
      return;
    }
    if (jobs > setting.mostJobs) {
      this.finish(
        `${jobs} layers over all instances are more than the ${setting.mostJobs} that Chuffed is given (mostJobs); this schedule is of the search before it.`,
      );
      return;
    }
    this.model ??= jobModelOf(problem);
    if (this.rounds === 0) {
      const quick = quickBound(problem);
      this.note(this.exactOf(best));
      if (quick !== undefined && distanceFrom(quick, this.bestMs).isProven) {
        this.finish(undefined);
        return;
      }
    }
    if (this.rounds >= MOST_ROUNDS) {
      this.finish(roundingRemark(this.idleMs, this.boundMs));
      return;
    }
    const model = scheduleModel(this.model, this.idleMs, this.refused);
    if (model === undefined) {
      this.prove();
      return;
    }
    if (!this.hasLaunched) this.correspondent.launch({ solver: 'chuffed', limitMs: setting.limitMs });
    this.hasLaunched = true;
    this.rounds++;
    this.round = {
      model,
      ticks: undefined,
      canRefuse: false,
      status: undefined,
      complaint: undefined,
      isCutOff: false,
    };
    this.correspondent.send({ type: 'solve', flatZinc: model.flatZinc });
    this.correspondent.report(
      `Chuffed looks for a schedule shorter than ${milliseconds(this.idleMs)}${this.rounds > 1 ? `, model ${this.rounds}` : ''}`,
      undefined,
    );
  }

  private take(message: ChuffedMessage, round: Round): void {
    switch (message.type) {
      case 'solution':
        this.takeSolution(valuesOf(message.output.dzn), round);
        break;
      case 'status':
        round.status = message.status;
        break;
      case 'error':
        round.complaint ??= message.message;
        break;
      case 'stderr':
        round.complaint ??= message.value.trim();
        break;
      case 'limit':
        round.isCutOff = true;
        this.endRound(round);
        break;
      case 'exit':
        if (message.code !== 0 && round.complaint === undefined)
          round.complaint = message.message ?? `it ended with code ${message.code}`;
        this.endRound(round);
    }
  }

  private takeSolution(values: ReadonlyMap<string, number>, round: Round): void {
    const { problem, model } = this;
    if (model === undefined) return;
    const valueOf = (name: string): number => {
      const value = values.get(name);
      if (value === undefined) throw chuffedFailed(`its solution has no "${name}"`);
      return value;
    };
    round.ticks = valueOf(MAKESPAN);
    const placeOfTask = round.model.placeNames.map((name) => valueOf(name) - 1);
    const exact = exactSchedule(model, placeOfTask, round.model.startNames.map(valueOf));
    round.canRefuse = this.note(exact);
    const firstJob = model.jobsOf.map(([job]) => job);
    const peOfTask = placeOfTask.map((place, task) => model.places[place].pes[exact.unit[firstJob[task]]]);
    const genomes = genomesOfPlan(
      problem,
      peOfTask,
      firstJob.map((job) => exact.startMs[job]),
    );
    this.proposals = genomes.map((genes) => ({ genes, parents: [], operator: 'external', mutatedLoci: [] }));
  }

  private endRound({ status, ticks, model, canRefuse, complaint, isCutOff }: Round): void {
    this.round = undefined;
    if (isCutOff) {
      this.finish(
        `Chuffed had ${this.setting.limitMs / 1000} s for a model and was not done: what it found is kept, and it proved nothing more.`,
      );
      return;
    }
    if (status === 'UNSATISFIABLE') {
      this.prove();
      return;
    }
    if (status !== 'OPTIMAL_SOLUTION' || ticks === undefined)
      throw chuffedFailed(complaint ?? `it ended with ${status ?? 'no status'}`);
    this.boundMs = Math.max(this.boundMs ?? 0, Math.min(this.idleMs, ticks * model.tickMs));
    if (isProvenGap(Math.max(0, this.idleMs / this.boundMs - 1))) this.finish(undefined);
    else if (!canRefuse) this.finish(roundingRemark(this.idleMs, this.boundMs));
  }

  /** No schedule is shorter than the shortest in exact times. */
  private prove(): void {
    this.boundMs = this.idleMs;
    this.finish(undefined);
  }

  private finish(remark: string | undefined): void {
    this.isOver = true;
    this.remark = remark;
  }

  /** @returns whether its critical path is refused from now on */
  private note({ makespanMs, path }: ExactSchedule): boolean {
    this.idleMs = Math.min(this.idleMs, makespanMs);
    if (path !== undefined) this.refused.push(path);
    return path !== undefined;
  }

  /** The same places and order of starts in default arrangements at default frequencies. */
  private exactOf({ genes }: Chromosome): ExactSchedule {
    const { problem } = this;
    this.model ??= jobModelOf(problem);
    const { places } = this.model;
    const assignment = decodeGenome(problem, genes);
    const { startMs } = simulate(problem, assignment);
    const placeOfTask = problem.tasks.map(({ index }) => {
      const pe = assignment.peOfTask[index];
      const own = places.findIndex(({ pes }) => pes.includes(pe));
      return own >= 0 ? own : places.findIndex(({ processor }) => processor === problem.pes[pe].processor);
    });
    return exactSchedule(this.model, placeOfTask, startMs);
  }

  /** Says so where the simulator does not reach what the model reaches, with both values. */
  private get idlingRemark(): string | undefined {
    const { problem, idleMs, bestMs } = this;
    if (!Number.isFinite(idleMs) || bestMs <= idleMs * (1 + TOLERANCE)) return undefined;
    const reasons = [
      ...(problem.dispatchTickMs > 0 ? ['starts between ticks'] : []),
      ...(problem.contendedLinks ? ['does not have transfers wait for each other'] : []),
      'leaves units idle on purpose where dispatch would start what is ready',
    ];
    const why = problem.dispatchTickMs > 0 || problem.contendedLinks ? reasons.join(', or ') : reasons[0];
    return `Chuffed has a schedule of ${milliseconds(idleMs)}, but it ${why}: dispatched, the best is ${milliseconds(bestMs)}.`;
  }
}

function roundingRemark(idleMs: number, boundMs: number | undefined): string | undefined {
  if (boundMs === undefined) return undefined;
  return `Chuffed counts in whole ticks: by its proof nothing is shorter by more than ${milliseconds(idleMs - boundMs)}, which is their rounding.`;
}

function milliseconds(ms: number): string {
  return `${Number(ms.toPrecision(8))} ms`;
}

/** How near the lower bounds of the makespan come to the best schedules known, method by method; and whether any is above a schedule. */
import * as fc from '#test/fixtures/seeded-fast-check.ts';
import { leastMakespanMs } from '#test/fixtures/least-makespan.ts';
import { arbitraryScenario } from '#test/fixtures/random-scenario.ts';
import { BoundSearch, thoroughBound } from '#main/engine/bounds/best-bound.ts';
import { canRelax, relaxationBoundMs } from '#main/engine/bounds/relaxation-bound.ts';
import { loadSolver } from '#main/engine/milp/highs.ts';
import { Random } from '#main/engine/random.ts';
import { EnergeticBound } from '#shared/analysis/energetic-bound.ts';
import { quickBound } from '#shared/analysis/makespan-bound.ts';
import { compileProblem, type Problem } from '#shared/scheduling/problem.ts';
import { compete, contestGenes } from './contest.ts';
import { contestCases, readBestKnown } from './contest-cases.ts';
import { defaultParameters, randomScenario, type TaskGraphParameters } from './task-graph.ts';
import type { BenchSection, BenchTable } from './types.ts';
import { cpuMs } from './within-limit.ts';

/** Random scenarios that are held against all, or thousands, of their schedules; and against an exact integer program where there is one. */
const CHECKED = 500;
const TRIES = 4000;

interface Case {
  readonly name: string;
  /** Makespan of the best schedule anyone found, ms. */
  readonly bestMs: number;
  readonly problem: () => Problem;
}

export const boundsSection: BenchSection = {
  name: 'bounds',
  async run(size) {
    await loadSolver();
    const cases = size === 'tiny' ? [graph({ tasks: 10 }, 10, Number.POSITIVE_INFINITY)] : knownCases();
    return [distances(cases), await check(size === 'tiny' ? 3 : CHECKED, size === 'tiny' ? 100 : TRIES)];
  },
};

function distances(cases: readonly Case[]): BenchTable {
  return {
    title: 'Lower bounds of the makespan, ms',
    note: "Mapping and order, all cores, nominal frequencies. The cases of the contest with the best known schedules of test/bench/best-known. Each method by itself but for the integer program's horizon; seconds: CPU time of all of them.",
    rows: cases.map(({ name, bestMs, problem: compile }) => {
      const problem = compile();
      const startedMs = cpuMs();
      const energetic = new EnergeticBound(problem);
      for (const steps = energetic.narrow(() => bestMs); steps.next().done !== true;);
      const search = new BoundSearch(problem, () => bestMs);
      for (const steps = search.work(); steps.next().done !== true;);
      const boundMs = search.soFar.bound?.makespanMs ?? 0;
      const seconds = (cpuMs() - startedMs) / 1000;
      const isKnown = Number.isFinite(bestMs);
      return {
        scenario: name,
        'at once': quickBound(problem)?.makespanMs ?? 0,
        intervals: energetic.makespanMs,
        'integer program': isKnown && canRelax(problem) ? relaxationBoundMs(problem, bestMs) : '–',
        best: boundMs,
        by: search.soFar.bound?.method ?? '–',
        'best known': isKnown ? bestMs : '–',
        'gap %': isKnown ? Math.max(0, bestMs / boundMs - 1) * 100 : '–',
        seconds,
      };
    }),
  };
}

/** Ticks, pools, periods, contended links, frequencies, core configurations: every scenario has some of them. */
async function check(count: number, tries: number): Promise<BenchTable> {
  let above = 0;
  let attained = 0;
  let exact = 0;
  const gaps: number[] = [];
  for (const scenario of fc.sample(arbitraryScenario({}), { numRuns: count, seed: 1 })) {
    for (const searched of [
      { cores: true, frequencies: true },
      { cores: false, frequencies: false },
    ]) {
      const problem = compileProblem(scenario, { priorities: true, ...searched });
      let leastMs = leastMakespanMs(problem, tries);
      if (
        !searched.frequencies &&
        problem.dispatchTickMs === 0 &&
        !problem.contendedLinks &&
        problem.jobTask.length <= 10
      ) {
        // What it proves allows deliberate idling, so it may be below every schedule that is dispatched: no bound may be above it either.
        const proven = await compete(
          scenario,
          'milp',
          1,
          { generations: 1, genomes: 1 },
          { order: 'exact', maxNodes: 2000, maxOrderings: 20_000 },
        );
        if (proven.boundMs !== undefined && proven.boundMs >= proven.makespanMs * (1 - 1e-6)) {
          exact++;
          leastMs = Math.min(leastMs, proven.makespanMs);
        }
      }
      const boundMs = thoroughBound(problem, leastMs)?.makespanMs ?? 0;
      if (boundMs > leastMs) above++;
      if (boundMs >= leastMs * (1 - 1e-9)) attained++;
      if (boundMs > 0) gaps.push(leastMs / boundMs - 1);
    }
  }
  gaps.sort((a, b) => a - b);
  return {
    title: 'Lower bounds held against schedules',
    note: `${count} random scenarios with ticks, pools, periods, contended links, heavy and light transfers, each with and without cores and frequencies in the genome; the least of all or ${tries} of their schedules, and of the exact integer program's where it proves one.`,
    rows: [
      {
        problems: 2 * count,
        'bound above a schedule': above,
        'proven optimal': attained,
        'with exact optimum': exact,
        'median gap %': (gaps[Math.floor(gaps.length / 2)] ?? 0) * 100,
        'worst gap %': (gaps.at(-1) ?? 0) * 100,
      },
    ],
  };
}

/** The cases of the contest, with the best schedules that are kept of them. */
function knownCases(): Case[] {
  return [...contestCases()].flatMap(([name, scenario]) => {
    const known = readBestKnown(name);
    return known === undefined
      ? []
      : [{ name, bestMs: known.makespanMs, problem: () => compileProblem(scenario, contestGenes) }];
  });
}

function graph(chosen: Partial<TaskGraphParameters>, seed: number, bestMs: number): Case {
  const parameters = { ...defaultParameters, ...chosen };
  return {
    name: `graph v=${parameters.tasks} CCR=${parameters.communicationToComputation} seed ${seed}`,
    bestMs,
    problem: () => {
      const random = new Random(seed);
      return compileProblem(
        randomScenario(parameters, (n) => random.nextInt(n)),
        contestGenes,
      );
    },
  };
}

/**
 * The makespan problem as a constraint model in whole ticks: a place for each task, a start for each job, transfers by the places of both
 * ends, disjunctions on places of one unit and a cumulative constraint on those of several (Schutt, Feydy, Stuckey & Wallace, "Explaining
 * the cumulative propagator", Constraints 16, 2011).
 *
 * Every time is rounded down. A schedule of exact times s, d, t then is one of the model when its starts are rounded down: from
 * s' ≥ s + d + t follows ⌊s'⌋ ≥ ⌊s⌋ + ⌊d + t⌋. So what the model proves to be impossible is impossible in exact times, too.
 */
import type { CriticalPath } from './exact-schedule.ts';
import { FlatZincBuilder, type Name } from './flatzinc.ts';
import { durationOn, lagMs, type JobModel } from './job-model.ts';

/** Numbers beyond would overflow in the solver, whose integers end at 500 million. */
const LARGEST = 200_000_000;
/** Share of a tick by which the division of decimal times rounds: 1.234 ms are 1234 ticks of a microsecond. */
const DIVISION = 1e-9;
/** Share by which a schedule must be shorter to count as better, as everywhere (`TOLERANCE`). */
const BETTER = 1e-9;

/** A constraint model, and what it takes to read its solutions. */
export interface ScheduleModel {
  readonly flatZinc: string;
  readonly tickMs: number;
  /** [T] [P] the value of a place in a solution is its index + 1. */
  readonly placeNames: readonly Name[];
  /** [J] */
  readonly startNames: readonly Name[];
}

/** Names under which a solution has its makespan, places and starts. */
export const MAKESPAN = 'makespan';
const placeName = (task: number): Name => `p${task}`;
const startName = (job: number): Name => `s${job}`;

/** The finest tick, a power of ten in ms, at which no sum of the model exceeds what the solver can hold. */
export function tickFor(model: JobModel, horizonMs: number): number {
  const { problem, places, able } = model;
  let sumMs = 0;
  problem.jobTask.forEach((task) => {
    sumMs += able[task].reduce((most, place) => Math.max(most, durationOn(model, task, place)), 0);
  });
  const units = places.reduce((most, { pes }) => Math.max(most, pes.length), 1);
  return 10 ** Math.ceil(Math.log10((sumMs + (units + 2) * horizonMs) / LARGEST));
}

/**
 * A model of all schedules that are shorter than `bestMs` and contain none of `refused` whole; undefined where none is, as the earliest
 * and latest starts show by themselves.
 */
export function scheduleModel(
  model: JobModel,
  bestMs: number,
  refused: readonly CriticalPath[],
): ScheduleModel | undefined {
  const { problem, places } = model;
  const tickMs = tickFor(model, bestMs);
  const ticks = (ms: number): number => Math.floor(ms / tickMs + DIVISION);
  const horizon = Math.floor((bestMs * (1 - BETTER)) / tickMs);
  const windows = windowsWithin(model, ticks, horizon);
  if (windows === undefined) return undefined;
  const { able, head, tail } = windows;
  const duration = (task: number, place: number): number => ticks(durationOn(model, task, place));
  const release = Array.from(problem.jobReleaseMs, ticks);
  const zinc = new FlatZincBuilder();
  const isOn = new Map<string, Name>();
  /** The literal that `task` is on `place`, as the part of a clause that says it is not: nothing where it cannot be elsewhere. */
  const on = (task: number, place: number): Name[] => {
    const literal = isOn.get(`${task} ${place}`);
    return literal === undefined ? [] : [literal];
  };
  const both = (a: readonly Name[], b: readonly Name[]): Name[] => [...new Set([...a, ...b])];
  /** Holds where all of `literals` do; undefined: always. */
  const whenAll = (literals: readonly Name[]): Name | undefined => {
    if (literals.length < 2) return literals[0];
    const all = zinc.boolean();
    zinc.clause([all], literals);
    return all;
  };
  const choices: Name[] = [];
  for (const { index: task } of problem.tasks) {
    const own = able[task];
    const literals = zinc.choice(
      placeName(task),
      own.map((place) => place + 1),
    );
    if (own.length < 2) continue;
    choices.push(placeName(task));
    own.forEach((place, at) => isOn.set(`${task} ${place}`, literals[at]));
  }
  const makespan = zinc.integer(MAKESPAN, 0, horizon, true);
  problem.jobTask.forEach((task, job) => {
    const low = release[job] + Math.min(...able[task].map((place) => head[task][place]));
    const high = horizon - Math.min(...able[task].map((place) => tail[task][place]));
    const start = zinc.integer(startName(job), low, high, true);
    for (const place of able[task]) {
      const [literal] = on(task, place);
      const earliest = release[job] + head[task][place];
      const latest = horizon - tail[task][place];
      if (earliest > low) zinc.atMost([[-1, start]], -earliest, literal);
      if (latest < high) zinc.atMost([[1, start]], latest, literal);
      zinc.atMost(
        [
          [1, start],
          [-1, makespan],
        ],
        -tail[task][place],
        literal,
      );
    }
  });
  const notBefore = (earlier: number, later: number, lag: number, condition: Name | undefined): void =>
    zinc.atMost(
      [
        [1, startName(earlier)],
        [-1, startName(later)],
      ],
      -lag,
      condition,
    );
  problem.edgeProducer.forEach((producer, edge) => {
    const consumer = problem.edgeConsumer[edge];
    const pairs = able[producer].flatMap((from) =>
      able[consumer].map((to) => ({ from, to, lag: ticks(lagMs(model, edge, from, to)) })),
    );
    const least = (own: typeof pairs): number => Math.min(...own.map(({ lag }) => lag));
    const always = least(pairs);
    const conditions: { readonly lag: number; readonly condition: Name | undefined }[] = [
      { lag: always, condition: undefined },
    ];
    for (const from of able[producer]) {
      const own = pairs.filter((pair) => pair.from === from);
      if (least(own) > always) conditions.push({ lag: least(own), condition: on(producer, from)[0] });
      for (const { to, lag } of own)
        if (lag > least(own)) conditions.push({ lag, condition: whenAll(both(on(producer, from), on(consumer, to))) });
    }
    for (const to of able[consumer]) {
      const own = pairs.filter((pair) => pair.to === to);
      if (least(own) > always) conditions.push({ lag: least(own), condition: on(consumer, to)[0] });
    }
    for (const job of model.jobsOf[consumer]) {
      const before = model.jobOf(producer, problem.jobInstance[job]);
      for (const { lag, condition } of conditions) notBefore(before, job, lag, condition);
    }
  });
  /** The literal that `before` ends before `after` starts where both are on `place`, for pairs that may come in either order. */
  const precedence = new Map<string, Name>();
  places.forEach(({ pes }, place) => {
    const jobs = [...problem.jobTask.keys()].filter(
      (job) => able[problem.jobTask[job]].includes(place) && duration(problem.jobTask[job], place) > 0,
    );
    if (jobs.length === 0) return;
    const taskOf = (job: number): number => problem.jobTask[job];
    if (pes.length === 1) {
      jobs.forEach((a, index) => {
        for (const b of jobs.slice(index + 1)) {
          if (isOrdered(model, a, b)) continue;
          const mayPrecede = (first: number, second: number): boolean =>
            release[first] + head[taskOf(first)][place] + duration(taskOf(first), place) <=
            horizon - tail[taskOf(second)][place];
          const mustPrecede = (first: number, second: number): boolean =>
            horizon - tail[taskOf(first)][place] + duration(taskOf(first), place) <=
            release[second] + head[taskOf(second)][place];
          if (mustPrecede(a, b) || mustPrecede(b, a)) continue;
          const literals = [
            [a, b],
            [b, a],
          ].flatMap(([first, second]) => {
            if (!mayPrecede(first, second)) return [];
            const literal = zinc.boolean();
            notBefore(first, second, duration(taskOf(first), place), literal);
            precedence.set(`${first} ${second} ${place}`, literal);
            return [literal];
          });
          zinc.clause(literals, both(on(taskOf(a), place), on(taskOf(b), place)));
        }
      });
    }
    const uses = new Map(
      jobs.map((job) => {
        const [literal] = on(taskOf(job), place);
        return [job, literal === undefined ? undefined : zinc.count(literal)] as const;
      }),
    );
    if (pes.length > 1)
      zinc.cumulative(
        jobs.map(startName),
        jobs.map((job) => duration(taskOf(job), place)),
        jobs.map((job) => uses.get(job) ?? '1'),
        pes.length,
      );
    // The work on a place fits between the earliest start of any and the least that follows the last.
    const begin = Math.min(...jobs.map((job) => release[job] + head[taskOf(job)][place]));
    const rest = Math.min(...jobs.map((job) => tail[taskOf(job)][place] - duration(taskOf(job), place)));
    let fixed = 0;
    const terms: [number, Name][] = [[-pes.length, makespan]];
    for (const job of jobs) {
      const use = uses.get(job);
      if (use === undefined) fixed += duration(taskOf(job), place);
      else terms.push([duration(taskOf(job), place), use]);
    }
    zinc.atMost(terms, -pes.length * (begin + rest) - fixed);
  });
  for (const { jobs, placeOf, sequences } of refused) {
    const isPossible = jobs.every((job) => able[problem.jobTask[job]].includes(placeOf[problem.jobTask[job]]));
    const orders = sequences.map(({ before, after }) => {
      const place = placeOf[problem.jobTask[after]];
      const reversed = precedence.get(`${after} ${before} ${place}`);
      if (reversed !== undefined) return [reversed];
      // Where the order is certain, nothing has to be said of it; else the model cannot tell one order from the other.
      return precedence.has(`${before} ${after} ${place}`) ||
        (isOrdered(model, before, after) && model.precedes(problem.jobTask[before], problem.jobTask[after]))
        ? []
        : undefined;
    });
    if (!isPossible || orders.includes(undefined)) continue;
    const reversed = orders.flatMap((literals) => literals ?? []);
    const elsewhere = both(
      jobs.flatMap((job) => on(problem.jobTask[job], placeOf[problem.jobTask[job]])),
      [],
    );
    if (reversed.length === 0 && elsewhere.length === 0) return undefined;
    zinc.clause(reversed, elsewhere);
  }
  const startNames = Array.from(problem.jobTask, (_, job) => startName(job));
  return {
    flatZinc: zinc.minimise(makespan, choices, startNames),
    tickMs,
    placeNames: problem.tasks.map(({ index }) => placeName(index)),
    startNames,
  };
}

/** Whether the graph of tasks orders two jobs, whatever their places are. */
function isOrdered({ problem, precedes }: JobModel, a: number, b: number): boolean {
  if (problem.jobInstance[a] !== problem.jobInstance[b]) return false;
  return precedes(problem.jobTask[a], problem.jobTask[b]) || precedes(problem.jobTask[b], problem.jobTask[a]);
}

interface Windows {
  /** [T] places on which a schedule within the horizon can have the task. */
  readonly able: readonly (readonly number[])[];
  /** [T][P] ticks from the release to the earliest start there, and from the start to the end of everything that follows. */
  readonly head: readonly (readonly number[])[];
  readonly tail: readonly (readonly number[])[];
}

/** Undefined where a task has no place left. */
function windowsWithin(model: JobModel, ticks: (ms: number) => number, horizon: number): Windows | undefined {
  const { problem, places, order, incoming, outgoing } = model;
  let { able } = model;
  const lastRelease = model.jobsOf.map((jobs) => Math.max(...jobs.map((job) => ticks(problem.jobReleaseMs[job]))));
  for (;;) {
    const head = problem.tasks.map(() => places.map(() => 0));
    const tail = problem.tasks.map(() => places.map(() => 0));
    for (const task of order)
      for (const to of able[task])
        for (const edge of incoming[task]) {
          const producer = problem.edgeProducer[edge];
          const ready = able[producer].map((from) => head[producer][from] + ticks(lagMs(model, edge, from, to)));
          head[task][to] = Math.max(head[task][to], Math.min(...ready));
        }
    for (const task of order.toReversed())
      for (const from of able[task]) {
        tail[task][from] = ticks(durationOn(model, task, from));
        for (const edge of outgoing[task]) {
          const consumer = problem.edgeConsumer[edge];
          const after = able[consumer].map((to) => ticks(lagMs(model, edge, from, to)) + tail[consumer][to]);
          tail[task][from] = Math.max(tail[task][from], Math.min(...after));
        }
      }
    const left = able.map((own, task) =>
      own.filter((place) => lastRelease[task] + head[task][place] + tail[task][place] <= horizon),
    );
    if (left.some((own) => own.length === 0)) return undefined;
    if (left.every((own, task) => own.length === able[task].length)) return { able, head, tail };
    able = left;
  }
}

/** Chosen runs as the sides of a comparison: each by itself, or, where there are too many, groups that differ by their seed. */
import type { RunDetail, RunSummary } from '#shared/contract/shapes.ts';
import { differingFields } from '#shared/analysis/differing-fields.ts';
import { LARGEST_GROUP, MOST_SIDES } from '../../comparison/address.ts';

export type Sides =
  | {
      readonly sides: readonly (readonly number[])[];
      /** Runs that were left out and why, in words. */ readonly remark?: string;
    }
  | {
      readonly reason: string;
      /** Runs that can be compared, and what a button says that does. */ readonly instead?: {
        readonly label: string;
        readonly runs: readonly number[];
      };
    };

/** What a run was asked to do; read where seeds repeat, to tell a repetition from another configuration. */
export type ConfiguredRun = Pick<RunDetail, 'configuration' | 'scenario' | 'engineVersion'>;

interface Family {
  readonly runs: readonly RunSummary[];
}

/**
 * @param schedulerName a scheduler's name by its id
 * @param configurationOf what a run was asked to do
 * @throws what `configurationOf` throws
 */
export async function sidesOf(
  runs: readonly RunSummary[],
  schedulerName: (id: string) => string,
  configurationOf: (runId: number) => Promise<ConfiguredRun>,
): Promise<Sides> {
  if (runs.length < 2) return { reason: 'Choose at least two runs.' };
  if (runs.length <= MOST_SIDES) return { sides: runs.map(({ id }) => [id]) };
  const families: Family[] = [];
  const repetitions: Repetition[] = [];
  for (const family of gathered(runs, (run) => JSON.stringify([run.scenarioId, run.scheduler]))) {
    if (!hasRepeatedSeed(family)) families.push({ runs: family });
    else {
      for (const alike of await byConfiguration(family, configurationOf)) {
        const { kept, repeated } = withoutRepetitions(alike);
        families.push({ runs: kept });
        repetitions.push(...repeated);
      }
    }
  }
  const different = repetitions.find(({ isEqual }) => !isEqual);
  if (different !== undefined) {
    const { left, kept } = different;
    return {
      reason:
        `Runs of a group differ by their seed only. Runs ${kept.id} and ${left.id} of “${left.scenarioName}” with ` +
        `${schedulerName(left.scheduler)} have the same options and seed ${left.seed}, and came to different results: ` +
        'one may have been cancelled, or made by another version.',
      instead: {
        label: repetitions.length === 1 ? `Leave out run ${left.id}` : `Leave out ${repetitions.length} repetitions`,
        runs: families.flatMap((family) => family.runs.map(({ id }) => id)),
      },
    };
  }
  if (families.length < 2 || families.length > MOST_SIDES)
    return {
      reason:
        `More than ${MOST_SIDES} runs are compared as 2 to ${MOST_SIDES} groups of the same scenario, scheduler and ` +
        `options; these are ${families.length}.`,
      ...ofOneScenario(families),
    };
  if (families.some((family) => family.runs.length > LARGEST_GROUP))
    return { reason: `A group has at most ${LARGEST_GROUP} runs.` };
  const sides = families.map((family) => family.runs.map(({ id }) => id));
  return repetitions.length === 0 ? { sides } : { sides, remark: remarkOn(repetitions) };
}

/** The scenario that gives the most runs of 2 … 4 groups, where there are others. */
function ofOneScenario(families: readonly Family[]): Pick<Extract<Sides, { reason: string }>, 'instead'> {
  const scenarios = gathered(families, ({ runs }) => runs[0].scenarioId).filter(
    (own) => own.length >= 2 && own.length <= MOST_SIDES && own.length < families.length,
  );
  const runsOf = (own: readonly Family[]): readonly RunSummary[] => own.flatMap(({ runs }) => runs);
  const [most] = scenarios.map(runsOf).sort((a, b) => b.length - a.length);
  return most === undefined
    ? {}
    : { instead: { label: `Compare the ${most.length} of “${most[0].scenarioName}”`, runs: most.map(({ id }) => id) } };
}

function gathered<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

function hasRepeatedSeed(family: readonly RunSummary[]): boolean {
  return new Set(family.map(({ seed }) => seed)).size < family.length;
}

/** A group's runs by all they were asked to do but the seed. */
async function byConfiguration(
  family: readonly RunSummary[],
  configurationOf: (runId: number) => Promise<ConfiguredRun>,
): Promise<RunSummary[][]> {
  const configured: { readonly run: RunSummary; readonly asked: unknown }[] = [];
  for (const run of family) {
    const { scenario, configuration } = await configurationOf(run.id);
    configured.push({ run, asked: { scenario, configuration: { ...configuration, seed: undefined } } });
  }
  const groups: (typeof configured)[] = [];
  for (const entry of configured) {
    const alike = groups.find(([first]) => differingFields([first.asked, entry.asked]).length === 0);
    if (alike === undefined) groups.push([entry]);
    else alike.push(entry);
  }
  return groups.map((group) => group.map(({ run }) => run));
}

interface Repetition {
  readonly left: RunSummary;
  readonly kept: RunSummary;
  /** Whether both came to the same result to the last bit, so that it does not matter which is kept. */
  readonly isEqual: boolean;
}

/** Of runs with the same seed, the one that got farthest, then the oldest. */
function withoutRepetitions(alike: readonly RunSummary[]): {
  readonly kept: RunSummary[];
  readonly repeated: Repetition[];
} {
  const repeated: Repetition[] = [];
  const kept = gathered(alike, ({ seed }) => String(seed)).map((own) => {
    const [first, ...rest] = own.toSorted(
      (a, b) =>
        Number(b.status === 'finished') - Number(a.status === 'finished') ||
        b.generations - a.generations ||
        a.id - b.id,
    );
    repeated.push(...rest.map((left) => ({ left, kept: first, isEqual: haveEqualResults(first, left) })));
    return first;
  });
  return { kept, repeated };
}

function haveEqualResults(one: RunSummary, other: RunSummary): boolean {
  const resultOf = ({ bestFitness, bestMetrics, generations, evaluations }: RunSummary): unknown => ({
    bestFitness,
    bestMetrics,
    generations,
    evaluations,
  });
  return differingFields([resultOf(one), resultOf(other)]).length === 0;
}

/** More are counted. */
const MOST_NAMED = 3;
function remarkOn(repetitions: readonly Repetition[]): string {
  const named = repetitions.slice(0, MOST_NAMED).map(({ left, kept }) => `run ${left.id} (as run ${kept.id})`);
  const more = repetitions.length - named.length;
  const list = more > 0 ? `${named.join(', ')} and ${more} more` : named.join(named.length === 2 ? ' and ' : ', ');
  return `${list[0].toUpperCase()}${list.slice(1)}: the same options and seed gave the same result, which counts once.`;
}

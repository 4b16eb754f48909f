/**
 * Random scenarios by seed: several networks in one group, or in several groups of different periods, as Puzzle (arXiv 2508.17764) draws them
 * by its abstract. How they are drawn here is ours: its text beyond the abstract was not read.
 */
import { WorkbenchError } from '#shared/domain/errors.ts';
import type { Scenario, ScenarioInput } from '#shared/domain/scenario.ts';
import { Random } from './random.ts';

export const scenarioFamilies = ['single', 'multi'] as const;
export type ScenarioFamily = (typeof scenarioFamilies)[number];

/** A network that may be drawn. */
export interface DrawnNetwork {
  readonly id: string;
  /** Time of one inference where it is fastest, ms: periods are multiples of it. */
  readonly fastestMs: number;
  /** Profiles that have its times. */
  readonly profiles: readonly string[];
}

export interface ScenarioDraw {
  readonly platform: Scenario['platform'];
  readonly platformId: string;
  readonly networks: readonly DrawnNetwork[];
  readonly family: ScenarioFamily;
  readonly seed: number;
}

/** Releases of the group of the shortest period; the others have as many as fit into the same time, at least two. */
const RELEASES = 20;
/** Networks of a single group, and of each of several: at least and at most. */
const SINGLE = [4, 6] as const;
const MULTI = [2, 3] as const;
const MOST_GROUPS = 3;
/** Periods of several groups, relative to the work of their members. */
const PERIOD_FACTORS = [2, 3, 4, 6];
/** µs: periods are whole multiples of it. */
const PERIOD_STEP_MS = 0.001;

/** One scenario; the same for the same draw. @throws WorkbenchError `scenario.tooFewNetworks` */
export function randomScenario({ platform, platformId, networks, family, seed }: ScenarioDraw): ScenarioInput {
  if (networks.length < 2)
    throw new WorkbenchError(
      'scenario.tooFewNetworks',
      `${networks.length} networks are too few to draw a scenario from`,
      { hint: 'name at least two', path: ['networks'] },
    );
  const random = new Random(seed);
  const between = ([least, most]: readonly [number, number]): number => least + random.nextInt(most - least + 1);
  const sizes =
    family === 'single'
      ? [between(SINGLE)]
      : Array.from({ length: 2 + random.nextInt(MOST_GROUPS - 1) }, () => between(MULTI));
  const groups = sizes.map((size, index) => {
    const members = drawn(networks, Math.min(size, networks.length), random);
    const workMs = members.reduce((sum, { fastestMs }) => sum + fastestMs, 0);
    const factor = family === 'single' ? 1 : PERIOD_FACTORS[random.nextInt(PERIOD_FACTORS.length)];
    return { id: `group-${index + 1}`, members, periodMs: rounded(workMs * factor) };
  });
  const shortestMs = Math.min(...groups.map(({ periodMs }) => periodMs));
  return {
    schemaVersion: 1,
    id: `random-${family}-${platformId}-${seed}`,
    name: `${family === 'single' ? 'One group' : `${groups.length} groups`}, seed ${seed}`,
    description: `Networks drawn at random for ${platformId}: ${groups.map(({ members }) => members.map(({ id }) => id).join(', ')).join('; ')}.`,
    provenance: [
      `assumed: networks, groups and periods, drawn by seed ${seed}, family "${family}" (tessera generate)`,
      'assumed: a period is the work of its members where each is fastest, times a factor for several groups',
    ],
    platform,
    ...profilesOf(groups.flatMap(({ members }) => members)),
    applications: groups.flatMap(({ id, members, periodMs }) =>
      members.map((network, index) => ({
        id: `${id}-${index + 1}-${network.id}`,
        name: network.id,
        network: network.id,
        instances: Math.max(2, Math.round((RELEASES * shortestMs) / periodMs)),
      })),
    ),
    groups: groups.map(({ id, members, periodMs }) => ({
      id,
      applications: members.map((network, index) => `${id}-${index + 1}-${network.id}`),
      periodMs,
    })),
  };
}

function drawn(networks: readonly DrawnNetwork[], count: number, random: Random): DrawnNetwork[] {
  const left = [...networks];
  return Array.from({ length: count }, () => left.splice(random.nextInt(left.length), 1)[0]);
}

function rounded(ms: number): number {
  return Number((Math.max(1, Math.round(ms / PERIOD_STEP_MS)) * PERIOD_STEP_MS).toFixed(3));
}

function profilesOf(networks: readonly DrawnNetwork[]): Pick<ScenarioInput, 'profiles'> {
  const profiles = [...new Set(networks.flatMap((network) => network.profiles))];
  return profiles.length === 0 ? {} : { profiles };
}

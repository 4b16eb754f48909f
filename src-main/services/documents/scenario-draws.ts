/** Random scenarios over the presets, for `tessera generate` and benchmarks: which networks can be drawn, and how fast they are at best. */
import { WorkbenchError, suggest } from '#shared/domain/errors.ts';
import { parseScenario, resolveScenario, type ScenarioInput } from '#shared/domain/scenario.ts';
import { defaultGenes } from '#shared/domain/scheduler.ts';
import { shortestDurations } from '#shared/analysis/fastest-choices.ts';
import { compileProblem } from '#shared/scheduling/problem.ts';
import { randomScenario, type DrawnNetwork, type ScenarioFamily } from '../../engine/random-scenarios.ts';
import { loadPresets, type Presets } from '../../formats/presets.ts';
import { resourcesDirectory } from '../resources-directory.ts';

export interface ScenariosToDraw {
  readonly platform: string;
  readonly family: ScenarioFamily;
  readonly seeds: readonly number[];
  /** Undefined: those that were measured on the platform as a whole; where none were, it is refused. */
  readonly networks?: readonly string[] | undefined;
}

/** @throws WorkbenchError `scenario.unknownPlatform`, `scenario.unknownNetwork`, `scenario.tooFewNetworks` */
export function drawScenarios({ platform, family, seeds, networks }: ScenariosToDraw): ScenarioInput[] {
  const presets = loadPresets(resourcesDirectory());
  if (!presets.platforms.has(platform))
    throw new WorkbenchError('scenario.unknownPlatform', `there is no preset platform "${platform}"`, {
      hint: suggest(platform, [...presets.platforms.keys()]),
      path: ['platform'],
    });
  const drawable = drawableNetworks(presets, platform, networks);
  return seeds.map((seed) => randomScenario({ platform, platformId: platform, networks: drawable, family, seed }));
}

/** The networks of `ids`, else those with a measured whole on every processor of the platform that was measured at all. */
export function drawableNetworks(presets: Presets, platform: string, ids?: readonly string[]): DrawnNetwork[] {
  const profiles = [...presets.profiles.values()].filter((profile) => profile.platform === platform);
  const most = Math.max(0, ...profiles.map(({ wholes }) => wholes.length));
  const measured = profiles.filter(({ wholes }) => wholes.length === most).flatMap(({ network }) => network ?? []);
  return (ids ?? [...new Set(measured)]).map((id) => {
    if (!presets.networks.has(id))
      throw new WorkbenchError('scenario.unknownNetwork', `there is no preset network "${id}"`, {
        hint: suggest(id, [...presets.networks.keys()]),
        path: ['networks'],
      });
    const own = profiles.filter(({ network }) => network === id).map((profile) => profile.id);
    return { id, fastestMs: fastestMs(presets, platform, id, own), profiles: own };
  });
}

/** Of one call of the whole network, where it takes least, ms. */
function fastestMs(presets: Presets, platform: string, network: string, profiles: readonly string[]): number {
  const scenario = resolveScenario(
    parseScenario({
      schemaVersion: 1,
      id: 'one',
      platform,
      ...(profiles.length === 0 ? {} : { profiles }),
      applications: [{ id: 'a', network }],
    }),
    presets,
  );
  const [times] = shortestDurations(compileProblem(scenario, { ...defaultGenes, subgraphs: 'network' }));
  return Math.min(...times);
}
